"""Making, changing and deleting budgets, and what cannot be."""

import asyncio
from typing import Any

import pytest

from domain.budgets import commands
from tests.api.booking import category
from tests.api.budgets.documents import BUDGETS, CREATE, DELETE, UPDATE, budget_ids, make_budget, new
from tests.api.client import Client, Person


async def test_a_budget_is_what_was_asked_for(person: Person) -> None:
    made = await person.change(
        CREATE,
        input=new(
            "FOOD_AND_DRINK", "250.5", period="WEEKLY", rollover="SURPLUS", startsOn="2026-03-02", endsOn="2026-12-31"
        ),
    )

    budget = made["budget"]
    assert await budget_ids(person) == [budget.pop("id")]
    assert budget == {
        "category": {"name": "Food and drink"},
        "period": "WEEKLY",
        "limit": {"amount": "250.50", "currency": "USD"},
        "rollover": "SURPLUS",
        "startsOn": "2026-03-02",
        "endsOn": "2026-12-31",
    }


async def test_a_budget_is_monthly_and_keeps_nothing_unless_it_is_said(person: Person) -> None:
    made = await person.change(CREATE, input=new())

    assert (made["budget"]["period"], made["budget"]["rollover"], made["budget"]["endsOn"]) == ("MONTHLY", "NONE", None)


async def test_ended_budgets_are_shown_where_they_are_wanted(person: Person) -> None:
    ended = await make_budget(person, endsOn="2026-01-31")
    current = await make_budget(person, startsOn="2026-02-01")

    assert await budget_ids(person, ended=False) == [current]
    assert await budget_ids(person, ended=True) == [ended, current]


async def test_what_is_left_out_is_unchanged(person: Person) -> None:
    budget = await make_budget(person, endsOn="2026-06-30")

    changed = await person.change(
        UPDATE, input={"budgetId": budget, "limit": {"amount": "80", "currency": "USD"}, "rollover": "SURPLUS"}
    )

    assert changed["budget"] == {
        "limit": {"amount": "80.00"},
        "rollover": "SURPLUS",
        "startsOn": "2026-01-01",
        "endsOn": "2026-06-30",
    }


async def test_a_cleared_end_lets_a_budget_go_on(person: Person) -> None:
    budget = await make_budget(person, endsOn="2026-06-30")

    changed = await person.change(UPDATE, input={"budgetId": budget, "endsOn": None, "limit": None, "rollover": None})

    assert changed["budget"] == {
        "limit": {"amount": "100.00"},
        "rollover": "NONE",
        "startsOn": "2026-01-01",
        "endsOn": None,
    }


async def test_a_deleted_budget_makes_room(person: Person) -> None:
    budget = await make_budget(person)

    assert (await person.change(DELETE, id=budget))["deletedId"] == budget
    assert await person.refused(DELETE, id=budget) == [("NOT_FOUND", ["input", "budgetId"])]
    assert await budget_ids(person) == []
    await make_budget(person)


@pytest.mark.parametrize(
    ("given", "code", "path"),
    [
        ({"endsOn": "2025-12-31"}, "INVALID", ["endsOn"]),
        ({"period": "ONCE"}, "INVALID", ["endsOn"]),
        ({"startsOn": "0001-01-01"}, "INVALID", ["startsOn"]),
        ({"startsOn": "9999-12-31"}, "INVALID", ["startsOn"]),
        ({"endsOn": "9999-12-31"}, "INVALID", ["endsOn"]),
        ({"limit": {"amount": "-0.01", "currency": "USD"}}, "INVALID", ["limit", "amount"]),
        ({"limit": {"amount": "1.001", "currency": "USD"}}, "INVALID", ["limit", "amount"]),
        ({"limit": {"amount": "100", "currency": "EUR"}}, "INVALID", ["limit", "currency"]),
        ({"categoryId": category("INCOME")}, "INVALID", ["categoryId"]),
        ({"categoryId": category("TRANSFER_OUT")}, "INVALID", ["categoryId"]),
        ({"categoryId": "cat_7zzzzzzzzzzzzzzzzzzzzzzzzz"}, "NOT_FOUND", ["categoryId"]),
        ({"categoryId": "bud_00000000000000000000000000"}, "NOT_FOUND", ["categoryId"]),
    ],
)
async def test_a_budget_that_cannot_be(person: Person, given: dict[str, Any], code: str, path: list[str]) -> None:
    assert await person.refused(CREATE, input=new(**given)) == [(code, ["input", *path])]
    assert await budget_ids(person) == []


