"""Accounts kept by hand: opening, changing, closing."""

import pytest

from tests.api.books import balances, book, booked, open_account
from tests.api.client import Client, Person

CREATE = """
mutation ($input: CreateAccountInput!) {
  createAccount(input: $input) {
    account { id name type currency balance { amount currency } available { amount } mask closedAt }
    userErrors { code path }
  }
}
"""
UPDATE = """
mutation ($input: UpdateAccountInput!) {
  updateAccount(input: $input) { account { id name type balance { amount } } userErrors { code path } }
}
"""
CLOSE = """
mutation ($id: ID!) {
  closeAccount(input: {accountId: $id}) { account { id closedAt } userErrors { code path } }
}
"""
ACCOUNTS = "query ($closed: Boolean) { viewer { accounts(includeClosed: $closed) { id name } } }"
ADJUSTMENTS = """
{ viewer { transactions { nodes {
  account { id } amount { amount currency } description categorizedBy category { name kind } merchant { name }
} } } }
"""


async def names(person: Person, closed: bool = False) -> list[str]:
    return [account["name"] for account in (await person.data(ACCOUNTS, closed=closed))["viewer"]["accounts"]]


async def test_an_account_opens_with_what_is_on_it(person: Person) -> None:
    payload = await person.change(
        CREATE, input={"name": " Purse ", "type": "CASH", "currency": "EUR", "balance": "12.5"}
    )

    assert payload["account"] == {
        "id": payload["account"]["id"],
        "name": "Purse",
        "type": "CASH",
        "currency": "EUR",
        "balance": {"amount": "12.50", "currency": "EUR"},
        "available": None,
        "mask": None,
        "closedAt": None,
    }
    assert await booked(person) == []


async def test_an_account_opens_empty_where_nothing_is_said(person: Person) -> None:
    payload = await person.change(CREATE, input={"name": "Purse", "type": "CASH", "currency": "JPY"})

    assert payload["account"]["balance"] == {"amount": "0", "currency": "JPY"}


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({"name": "  "}, ["input", "name"]),
        ({"name": "x" * 101}, ["input", "name"]),
        ({"name": "two\nlines"}, ["input", "name"]),
        ({"name": "nul\0"}, ["input", "name"]),
        ({"balance": "0.001"}, ["input", "balance"]),
        ({"currency": "JPY", "balance": "1.5"}, ["input", "balance"]),
    ],
)
async def test_what_no_account_can_be_is_refused(person: Person, given: dict[str, str], path: list[str]) -> None:
    values = {"name": "Purse", "type": "CASH", "currency": "USD", **given}

    assert await person.refused(CREATE, input=values) == [("INVALID", path)]
    assert await names(person, closed=True) == []


async def test_the_same_key_opens_one_account(person: Person) -> None:
    values = {"name": "Purse", "type": "CASH", "currency": "USD", "idempotencyKey": "k"}

    first = await person.change(CREATE, input=values)
    again = await person.change(CREATE, input=values)
    other = await person.refused(CREATE, input={**values, "name": "Other"})

    assert again == first
    assert other == [("CONFLICT", ["input", "idempotencyKey"])]
    assert await names(person) == ["Purse"]


async def test_accounts_stand_as_they_were_made(person: Person) -> None:
    for name in ("B", "A", "C"):
        await open_account(person, name=name)

    assert await names(person) == ["B", "A", "C"]


async def test_what_is_left_out_or_null_stays(person: Person) -> None:
    account = await open_account(person, balance="5")

    renamed = await person.change(UPDATE, input={"accountId": account, "name": "Safe", "type": None})
    retyped = await person.change(UPDATE, input={"accountId": account, "type": "OTHER"})

    assert renamed["account"] == {"id": account, "name": "Safe", "type": "CASH", "balance": {"amount": "5.00"}}
    assert retyped["account"] == {"id": account, "name": "Safe", "type": "OTHER", "balance": {"amount": "5.00"}}


