"""The main job from one end to the other, with a stock GraphQL client and Plaid's own sandbox calls alone.

scripts/test tests/end_to_end
"""

import asyncio
from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

import pytest

from tests.end_to_end import history, recount
from tests.end_to_end.coffer import Coffer, started
from tests.end_to_end.documents import (
    BUDGET_MONTH,
    CONTRIBUTE,
    CREATE_BUDGET,
    CREATE_GROUP,
    GROUP,
    GROUP_UPDATED,
    JOIN_GROUP,
    LINK_BANK,
    REPORTS,
    SYNC_PROGRESSED,
)
from tests.end_to_end.person import Person

PATIENCE = 30


@pytest.mark.timeout(300)
async def test_a_person_does_what_coffer_is_for() -> None:
    async with started() as coffer, coffer.person("Ada") as ada, coffer.person("Grace") as grace:
        await everything_is_there_exactly_once(coffer, ada)
        transactions = await ada.transactions()
        most_are_categorised(transactions)
        await budgets_equal_a_recount(ada, transactions)
        await reports_equal_a_recount(ada, transactions)

        assert await grace.transactions() == []
        await two_households_save_together(ada, grace)


async def everything_is_there_exactly_once(coffer: Coffer, person: Person) -> None:
    token = await coffer.bank().public_token(history.custom_accounts())
    link = (await person.change(LINK_BANK, input={"publicToken": token}))["bankLink"]

    async with asyncio.timeout(PATIENCE), person.listening(SYNC_PROGRESSED, link=link["id"]) as steps:
        async for step in steps:
            assert step["sync"]["status"] != "FAILED", step
            if step["sync"]["status"] == "SUCCEEDED" and step["sync"]["added"]:
                break

    transactions = await person.transactions()
    assert len(transactions) == 320
    assert recount.lines(transactions) == history.expected()
    assert {one["status"] for one in transactions} == {"POSTED"}
    assert [one["date"] for one in transactions] == sorted((one["date"] for one in transactions), reverse=True)


def most_are_categorised(transactions: list[dict[str, Any]]) -> None:
    """Every second one comes without a category from the bank."""
    by = [one["categorizedBy"] for one in transactions]

    assert by.count("PROVIDER") <= 160
    assert sum(source != "NONE" for source in by) >= 0.8 * 320


async def budgets_equal_a_recount(person: Person, transactions: list[dict[str, Any]]) -> None:
    """One with a surplus that is carried over, begun in February and looked at in March."""
    groceries = next(one for one in transactions if one["originalDescription"].startswith("WHOLE FOODS"))["category"]
    food = groceries["parent"]["id"]
    limit = Decimal("450.00")
    await person.change(
        CREATE_BUDGET,
        input={
            "categoryId": food,
            "limit": {"amount": str(limit), "currency": "USD"},
            "rollover": "SURPLUS",
            "startsOn": "2025-02-01",
        },
    )

    month = (await person.ask(BUDGET_MONTH, month="2025-03"))["viewer"]["budgetMonth"]

    february, march = recount.in_month(transactions, "2025-02"), recount.in_month(transactions, "2025-03")
    line = next(line for line in month["lines"] if line["category"]["id"] == food)
    carried, spent = max(limit - recount.spent_within(february, food), Decimal()), recount.spent_within(march, food)
    assert {name: Decimal(line[name]["amount"]) for name in ("planned", "rolledOver", "spent", "remaining")} == {
        "planned": limit,
        "rolledOver": carried,
        "spent": spent,
        "remaining": limit + carried - spent,
    }
    assert Decimal(month["income"]["amount"]) == recount.of_kind(march, "INCOME")
    assert Decimal(month["spent"]["amount"]) == -recount.of_kind(march, "EXPENSE")
    assert month["unconverted"] == []
    own = recount.spent_by_category(march)
    assert {line["category"]["id"] for line in month["lines"]} == {*own, food}


