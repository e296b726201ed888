"""How many statements a page costs does not depend on how much is on it."""

from collections.abc import Awaitable, Callable

from integrations.world import World
from tests.api.books import book, category, open_account
from tests.api.client import Person
from tests.architecture.statements import SETTINGS, heard

VIEWER = """{
  viewer {
    user { displayName } household { name members { user { displayName } role } } sequence
    accounts { name balance { amount } bankLink { id } }
    categories { name parent { name } }
    notifications { nodes { title } }
  }
}"""
LIST_PAGE = """
query ($first: Int!) {
  viewer {
    transactions(first: $first) {
      nodes {
        id date amount { amount currency } description status
        account { name bankLink { id } } category { name parent { name } } merchant { name }
      }
      pageInfo { hasNextPage endCursor }
    }
  }
}
"""
ACCOUNTS_WITH_PAGES = """
query ($first: Int!) {
  viewer { accounts { name transactions(first: $first) { nodes { description category { name } } } } }
}
"""
BUDGET_PAGE = """{
  viewer {
    budgetMonth(month: "2026-03") {
      spent { amount }
      lines { category { name parent { name } } budget { period } spent { amount } remaining { amount } }
    }
    budgets { category { name } status(on: "2026-03-15") { spent { amount } } }
  }
}"""
CREATE_BUDGET = """
mutation ($input: CreateBudgetInput!) { createBudget(input: $input) { budget { id } userErrors { code path } } }
"""
GROUP_PAGE = """{
  viewer {
    savingsGroups {
      name saved { amount } members { displayName contributed { amount } }
      contributions(first: 50) { nodes { amount { amount } by { displayName } } }
    }
  }
}"""
CREATE_GROUP = """
mutation ($input: CreateSavingsGroupInput!) {
  createSavingsGroup(input: $input) { savingsGroup { id } userErrors { code path } }
}
"""
CONTRIBUTE = """
mutation ($input: ContributeToGroupInput!) {
  contributeToGroup(input: $input) { contribution { id } userErrors { code path } }
}
"""
Make = Callable[..., Awaitable[Person]]


async def cost(world: World, person: Person, document: str, **variables: object) -> int:
    with heard(world.database) as statements:
        await person.data(document, **variables)
    return len(statements)


async def test_a_page_of_transactions_costs_the_same_at_any_size(world: World, person: Person) -> None:
    accounts = [await open_account(person, name=name) for name in ("Cash", "Jar", "Purse")]
    chosen = [await category(person, name) for name in ("Groceries", "Coffee", "Rent")]
    for number in range(101):
        words, where = f"Shop {number}", accounts[number % 3]
        await book(person, where, f"-{number + 1}.00", words, categoryId=chosen[number % 3])

    costs = {first: await cost(world, person, LIST_PAGE, first=first) for first in (1, 50, 100)}
    of_accounts = {first: await cost(world, person, ACCOUNTS_WITH_PAGES, first=first) for first in (1, 100)}

    assert costs == dict.fromkeys((1, 50, 100), LIST_PAGE_STATEMENTS)
    assert of_accounts == dict.fromkeys((1, 100), ACCOUNTS_STATEMENTS)


async def test_the_first_page_costs_the_same_with_any_number_of_accounts(world: World, new_person: Make) -> None:
    one, many = await new_person(), await new_person()
    await open_account(one)
    for number in range(7):
        await open_account(many, name=f"Jar {number}")

    assert await cost(world, one, VIEWER) == await cost(world, many, VIEWER) == VIEWER_STATEMENTS


async def test_the_budget_page_costs_the_same_with_any_number_of_budgets(world: World, new_person: Make) -> None:
    one, many = await new_person(), await new_person()
    await _budgets(one, ["Groceries"])
    await _budgets(many, ["Groceries", "Coffee", "Rent", "Flights", "Pharmacies and supplements"])

    assert await cost(world, one, BUDGET_PAGE) == await cost(world, many, BUDGET_PAGE) == BUDGET_STATEMENTS


async def _budgets(person: Person, names: list[str]) -> None:
    account = await open_account(person)
    for name in names:
        id = await category(person, name)
        await book(person, account, "-10.00", categoryId=id)
        limit = {"amount": "100.00", "currency": "USD"}
        given = {"categoryId": id, "limit": limit, "startsOn": "2026-01-01", "rollover": "SURPLUS"}
        await person.change(CREATE_BUDGET, input=given)


async def test_the_groups_page_costs_the_same_with_any_number_of_groups(world: World, new_person: Make) -> None:
    one, two, many = await new_person(), await new_person(), await new_person()
    await _groups(one, groups=1, contributions=1)
    await _groups(two, groups=2, contributions=1)
    await _groups(many, groups=4, contributions=5)

    assert await cost(world, one, GROUP_PAGE) == GROUP_STATEMENTS
    assert await cost(world, two, GROUP_PAGE) == await cost(world, many, GROUP_PAGE) == GROUP_STATEMENTS + SETTINGS


async def _groups(person: Person, *, groups: int, contributions: int) -> None:
    for number in range(groups):
        target = {"amount": "1000.00", "currency": "USD"}
        made = await person.change(CREATE_GROUP, input={"name": f"Boat {number}", "target": target})
        for _ in range(contributions):
            money = {"amount": "1.00", "currency": "USD"}
            await person.change(CONTRIBUTE, input={"groupId": made["savingsGroup"]["id"], "amount": money})


LIST_PAGE_STATEMENTS = 2
ACCOUNTS_STATEMENTS = 4
VIEWER_STATEMENTS = 5
BUDGET_STATEMENTS = 4
GROUP_STATEMENTS = 4
