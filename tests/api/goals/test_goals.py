"""Saving towards goals: making them, contributing, taking back."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from domain.goals import commands
from tests.api.booking import book
from tests.api.books import open_account
from tests.api.client import Client, Person

CREATE = """
mutation ($input: CreateGoalInput!) {
  createGoal(input: $input) {
    goal {
      id
      name
      target { amount currency }
      saved { amount currency }
      targetDate
      monthlyNeeded { amount currency }
      pace
      archivedAt
    }
    userErrors { code message path }
  }
}
"""
UPDATE = """
mutation ($input: UpdateGoalInput!) {
  updateGoal(input: $input) {
    goal { name target { amount } targetDate }
    userErrors { code message path }
  }
}
"""
ARCHIVE = """
mutation ($id: ID!) {
  archiveGoal(input: {goalId: $id}) {
    goal { archivedAt }
    userErrors { code message path }
  }
}
"""
CONTRIBUTE = """
mutation ($input: ContributeToGoalInput!) {
  contributeToGoal(input: $input) {
    goal { saved { amount } }
    userErrors { code message path }
  }
}
"""
GOALS = "query ($archived: Boolean) { viewer { goals(includeArchived: $archived) { id name } } }"
GIVEN = """
query ($id: ID!, $first: Int, $after: String) {
  node(id: $id) {
    ... on Goal {
      saved { amount }
      pace
      contributions(first: $first, after: $after) {
        nodes { amount { amount currency } note transaction { id } }
        pageInfo { hasNextPage endCursor }
      }
    }
  }
}
"""


def dollars(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "USD"}


async def make_goal(person: Person, **given: Any) -> str:
    """The id of a new goal of 1,000.00 USD."""
    made = await person.change(CREATE, input={"name": "A boat", "target": dollars("1000"), **given})
    goal: str = made["goal"]["id"]
    return goal


async def contribute(person: Person, goal: str, amount: str, **given: Any) -> str:
    """What is saved afterwards."""
    made = await person.change(CONTRIBUTE, input={"goalId": goal, "amount": dollars(amount), **given})
    saved: str = made["goal"]["saved"]["amount"]
    return saved


async def given_to(person: Person, goal: str, **page: Any) -> dict[str, Any]:
    found: dict[str, Any] = (await person.data(GIVEN, id=goal, **page))["node"]
    return found


async def test_a_new_goal_has_nothing(person: Person) -> None:
    made = await person.change(CREATE, input={"name": " A boat ", "target": dollars("1000")})

    goal = made["goal"]
    assert goal.pop("id").startswith("goa_")
    assert goal == {
        "name": "A boat",
        "target": {"amount": "1000.00", "currency": "USD"},
        "saved": {"amount": "0.00", "currency": "USD"},
        "targetDate": None,
        "monthlyNeeded": None,
        "pace": "NO_DATE",
        "archivedAt": None,
    }


async def test_what_is_needed_each_month(person: Person) -> None:
    # Two months after this one: three months to save in, and 1000 / 3 is rounded up.
    today = datetime.now(UTC).date()
    year, month = divmod(today.year * 12 + today.month - 1 + 2, 12)

    made = await person.change(
        CREATE,
        input={"name": "A boat", "target": dollars("1000"), "targetDate": f"{year}-{month + 1:02}-01"},
    )

    assert made["goal"]["monthlyNeeded"] == {"amount": "333.34", "currency": "USD"}


async def test_contributions_add_up_newest_first(person: Person) -> None:
    account = await open_account(person)
    transaction = await book(person, account, "2026-01-02", "300.00", "TRANSFER_IN")
    goal = await make_goal(person)

    saved = [
        await contribute(person, goal, "300", transactionId=transaction, note=" First "),
        await contribute(person, goal, "800.50"),
        await contribute(person, goal, "-100.25"),
    ]
    found = await given_to(person, goal)

    assert saved == ["300.00", "1100.50", "1000.25"]
    assert (found["saved"], found["pace"]) == ({"amount": "1000.25"}, "REACHED")
    assert found["contributions"]["nodes"] == [
        {"amount": dollars("-100.25"), "note": None, "transaction": None},
        {"amount": dollars("800.50"), "note": None, "transaction": None},
        {"amount": dollars("300.00"), "note": "First", "transaction": {"id": transaction}},
    ]


async def test_contributions_come_in_pages(person: Person) -> None:
    goal = await make_goal(person)
    for amount in ("1", "2", "3"):
        await contribute(person, goal, amount)

    first = (await given_to(person, goal, first=2))["contributions"]
    second = (await given_to(person, goal, first=2, after=first["pageInfo"]["endCursor"]))["contributions"]

    assert [one["amount"]["amount"] for one in first["nodes"]] == ["3.00", "2.00"]
    assert [one["amount"]["amount"] for one in second["nodes"]] == ["1.00"]
    assert [first["pageInfo"]["hasNextPage"], second["pageInfo"]["hasNextPage"]] == [True, False]


async def test_contributions_at_the_same_time_all_count(person: Person) -> None:
    goal = await make_goal(person)

    await asyncio.gather(*(contribute(person, goal, "10") for _ in range(8)))

    assert (await given_to(person, goal))["saved"] == {"amount": "80.00"}


async def test_more_cannot_be_taken_back_at_the_same_time(person: Person) -> None:
    goal = await make_goal(person)
    await contribute(person, goal, "100")

    answers = await asyncio.gather(
        *(person.data(CONTRIBUTE, input={"goalId": goal, "amount": dollars("-60")}) for _ in range(4))
    )

    codes = [[error["code"] for error in answer["contributeToGoal"]["userErrors"]] for answer in answers]
    assert sorted(codes) == [[], ["INVALID"], ["INVALID"], ["INVALID"]]
    assert (await given_to(person, goal))["saved"] == {"amount": "40.00"}


@pytest.mark.parametrize(
    ("given", "code", "path"),
    [
        ({"amount": dollars("0")}, "INVALID", ["amount", "amount"]),
        ({"amount": dollars("-50.01")}, "INVALID", ["amount", "amount"]),
        ({"amount": dollars("0.001")}, "INVALID", ["amount", "amount"]),
        ({"amount": dollars("999999999999999.99")}, "INVALID", ["amount", "amount"]),
        ({"amount": {"amount": "1", "currency": "EUR"}}, "INVALID", ["amount", "currency"]),
        ({"note": "x" * 2001}, "INVALID", ["note"]),
        ({"transactionId": "txn_00000000000000000000000000"}, "NOT_FOUND", ["transactionId"]),
        ({"goalId": "goa_00000000000000000000000000"}, "NOT_FOUND", ["goalId"]),
        ({"goalId": "txn_00000000000000000000000000"}, "NOT_FOUND", ["goalId"]),
    ],
)
async def test_a_contribution_that_cannot_be(person: Person, given: dict[str, Any], code: str, path: list[str]) -> None:
    goal = await make_goal(person)
    await contribute(person, goal, "50")

    refusal = await person.refused(CONTRIBUTE, input={"goalId": goal, "amount": dollars("1"), **given})

    assert refusal == [(code, ["input", *path])]
    found = await given_to(person, goal)
    assert (found["saved"], len(found["contributions"]["nodes"])) == ({"amount": "50.00"}, 1)


async def test_a_transaction_is_contributed_once(person: Person) -> None:
    transaction = await book(person, await open_account(person), "2026-01-02", "300.00", "TRANSFER_IN")
    first, second = await make_goal(person), await make_goal(person)
    await contribute(person, first, "100", transactionId=transaction)

    refusal = await person.refused(
        CONTRIBUTE, input={"goalId": second, "amount": dollars("100"), "transactionId": transaction}
    )

    assert refusal == [("CONFLICT", ["input", "transactionId"])]
    assert (await given_to(person, second))["saved"] == {"amount": "0.00"}


async def test_a_key_contributes_once(person: Person) -> None:
    goal = await make_goal(person)

    saved = [await contribute(person, goal, "10", idempotencyKey="a") for _ in range(2)]

    assert saved == ["10.00", "10.00"]
    assert len((await given_to(person, goal))["contributions"]["nodes"]) == 1


async def test_a_goal_changes(person: Person) -> None:
    goal = await make_goal(person, targetDate="2030-01-01")

    named = await person.change(UPDATE, input={"goalId": goal, "name": "A ship", "target": None})
    cleared = await person.change(UPDATE, input={"goalId": goal, "target": dollars("2000"), "targetDate": None})

    assert named["goal"] == {"name": "A ship", "target": {"amount": "1000.00"}, "targetDate": "2030-01-01"}
    assert cleared["goal"] == {"name": "A ship", "target": {"amount": "2000.00"}, "targetDate": None}


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({"name": " "}, ["name"]),
        ({"name": "x" * 101}, ["name"]),
        ({"name": "two\nlines"}, ["name"]),
        ({"target": dollars("0")}, ["target", "amount"]),
        ({"target": dollars("-1")}, ["target", "amount"]),
        ({"targetDate": "9999-12-31"}, ["targetDate"]),
    ],
)
async def test_a_goal_that_cannot_be(person: Person, given: dict[str, Any], path: list[str]) -> None:
    goal = await make_goal(person)

    made = await person.refused(CREATE, input={"name": "A boat", "target": dollars("1"), **given})
    changed = await person.refused(UPDATE, input={"goalId": goal, **given})

    assert made == changed == [("INVALID", ["input", *path])]
    assert (await person.data(GOALS))["viewer"]["goals"] == [{"id": goal, "name": "A boat"}]


async def test_there_is_a_most_of_goals(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "MOST_GOALS", 1)
    goal = await make_goal(person)

    refusal = await person.refused(CREATE, input={"name": "A ship", "target": dollars("1")})

    assert refusal == [("TOO_MANY", ["input"])]
    assert (await person.data(GOALS))["viewer"]["goals"] == [{"id": goal, "name": "A boat"}]


async def test_a_goal_keeps_its_currency(person: Person) -> None:
    goal = await make_goal(person)

    refusal = await person.refused(UPDATE, input={"goalId": goal, "target": {"amount": "9", "currency": "EUR"}})

    assert refusal == [("INVALID", ["input", "target", "currency"])]


async def test_an_archived_goal_rests(person: Person) -> None:
    goal = await make_goal(person)
    await contribute(person, goal, "5")

    first = await person.change(ARCHIVE, id=goal)
    again = await person.change(ARCHIVE, id=goal)

    assert first["goal"]["archivedAt"] is not None
    assert again == first
    assert (await person.data(GOALS))["viewer"]["goals"] == []
    assert (await person.data(GOALS, archived=True))["viewer"]["goals"] == [{"id": goal, "name": "A boat"}]
    not_allowed = [("NOT_ALLOWED", ["input", "goalId"])]
    assert await person.refused(CONTRIBUTE, input={"goalId": goal, "amount": dollars("1")}) == not_allowed
    assert await person.refused(UPDATE, input={"goalId": goal, "name": "Other"}) == not_allowed
    assert (await given_to(person, goal))["saved"] == {"amount": "5.00"}


async def test_somebody_elses_goal_is_not_there(person: Person, stranger: Person) -> None:
    goal = await make_goal(stranger)
    not_found = [("NOT_FOUND", ["input", "goalId"])]

    assert await person.refused(CONTRIBUTE, input={"goalId": goal, "amount": dollars("1")}) == not_found
    assert await person.refused(UPDATE, input={"goalId": goal, "name": "Mine"}) == not_found
    assert await person.refused(ARCHIVE, id=goal) == not_found
    assert (await person.data(GIVEN, id=goal))["node"] is None
    assert (await stranger.data(GOALS))["viewer"]["goals"] == [{"id": goal, "name": "A boat"}]


async def test_somebody_elses_transaction_is_not_there(person: Person, stranger: Person) -> None:
    transaction = await book(stranger, await open_account(stranger), "2026-01-02", "300.00", "TRANSFER_IN")
    goal = await make_goal(person)

    refusal = await person.refused(
        CONTRIBUTE, input={"goalId": goal, "amount": dollars("1"), "transactionId": transaction}
    )

    assert refusal == [("NOT_FOUND", ["input", "transactionId"])]


@pytest.mark.parametrize(
    ("document", "variables"),
    [
        (CREATE, {"input": {"name": "A boat", "target": dollars("1")}}),
        (UPDATE, {"input": {"goalId": "goa_"}}),
        (ARCHIVE, {"id": "goa_"}),
        (CONTRIBUTE, {"input": {"goalId": "goa_", "amount": dollars("1")}}),
    ],
)
async def test_nobody_saves(nobody: Client, document: str, variables: dict[str, Any]) -> None:
    answer = await nobody.send(document, **variables)

    assert [error["extensions"]["code"] for error in answer["errors"]] == ["UNAUTHENTICATED"]
