"""Choosing categories, and the rules that come of it."""

import asyncio
from typing import Any

import pytest

from tests.api.books import book, category, open_account
from tests.api.client import Client, Person

CATEGORIZE = """
mutation ($input: CategorizeTransactionInput!) {
  categorizeTransaction(input: $input) {
    transaction { id category { name } categorizedBy confidence } userErrors { code path }
  }
}
"""
DELETE_RULE = """
mutation ($id: ID!) { deleteCategoryRule(input: {ruleId: $id}) { deletedId userErrors { code path } } }
"""
RULES = "{ viewer { rules { id position merchant { name } words category { name } } } }"
ONE = """
query ($id: ID!) { node(id: $id) { ... on Transaction { category { name } categorizedBy merchant { name } } } }
"""
RENAME = """
mutation ($id: ID!, $to: String!) {
  updateTransaction(input: {transactionId: $id, description: $to}) { transaction { id } userErrors { code path } }
}
"""
MISSING = "01h455vb4pex5vsknk084sn02q"


async def decided(person: Person, transaction: str) -> tuple[str, str]:
    found = (await person.data(ONE, id=transaction))["node"]
    return found["category"]["name"], found["categorizedBy"]


async def rules(person: Person) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await person.data(RULES))["viewer"]["rules"]
    return found


async def choose(person: Person, transaction: str, name: str, **given: Any) -> dict[str, Any]:
    values = {"transactionId": transaction, "categoryId": await category(person, name), **given}
    return await person.change(CATEGORIZE, input=values)


async def test_a_persons_choice_is_theirs(person: Person) -> None:
    transaction = await book(person, await open_account(person), "-4", "STARBUCKS STORE 12345")

    payload = await choose(person, transaction, "Groceries")

    assert payload["transaction"] == {
        "id": transaction,
        "category": {"name": "Groceries"},
        "categorizedBy": "PERSON",
        "confidence": None,
    }
    assert await rules(person) == []


async def test_the_system_never_changes_a_persons_choice(person: Person) -> None:
    transaction = await book(person, await open_account(person), "-4", "Zorbl Kwix")
    await choose(person, transaction, "Groceries")

    await person.change(RENAME, id=transaction, to="STARBUCKS STORE 12345")

    assert await decided(person, transaction) == ("Groceries", "PERSON")


async def test_a_rename_lets_the_system_decide_anew_what_it_decided(person: Person) -> None:
    transaction = await book(person, await open_account(person), "-4", "Zorbl Kwix")

    await person.change(RENAME, id=transaction, to="STARBUCKS STORE 12345")

    assert await decided(person, transaction) == ("Coffee", "MERCHANT")


async def test_always_makes_a_rule_for_the_merchant_and_later_transactions(person: Person) -> None:
    account = await open_account(person)
    earlier = await book(person, account, "-4", "STARBUCKS STORE 12345")
    transaction = await book(person, account, "-4", "STARBUCKS STORE 999")

    await choose(person, transaction, "Groceries", always=True)
    later = await book(person, account, "-6", "Starbucks Vienna")
    other = await book(person, account, "-6", "Zorbl Kwix")

    assert [{**rule, "id": ""} for rule in await rules(person)] == [
        {"id": "", "position": 1, "merchant": {"name": "Starbucks"}, "words": None, "category": {"name": "Groceries"}}
    ]
    assert await decided(person, earlier) == ("Coffee", "MERCHANT")
    assert await decided(person, later) == ("Groceries", "RULE")
    assert await decided(person, other) == ("Uncategorised", "NONE")


async def test_without_a_merchant_the_words_make_the_rule(person: Person) -> None:
    account = await open_account(person, balance="10")
    transaction = await book(person, account, "-4", "Card number 5")

    assert (await person.data(ONE, id=transaction))["node"]["merchant"] is None
    await choose(person, transaction, "Groceries", always=True)
    later = await book(person, account, "-4", "CARD NUMBER 77")

    assert [(rule["merchant"], rule["words"]) for rule in await rules(person)] == [(None, "card number")]
    assert await decided(person, later) == ("Groceries", "RULE")


