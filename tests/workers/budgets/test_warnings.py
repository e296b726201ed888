"""People are warned of their budgets, once per period, each member of a household."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select

from api import ids
from domain.households.models import HouseholdMember
from domain.notifications.models import Notification
from integrations.world import World
from runtime import clock
from runtime.reader import Reader
from runtime.viewer import VIEWER, Viewer
from tests.api.booking import book
from tests.api.books import open_account
from tests.api.budgets.documents import UPDATE, make_budget
from tests.api.client import Person
from workers.budgets import check_budgets
from workers.reactions import REACTIONS

TOLD = """
{
  viewer {
    notifications {
      nodes { kind title body subject { __typename id } }
    }
  }
}
"""


def household(person: Person) -> UUID:
    return ids.decode_as("hsh", person.household_id)


async def told(world: World, person: Person) -> list[dict[str, Any]]:
    """The person's notifications after a check, newest first."""
    await check_budgets(world, household_id=household(person))
    nodes: list[dict[str, Any]] = (await person.data(TOLD))["viewer"]["notifications"]["nodes"]
    return nodes


async def spend(person: Person, account: str, amount: str, *, days_ago: int = 0) -> None:
    day = datetime.now(UTC).date() - timedelta(days=days_ago)
    await book(person, account, day.isoformat(), f"-{amount}", "FOOD_AND_DRINK_GROCERIES")


async def test_nearing_then_exceeded_each_once(world: World, person: Person) -> None:
    account = await open_account(person)
    today = datetime.now(UTC).date().isoformat()
    budget = await make_budget(person, period="ONCE", startsOn=today, endsOn=today)

    await spend(person, account, "84.99")
    assert await told(world, person) == []
    await spend(person, account, "0.01")
    nearing = await told(world, person)
    assert await told(world, person) == nearing
    await spend(person, account, "15.01")
    both = await told(world, person)
    await spend(person, account, "50.00")

    assert await told(world, person) == both
    assert nearing == both[1:]
    subject = {"__typename": "Budget", "id": budget}
    assert both == [
        {
            "kind": "BUDGET_EXCEEDED",
            "title": "Food and drink: the budget is exceeded",
            "body": f"100.01 USD of 100.00 USD is spent from {today} to {today}: 0.01 USD more than there was.",
            "subject": subject,
        },
        {
            "kind": "BUDGET_NEARING",
            "title": "Food and drink: 85 % of the budget is spent",
            "body": f"85.00 USD of 100.00 USD is spent from {today} to {today}: 15.00 USD is left.",
            "subject": subject,
        },
    ]


async def test_near_again_after_exceeded_is_not_told(world: World, person: Person) -> None:
    account = await open_account(person)
    budget = await make_budget(person, startsOn="2026-01-01")
    await spend(person, account, "101.00")
    exceeded = await told(world, person)

    await person.change(UPDATE, input={"budgetId": budget, "limit": {"amount": "110", "currency": "USD"}})

    assert [one["kind"] for one in exceeded] == ["BUDGET_EXCEEDED"]
    assert await told(world, person) == exceeded


async def test_what_was_missing_before_is_not_told_again(world: World, person: Person) -> None:
    account = await open_account(person)
    begin = (datetime.now(UTC).date() - timedelta(days=13)).isoformat()
    await make_budget(person, period="WEEKLY", rollover="SURPLUS_AND_OVERSPEND", startsOn=begin)
    await spend(person, account, "500.00", days_ago=10)

    assert await told(world, person) == []

    await spend(person, account, "1.00")
    assert [one["kind"] for one in await told(world, person)] == ["BUDGET_EXCEEDED"]


async def test_two_checks_at_the_same_time_tell_once(world: World, person: Person) -> None:
    account = await open_account(person)
    await make_budget(person)
    await spend(person, account, "101.00")

    await asyncio.gather(*(check_budgets(world, household_id=household(person)) for _ in range(4)))

    assert len(await told(world, person)) == 1


async def test_each_member_is_told_and_reads_only_their_own(world: World, person: Person, stranger: Person) -> None:
    second = ids.decode_as("usr", stranger.user_id)
    async with world.system.system_session() as session:
        await session.execute(
            insert(HouseholdMember).values(
                household_id=household(person), user_id=second, role=VIEWER, joined_at=clock.now()
            )
        )
    account = await open_account(person)
    await make_budget(person)
    await spend(person, account, "101.00")

    await check_budgets(world, household_id=household(person))

    for user_id in (ids.decode_as("usr", person.user_id), second):
        async with Reader(world.database, Viewer(user_id, household(person), VIEWER)) as reader:
            assert [one.user_id for one in await reader.all(select(Notification))] == [user_id]


async def test_a_household_that_is_not_there(world: World, person: Person) -> None:
    await check_budgets(world, household_id=UUID(int=0))

    assert await told(world, person) == []


def test_every_change_of_what_is_spent_leads_here() -> None:
    facts = {fact.__name__ for fact, jobs in REACTIONS.items() if check_budgets.__name__ in jobs}

    assert facts == {
        "TransactionsAdded",
        "TransactionsModified",
        "TransactionCategorized",
        "TransactionsRemoved",
        "BudgetCreated",
        "BudgetUpdated",
    }