@pytest.mark.parametrize("amount", [100, 1.5, "1e3", "NaN", "1000000000000000"])
async def test_money_that_is_no_exact_decimal(person: Person, amount: object) -> None:
    answer = await person.send(CREATE, input=new(amount=amount))

    assert [error["extensions"]["code"] for error in answer["errors"]] == ["BAD_USER_INPUT"]
    assert await budget_ids(person) == []


async def test_a_category_has_one_budget_on_a_day(person: Person) -> None:
    first = await make_budget(person, endsOn="2026-06-30")

    refusal = await person.refused(CREATE, input=new(startsOn="2026-06-30"))

    assert refusal == [("CONFLICT", ["input", "startsOn"])]
    assert await budget_ids(person) == [first]


async def test_one_of_two_budgets_at_the_same_time_is_made(person: Person) -> None:
    answers = await asyncio.gather(*(person.data(CREATE, input=new()) for _ in range(4)))

    codes = [[error["code"] for error in answer["createBudget"]["userErrors"]] for answer in answers]
    assert sorted(codes) == [[], ["CONFLICT"], ["CONFLICT"], ["CONFLICT"]]
    assert len(await budget_ids(person)) == 1


async def test_there_is_a_most_of_budgets(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "MOST_BUDGETS", 1)
    first = await make_budget(person)

    assert await person.refused(CREATE, input=new("TRAVEL")) == [("TOO_MANY", ["input"])]
    assert await budget_ids(person) == [first]


async def test_an_end_cannot_be_moved_into_the_next_budget(person: Person) -> None:
    first = await make_budget(person, endsOn="2026-06-30")
    await make_budget(person, startsOn="2026-07-01")

    assert await person.refused(UPDATE, input={"budgetId": first, "endsOn": None}) == [
        ("CONFLICT", ["input", "endsOn"])
    ]
    unchanged = await person.change(UPDATE, input={"budgetId": first})
    assert unchanged["budget"]["endsOn"] == "2026-06-30"


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({"endsOn": "2025-12-31"}, ["endsOn"]),
        ({"limit": {"amount": "-1", "currency": "USD"}}, ["limit", "amount"]),
        ({"limit": {"amount": "1", "currency": "EUR"}}, ["limit", "currency"]),
    ],
)
async def test_a_change_that_cannot_be(person: Person, given: dict[str, Any], path: list[str]) -> None:
    budget = await make_budget(person)

    assert await person.refused(UPDATE, input={"budgetId": budget, **given}) == [("INVALID", ["input", *path])]
    unchanged = await person.change(UPDATE, input={"budgetId": budget})
    assert unchanged["budget"] == {
        "limit": {"amount": "100.00"},
        "rollover": "NONE",
        "startsOn": "2026-01-01",
        "endsOn": None,
    }


async def test_somebody_elses_budget_is_not_there(person: Person, stranger: Person) -> None:
    budget = await make_budget(stranger)

    assert await person.refused(UPDATE, input={"budgetId": budget}) == [("NOT_FOUND", ["input", "budgetId"])]
    assert await person.refused(DELETE, id=budget) == [("NOT_FOUND", ["input", "budgetId"])]
    assert await person.data("query ($id: ID!) { node(id: $id) { id } }", id=budget) == {"node": None}
    assert await budget_ids(stranger) == [budget]


async def test_a_key_makes_one_budget(person: Person) -> None:
    first = await person.change(CREATE, input=new(idempotencyKey="a"))
    again = await person.change(CREATE, input=new(idempotencyKey="a"))
    other = await person.refused(CREATE, input=new(amount="101.00", idempotencyKey="a"))

    assert again == first
    assert other == [("CONFLICT", ["input", "idempotencyKey"])]
    assert await budget_ids(person) == [first["budget"]["id"]]


@pytest.mark.parametrize(
    ("document", "variables"),
    [(CREATE, {"input": new()}), (UPDATE, {"input": {"budgetId": "bud_"}}), (DELETE, {"id": "bud_"})],
)
async def test_nobody_changes_budgets(nobody: Client, document: str, variables: dict[str, Any]) -> None:
    answer = await nobody.send(document, **variables)

    assert [error["extensions"]["code"] for error in answer["errors"]] == ["UNAUTHENTICATED"]


async def test_nobody_sees_budgets(nobody: Client) -> None:
    assert await nobody.data(BUDGETS) == {"viewer": None}