async def test_no_rule_is_made_of_numbers_alone(person: Person) -> None:
    transaction = await book(person, await open_account(person), "-4", "2041 77")
    values = {"transactionId": transaction, "categoryId": await category(person, "Groceries"), "always": True}

    refusal = await person.refused(CATEGORIZE, input=values)

    assert refusal == [("INVALID", ["input", "always"])]
    assert (await decided(person, transaction), await rules(person)) == (("Uncategorised", "NONE"), [])


async def test_the_last_word_on_a_merchant_is_the_rule(person: Person) -> None:
    account = await open_account(person)
    shop = await book(person, account, "-4", "Zorbl Kwix")
    cafe = await book(person, account, "-4", "STARBUCKS STORE 12345")

    await choose(person, shop, "Groceries", always=True)
    await choose(person, cafe, "Coffee", always=True)
    await choose(person, shop, "Furniture", always=True)

    assert [(rule["position"], rule["merchant"]["name"], rule["category"]["name"]) for rule in await rules(person)] == [
        (-1, "Zorbl Kwix", "Furniture"),
        (0, "Starbucks", "Coffee"),
    ]
    assert await decided(person, await book(person, account, "-4", "Zorbl Kwix")) == ("Furniture", "RULE")


async def test_two_rules_for_one_merchant_at_once_are_one(person: Person) -> None:
    account = await open_account(person)
    transactions = [await book(person, account, "-4", "Zorbl Kwix") for _ in range(4)]

    await asyncio.gather(*(choose(person, one, "Groceries", always=True) for one in transactions))

    assert [(rule["merchant"]["name"], rule["category"]["name"]) for rule in await rules(person)] == [
        ("Zorbl Kwix", "Groceries")
    ]


async def test_a_deleted_rule_decides_no_longer(person: Person) -> None:
    account = await open_account(person)
    transaction = await book(person, account, "-4", "Zorbl Kwix")
    await choose(person, transaction, "Groceries", always=True)
    decided_before = await book(person, account, "-4", "Zorbl Kwix")
    (rule,) = await rules(person)

    payload = await person.change(DELETE_RULE, id=rule["id"])

    assert payload["deletedId"] == rule["id"]
    assert await rules(person) == []
    assert await decided(person, await book(person, account, "-4", "Zorbl Kwix")) == ("Uncategorised", "NONE")
    assert await decided(person, decided_before) == ("Groceries", "RULE")
    assert await person.refused(DELETE_RULE, id=rule["id"]) == [("NOT_FOUND", ["input", "ruleId"])]


async def test_somebody_elses_transactions_and_rules_are_not_there(person: Person, stranger: Person) -> None:
    transaction = await book(person, await open_account(person), "-4", "Zorbl Kwix")
    await choose(person, transaction, "Groceries", always=True)
    kept = await rules(person)
    values = {"transactionId": transaction, "categoryId": await category(person, "Coffee"), "always": True}

    assert await stranger.refused(CATEGORIZE, input=values) == [("NOT_FOUND", ["input", "transactionId"])]
    assert await stranger.refused(DELETE_RULE, id=kept[0]["id"]) == [("NOT_FOUND", ["input", "ruleId"])]
    assert (await rules(person), await rules(stranger)) == (kept, [])
    assert await decided(person, transaction) == ("Groceries", "PERSON")


@pytest.mark.parametrize("id", [f"cat_{MISSING}", f"acc_{MISSING}", "cat_0000000000e0080000zzzzzzzz", "nonsense"])
async def test_what_is_no_category_is_not_there(person: Person, id: str) -> None:
    transaction = await book(person, await open_account(person), "-4", "Zorbl Kwix")

    refusal = await person.refused(CATEGORIZE, input={"transactionId": transaction, "categoryId": id})

    assert refusal == [("NOT_FOUND", ["input", "categoryId"])]
    assert await decided(person, transaction) == ("Uncategorised", "NONE")


@pytest.mark.parametrize(
    ("document", "variables"),
    [
        (CATEGORIZE, {"input": {"transactionId": f"txn_{MISSING}", "categoryId": f"cat_{MISSING}"}}),
        (DELETE_RULE, {"id": f"rul_{MISSING}"}),
    ],
)
async def test_nobody_decides(nobody: Client, document: str, variables: dict[str, object]) -> None:
    answer = await nobody.send(document, **variables)

    assert [error["extensions"]["code"] for error in answer["errors"]] == ["UNAUTHENTICATED"]