async def reports_equal_a_recount(person: Person, transactions: list[dict[str, Any]]) -> None:
    days = {"from": history.FIRST.isoformat(), "to": history.LAST.isoformat()}
    reports = (await person.ask(REPORTS, **days))["viewer"]["reports"]

    flow, spending = reports["cashFlow"], reports["spendingByCategory"]
    assert _flow(flow) == _recounted_flow(transactions)
    assert [_flow(point) for point in flow["points"]] == [
        _recounted_flow(recount.in_month(transactions, f"{history.YEAR}-{month:02}")) for month in history.MONTHS
    ]
    assert Decimal(spending["total"]["amount"]) == -recount.of_kind(transactions, "EXPENSE")
    assert {
        line["category"]["id"]: recount.Spent(Decimal(line["amount"]["amount"]), line["count"])
        for line in spending["lines"]
    } == recount.spent_by_category(transactions)
    assert flow["unconverted"] == spending["unconverted"] == []


def _flow(values: dict[str, Any]) -> dict[str, Decimal]:
    return {name: Decimal(values[name]["amount"]) for name in ("income", "expenses", "net")}


def _recounted_flow(transactions: list[dict[str, Any]]) -> dict[str, Decimal]:
    income, expenses = recount.of_kind(transactions, "INCOME"), -recount.of_kind(transactions, "EXPENSE")
    return {"income": income, "expenses": expenses, "net": income - expenses}


async def two_households_save_together(ada: Person, grace: Person) -> None:
    group = await _group_of_both(ada, grace)
    start = (await ada.ask(GROUP, id=group))["node"]["sequence"]

    async with (
        ada.listening(GROUP_UPDATED, group=group, after=start) as hers,
        grace.listening(GROUP_UPDATED, group=group, after=start) as others,
    ):
        given = [(ada, "10.00"), (grace, "20.00"), (ada, "-2.50"), (grace, "5.25")]
        for number, (person, amount) in enumerate(given):
            await _contribute(person, group, amount, f"live {number}")
        seen_by_ada, seen_by_grace = await _next(hers, 4), await _next(others, 4)
        others.cut()

    told = [(f"live {number}", amount) for number, (_, amount) in enumerate(given)]
    assert _contributions(seen_by_ada) == told
    assert seen_by_ada == seen_by_grace
    assert [event["contribution"]["by"]["displayName"] for event in seen_by_ada] == ["Ada", "Grace", "Ada", "Grace"]

    await _contribute(ada, group, "1.00", "missed 1")
    await _contribute(grace, group, "2.00", "missed 2")

    async with grace.listening(GROUP_UPDATED, group=group, after=seen_by_grace[-1]["sequence"]) as resumed:
        missed = await _next(resumed, 2)
        await _contribute(ada, group, "3.00", "live again")
        (after,) = await _next(resumed, 1)

    assert _contributions(missed) == [("missed 1", "1.00"), ("missed 2", "2.00")]
    assert _contributions([after]) == [("live again", "3.00")]
    saved = (await grace.ask(GROUP, id=group))["node"]
    assert Decimal(saved["saved"]["amount"]) == Decimal("38.75")
    assert {one["displayName"]: one["contributed"]["amount"] for one in saved["members"]} == {
        "Ada": "11.50",
        "Grace": "27.25",
    }


async def _group_of_both(ada: Person, grace: Person) -> str:
    target = {"amount": "10000.00", "currency": "USD"}
    group = (await ada.change(CREATE_GROUP, input={"name": "Sailing boat", "target": target}))["savingsGroup"]
    joined = (await grace.change(JOIN_GROUP, input={"inviteCode": group["inviteCode"]}))["savingsGroup"]
    assert joined["members"] == [{"displayName": "Ada", "isMe": False}, {"displayName": "Grace", "isMe": True}]
    return str(group["id"])


async def _contribute(person: Person, group: str, amount: str, message: str) -> None:
    money = {"amount": amount, "currency": "USD"}
    await person.change(CONTRIBUTE, input={"groupId": group, "amount": money, "message": message})


async def _next(events: AsyncIterator[dict[str, Any]], count: int) -> list[dict[str, Any]]:
    async with asyncio.timeout(PATIENCE):
        return [await anext(events) for _ in range(count)]


def _contributions(events: list[dict[str, Any]]) -> list[tuple[str, str]]:
    assert {event["kind"] for event in events} == {"CONTRIBUTED"}
    return [(event["contribution"]["message"], event["contribution"]["amount"]["amount"]) for event in events]
