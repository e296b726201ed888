"""Transactions typed by a person: booking, changing and deleting them, and what moves with them."""

from typing import Any

import pytest

from tests.api.books import balances, book, booked, category, open_account
from tests.api.client import Client, Person

FIELDS = """
id account { id } date amount { amount currency } status description originalDescription merchant { name }
category { name kind } categorizedBy confidence notes tags isExcluded parts { id } transfer { id } recurring { id }
"""
CREATE = f"""
mutation ($input: CreateTransactionInput!) {{
  createTransaction(input: $input) {{ transaction {{ {FIELDS} }} userErrors {{ code path }} }}
}}
"""
UPDATE = f"""
mutation ($input: UpdateTransactionInput!) {{
  updateTransaction(input: $input) {{ transaction {{ {FIELDS} }} userErrors {{ code path }} }}
}}
"""
DELETE = """
mutation ($id: ID!) { deleteTransaction(input: {transactionId: $id}) { deletedId userErrors { code path } } }
"""
CLOSE = "mutation ($id: ID!) { closeAccount(input: {accountId: $id}) { account { id } userErrors { code path } } }"
ONE = f"query ($id: ID!) {{ node(id: $id) {{ ... on Transaction {{ {FIELDS} }} }} }}"


async def one(person: Person, transaction: str) -> dict[str, Any]:
    found: dict[str, Any] = (await person.data(ONE, id=transaction))["node"]
    return found


async def test_a_typed_transaction_is_booked_and_moves_the_balance(person: Person) -> None:
    account = await open_account(person, balance="100")

    payload = await person.change(
        CREATE,
        input={
            "accountId": account,
            "date": "2026-03-10",
            "amount": "-12.5",
            "description": " Zorbl Kwix ",
            "categoryId": await category(person, "Groceries"),
            "notes": " for the weekend ",
            "tags": ["food", "party", "food"],
        },
    )

    assert payload["transaction"] == {
        "id": payload["transaction"]["id"],
        "account": {"id": account},
        "date": "2026-03-10",
        "amount": {"amount": "-12.50", "currency": "USD"},
        "status": "POSTED",
        "description": "Zorbl Kwix",
        "originalDescription": "Zorbl Kwix",
        "merchant": {"name": "Zorbl Kwix"},
        "category": {"name": "Groceries", "kind": "EXPENSE"},
        "categorizedBy": "PERSON",
        "confidence": None,
        "notes": "for the weekend",
        "tags": ["food", "party"],
        "isExcluded": False,
        "parts": [],
        "transfer": None,
        "recurring": None,
    }
    assert await balances(person) == ["87.50"]


@pytest.mark.parametrize(
    ("amount", "description", "expected"),
    [
        ("-4", "STARBUCKS STORE 12345", ("Coffee", "EXPENSE", "MERCHANT")),
        ("-4", "Zorbl Kwix", ("Uncategorised", "EXPENSE", "NONE")),
        ("4", "Zorbl Kwix", ("Uncategorised income", "INCOME", "NONE")),
    ],
)
async def test_without_a_category_the_merchant_decides(
    person: Person, amount: str, description: str, expected: tuple[str, str, str]
) -> None:
    found = await one(person, await book(person, await open_account(person), amount, description))

    assert (found["category"]["name"], found["category"]["kind"], found["categorizedBy"]) == expected


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        ({"amount": "0"}, ("INVALID", ["input", "amount"])),
        ({"amount": "1.001"}, ("INVALID", ["input", "amount"])),
        ({"date": "1899-12-31"}, ("INVALID", ["input", "date"])),
        ({"date": "9999-12-31"}, ("INVALID", ["input", "date"])),
        ({"date": "0001-01-01"}, ("INVALID", ["input", "date"])),
        ({"description": ""}, ("INVALID", ["input", "description"])),
        ({"description": "x" * 501}, ("INVALID", ["input", "description"])),
        ({"description": "nul\0"}, ("INVALID", ["input", "description"])),
        ({"notes": "x" * 2001}, ("INVALID", ["input", "notes"])),
        ({"tags": ["a", " "]}, ("INVALID", ["input", "tags", "1"])),
        ({"tags": [str(number) for number in range(21)]}, ("INVALID", ["input", "tags"])),
        ({"categoryId": "cat_01h455vb4pex5vsknk084sn02q"}, ("NOT_FOUND", ["input", "categoryId"])),
        ({"categoryId": "acc_01h455vb4pex5vsknk084sn02q"}, ("NOT_FOUND", ["input", "categoryId"])),
        ({"accountId": "acc_01h455vb4pex5vsknk084sn02q"}, ("NOT_FOUND", ["input", "accountId"])),
        ({"accountId": "nonsense"}, ("NOT_FOUND", ["input", "accountId"])),
    ],
)
async def test_what_no_transaction_can_be_is_refused(
    person: Person, given: dict[str, Any], refusal: tuple[str, list[str]]
) -> None:
    account = await open_account(person, balance="5")
    values = {"accountId": account, "date": "2026-03-10", "amount": "-1", "description": "Tea", **given}

    assert await person.refused(CREATE, input=values) == [refusal]
    assert (await balances(person), await booked(person)) == (["5.00"], [])