async def test_setting_the_balance_books_what_is_missing(person: Person) -> None:
    account = await open_account(person, balance="20")

    payload = await person.change(UPDATE, input={"accountId": account, "balance": "12.34"})

    assert payload["account"]["balance"] == {"amount": "12.34"}
    assert (await person.data(ADJUSTMENTS))["viewer"]["transactions"]["nodes"] == [
        {
            "account": {"id": account},
            "amount": {"amount": "-7.66", "currency": "USD"},
            "description": "Balance adjustment",
            "categorizedBy": "PERSON",
            "category": {"name": "Balance adjustment", "kind": "TRANSFER"},
            "merchant": None,
        }
    ]


async def test_setting_the_balance_that_is_there_books_nothing(person: Person) -> None:
    account = await open_account(person, balance="20")

    await person.change(UPDATE, input={"accountId": account, "balance": "20.00"})

    assert await booked(person) == []


@pytest.mark.parametrize("balance", ["1.001", "999999999999999"])
async def test_a_balance_out_of_range_changes_nothing(person: Person, balance: str) -> None:
    account = await open_account(person, name="Debt", balance="-999999999999999")

    refusal = await person.refused(UPDATE, input={"accountId": account, "name": "Other", "balance": balance})

    assert refusal == [("INVALID", ["input", "balance"])]
    assert (await names(person), await balances(person), await booked(person)) == (
        ["Debt"],
        ["-999999999999999.00"],
        [],
    )


async def test_a_closed_account_keeps_what_was_booked(person: Person) -> None:
    account = await open_account(person, name="Old")
    await book(person, account, "-3", "Tea")

    closed = await person.change(CLOSE, id=account)
    again = await person.change(CLOSE, id=account)

    assert closed["account"]["id"] == account
    assert closed["account"]["closedAt"] is not None
    assert again == closed
    assert (await names(person), await names(person, closed=True), await booked(person)) == ([], ["Old"], ["Tea"])


async def test_a_closed_accounts_balance_cannot_be_set(person: Person) -> None:
    account = await open_account(person, balance="5")
    await person.change(CLOSE, id=account)

    refusal = await person.refused(UPDATE, input={"accountId": account, "balance": "6"})

    assert refusal == [("NOT_ALLOWED", ["input", "balance"])]
    assert (await balances(person), await booked(person)) == (["5.00"], [])


async def test_somebody_elses_account_is_not_there(person: Person, stranger: Person) -> None:
    account = await open_account(person, name="Mine", balance="5")
    missing = [("NOT_FOUND", ["input", "accountId"])]

    assert await stranger.refused(UPDATE, input={"accountId": account, "name": "Yours"}) == missing
    assert await stranger.refused(UPDATE, input={"accountId": account, "balance": "1"}) == missing
    assert await stranger.refused(CLOSE, id=account) == missing
    assert await stranger.refused(CLOSE, id=person.user_id) == missing
    assert await stranger.refused(CLOSE, id="acc_nonsense") == missing
    assert (await names(person), await balances(person)) == (["Mine"], ["5.00"])
    assert (await stranger.data("query ($id: ID!) { node(id: $id) { id } }", id=account)) == {"node": None}


@pytest.mark.parametrize(
    ("document", "variables"),
    [
        (CREATE, {"input": {"name": "A", "type": "CASH", "currency": "USD"}}),
        (UPDATE, {"input": {"accountId": "acc_01h455vb4pex5vsknk084sn02q", "name": "A"}}),
        (CLOSE, {"id": "acc_01h455vb4pex5vsknk084sn02q"}),
    ],
)
async def test_nobody_changes_accounts(nobody: Client, document: str, variables: dict[str, object]) -> None:
    answer = await nobody.send(document, **variables)

    assert [error["extensions"]["code"] for error in answer["errors"]] == ["UNAUTHENTICATED"]
