"""What the pages of sums cost does not depend on how much they sum."""

from collections.abc import Awaitable, Callable
from datetime import date, timedelta

from integrations.world import World
from tests.api.booking import book
from tests.api.books import open_account
from tests.api.budgets.documents import make_budget
from tests.api.client import Person
from tests.architecture.statements import SETTINGS, heard

SPENDING = """{
  viewer { reports { spendingByCategory(from: "2025-01-10", to: "2026-06-20") { lines { category { name } } } } }
}"""
FLOW = """
query ($interval: Interval!) {
  viewer {
    reports { cashFlow(from: "2025-01-10", to: "2026-06-20", interval: $interval) { points { net { amount } } } }
  }
}
"""
NET_WORTH = """
query ($interval: Interval!) {
  viewer {
    reports { netWorth(from: "2025-01-10", to: "2026-06-20", interval: $interval) { points { net { amount } } } }
  }
}
"""
STATUSES = '{ viewer { budgets { status(on: "2026-03-20") { spent { amount } } } } }'
GOALS = "{ viewer { goals { monthlyNeeded { amount } pace contributions { nodes { amount { amount } } } } } }"
CREATE_GOAL = """
mutation ($number: String!) {
  createGoal(input: {name: $number, target: {amount: "10", currency: "USD"}, targetDate: "2027-01-01"}) {
    userErrors { code message path }
  }
}
"""


async def costs(world: World, person: Person) -> dict[str, int]:
    """How many statements each page takes."""
    found = {}
    for name, document, variables in [
        ("spending", SPENDING, {}),
        *((f"flow {cut}", FLOW, {"interval": cut}) for cut in ("DAY", "MONTH", "YEAR")),
        *((f"worth {cut}", NET_WORTH, {"interval": cut}) for cut in ("DAY", "YEAR")),
        ("statuses", STATUSES, {}),
        ("goals", GOALS, {}),
    ]:
        with heard(world.database) as statements:
            await person.data(document, **variables)
        found[name] = len(statements)
    return found


async def test_pages_of_sums_cost_the_same_with_more_in_them(
    world: World, new_person: Callable[..., Awaitable[Person]]
) -> None:
    little, more, much = await new_person(), await new_person(), await new_person()
    for person, size in ((little, 1), (more, 2), (much, 4)):
        for number in range(size):
            account = await open_account(person)
            day = date(2025, 12, 24) + timedelta(days=40 * number)
            await book(person, account, day.isoformat(), "-10.00", ("TRAVEL", "MEDICAL")[number % 2])
            await person.change(CREATE_GOAL, number=str(number))
            category = ("TRAVEL", "MEDICAL", "OTHER", "BANK_FEES")[number]
            await make_budget(person, category, period="WEEKLY", rollover="SURPLUS")

    assert await costs(world, little) == COSTS
    assert await costs(world, more) == await costs(world, much) == COSTS | {"goals": COSTS["goals"] + SETTINGS}


# The statements of each page: household with its categories, whole months and cut ones, or the rows that are summed.
COSTS = {
    "spending": 3,
    "flow DAY": 2,
    "flow MONTH": 3,
    "flow YEAR": 3,
    "worth DAY": 3,
    "worth YEAR": 3,
    "statuses": 4,
    "goals": 3,
}