@pytest.mark.parametrize(
    "given",
    [
        *({"amount": amount} for amount in ("1e3", "NaN", "1000000000000000", "٣", "+1", "", 1, 0.5, None)),
        *({"date": date} for date in ("2026-02-30", "0000-01-01", "10000-01-01", "10.3.2026", 20260310)),
        {"description": "\ud800"},
    ],
)
async def test_what_is_no_value_of_its_type_is_bad_input(person: Person, given: dict[str, Any]) -> None:
    account = await open_account(person)
    values = {"accountId": account, "date": "2026-03-10", "amount": "-1", "description": "Tea", **given}

    answer = await person.send(CREATE, input=values)

    assert [error["extensions"]["code"] for error in answer["errors"]] == ["BAD_USER_INPUT"]
    assert await booked(person) == []


async def test_a_balance_beyond_what_an_amount_can_be_is_refused(person: Person) -> None:
    account = await open_account(person, balance="999999999999999.99")
    values = {"accountId": account, "date": "2026-03-10", "amount": "0.01", "description": "Tea"}

    assert await person.refused(CREATE, input=values) == [("INVALID", ["input", "amount"])]
    assert (await balances(person), await booked(person)) == (["999999999999999.99"], [])


async def test_nothing_is_booked_on_a_closed_account(person: Person) -> None:
    account = await open_account(person, balance="5")
    await person.change(CLOSE, id=account)
    values = {"accountId": account, "date": "2026-03-10", "amount": "-1", "description": "Tea"}

    assert await person.refused(CREATE, input=values) == [("NOT_ALLOWED", ["input", "accountId"])]
    assert (await balances(person), await booked(person)) == (["5.00"], [])


async def test_the_same_key_books_once(person: Person) -> None:
    account = await open_account(person)
    values = {"accountId": account, "date": "2026-03-10", "amount": "-1", "description": "Tea", "idempotencyKey": "k"}

    first = await person.change(CREATE, input=values)
    again = await person.change(CREATE, input=values)
    other = await person.refused(CREATE, input={**values, "amount": "-2"})

    assert again == first
    assert other == [("CONFLICT", ["input", "idempotencyKey"])]
    assert await balances(person) == ["-1.00"]


async def test_what_is_left_out_stays_and_null_clears(person: Person) -> None:
    account = await open_account(person)
    transaction = await book(person, account, "-1", "Tea", notes="hot", tags=["a"])
    before = await one(person, transaction)

    untouched = await person.change(UPDATE, input={"transactionId": transaction})
    renamed = await person.change(UPDATE, input={"transactionId": transaction, "description": "Tea house"})
    cleared = await person.change(
        UPDATE,
        input={"transactionId": transaction, "description": None, "notes": None, "tags": None, "isExcluded": None},
    )

    assert untouched["transaction"] == before
    assert (renamed["transaction"]["description"], renamed["transaction"]["originalDescription"]) == (
        "Tea house",
        "Tea",
    )
    assert cleared["transaction"] == {**before, "notes": None, "tags": []}


async def test_a_changed_amount_moves_the_balance_by_the_difference(person: Person) -> None:
    account = await open_account(person, balance="100")
    transaction = await book(person, account, "-30")

    payload = await person.change(
        UPDATE, input={"transactionId": transaction, "amount": "-42.10", "date": "2026-02-01"}
    )

    changed = payload["transaction"]
    assert (changed["amount"]["amount"], changed["date"]) == ("-42.10", "2026-02-01")
    assert await balances(person) == ["57.90"]


async def test_money_that_turns_is_uncategorised_the_other_way(person: Person) -> None:
    transaction = await book(person, await open_account(person), "-30", "Zorbl Kwix")

    payload = await person.change(UPDATE, input={"transactionId": transaction, "amount": "30"})

    assert payload["transaction"]["category"] == {"name": "Uncategorised income", "kind": "INCOME"}


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({"amount": None}, ["input", "amount"]),
        ({"amount": "0.00"}, ["input", "amount"]),
        ({"date": None}, ["input", "date"]),
        ({"date": "3000-01-01"}, ["input", "date"]),
        ({"description": " "}, ["input", "description"]),
        ({"notes": "x" * 2001}, ["input", "notes"]),
        ({"tags": ["x" * 51]}, ["input", "tags", "0"]),
    ],
)
async def test_a_refused_change_changes_nothing(person: Person, given: dict[str, Any], path: list[str]) -> None:
    transaction = await book(person, await open_account(person), "-30", notes="here", tags=["a"])
    before = await one(person, transaction)

    refusal = await person.refused(UPDATE, input={"transactionId": transaction, "isExcluded": True, **given})

    assert refusal == [("INVALID", path)]
    assert (await one(person, transaction), await balances(person)) == (before, ["-30.00"])


async def test_excluding_leaves_the_balance_alone(person: Person) -> None:
    transaction = await book(person, await open_account(person), "-30")

    payload = await person.change(UPDATE, input={"transactionId": transaction, "isExcluded": True})

    assert payload["transaction"]["isExcluded"] is True
    assert await balances(person) == ["-30.00"]


async def test_a_deleted_transaction_is_gone_from_the_balance_too(person: Person) -> None:
    account = await open_account(person, balance="100")
    transaction = await book(person, account, "-30")

    payload = await person.change(DELETE, id=transaction)

    assert payload["deletedId"] == transaction
    assert (await balances(person), await booked(person)) == (["100.00"], [])
    assert await person.refused(DELETE, id=transaction) == [("NOT_FOUND", ["input", "transactionId"])]


async def test_the_money_of_a_closed_account_stays(person: Person) -> None:
    account = await open_account(person)
    transaction = await book(person, account, "-30", "Tea")
    await person.change(CLOSE, id=account)

    amount = await person.refused(UPDATE, input={"transactionId": transaction, "amount": "-31"})
    deletion = await person.refused(DELETE, id=transaction)
    await person.change(UPDATE, input={"transactionId": transaction, "notes": "kept"})

    assert amount == [("NOT_ALLOWED", ["input", "amount"])]
    assert deletion == [("NOT_ALLOWED", ["input", "transactionId"])]
    assert (await balances(person), await booked(person)) == (["-30.00"], ["Tea"])


async def test_somebody_elses_transaction_is_not_there(person: Person, stranger: Person) -> None:
    transaction = await book(person, await open_account(person), "-30", "Tea")
    before = await one(person, transaction)
    missing = [("NOT_FOUND", ["input", "transactionId"])]

    assert await stranger.refused(UPDATE, input={"transactionId": transaction, "amount": "-1"}) == missing
    assert await stranger.refused(UPDATE, input={"transactionId": transaction, "notes": "mine"}) == missing
    assert await stranger.refused(DELETE, id=transaction) == missing
    assert await stranger.data(ONE, id=transaction) == {"node": None}
    assert await one(person, transaction) == before


async def test_nobody_books_on_somebody_elses_account(person: Person, stranger: Person) -> None:
    account = await open_account(person)
    values = {"accountId": account, "date": "2026-03-10", "amount": "-1", "description": "Tea"}

    assert await stranger.refused(CREATE, input=values) == [("NOT_FOUND", ["input", "accountId"])]
    assert (await balances(person), await booked(person), await booked(stranger)) == (["0.00"], [], [])


@pytest.mark.parametrize(
    ("document", "variables"),
    [
        (CREATE, {"input": {"accountId": "acc_x", "date": "2026-03-10", "amount": "-1", "description": "Tea"}}),
        (UPDATE, {"input": {"transactionId": "txn_x"}}),
        (DELETE, {"id": "txn_x"}),
    ],
)
async def test_nobody_changes_transactions(nobody: Client, document: str, variables: dict[str, object]) -> None:
    answer = await nobody.send(document, **variables)

    assert [error["extensions"]["code"] for error in answer["errors"]] == ["UNAUTHENTICATED"]
