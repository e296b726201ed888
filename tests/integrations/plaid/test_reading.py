"""Plaid's JSON as our rows: exact, turned to our point of view, and refused as a whole where a value is broken."""

import json
from decimal import Decimal
from typing import Any

import pytest

from domain.bank_links.feed import Unreadable
from integrations.plaid.reading import read_outline, read_page

ACCOUNT: dict[str, Any] = {
    "account_id": "a1",
    "name": "Daily",
    "official_name": None,
    "mask": "1234",
    "type": "depository",
    "subtype": "checking",
    "balances": {"current": 100.1, "available": 90, "iso_currency_code": "USD", "unofficial_currency_code": None},
}
ROW: dict[str, Any] = {
    "account_id": "a1",
    "transaction_id": "t1",
    "amount": 12.34,
    "iso_currency_code": "USD",
    "unofficial_currency_code": None,
    "date": "2026-01-05",
    "name": "Coffee",
    "original_description": "COFFEE  1",
    "merchant_name": None,
    "pending": False,
    "pending_transaction_id": None,
    "personal_finance_category": None,
}


def page(**parts: Any) -> bytes:
    whole = {"accounts": [ACCOUNT], "added": [], "modified": [], "removed": [], "next_cursor": "c", "has_more": False}
    return json.dumps({**whole, **parts}).encode()


def row(**parts: Any) -> bytes:
    return page(added=[{**ROW, **parts}])


def account(**parts: Any) -> bytes:
    return page(accounts=[{**ACCOUNT, **parts}])


def balances(**parts: Any) -> dict[str, Any]:
    return {**ACCOUNT["balances"], **parts}


def test_money_out_is_negative_and_exact() -> None:
    (found,) = read_page(row(amount=12.34)).rows

    assert (found.account_id, found.row.amount, found.row.source_id) == ("a1", Decimal("-12.34"), "plaid:t1")


def test_money_in_is_positive() -> None:
    assert read_page(row(amount=-1000)).rows[0].row.amount == Decimal(1000)


@pytest.mark.parametrize(
    ("written", "read"),
    [("0.1", "-0.10"), ("1e2", "-100.00"), ("89.4", "-89.40"), ("4.355", "-4.36"), ("0", "0.00"), ("-0.0", "0.00")],
)
def test_amounts_are_read_as_they_are_written_and_never_as_floats(written: str, read: str) -> None:
    raw = row(amount=424242).replace(b"424242", written.encode())

    amount = read_page(raw).rows[0].row.amount

    assert (str(amount), amount.is_signed()) == (read, read.startswith("-"))


def test_modified_rows_come_after_added_ones_and_removed_ones_by_their_id() -> None:
    removed = [{"transaction_id": "t2", "account_id": "a1"}, {"transaction_id": "t3"}]

    found = read_page(page(added=[ROW], modified=[{**ROW, "transaction_id": "t9"}], removed=removed))

    assert [one.row.source_id for one in found.rows] == ["plaid:t1", "plaid:t9"]
    assert found.removed == [("a1", "plaid:t2"), (None, "plaid:t3")]


def test_a_posted_row_names_its_pending_one() -> None:
    (found,) = read_page(row(pending_transaction_id="t0")).rows

    assert (found.row.status, found.row.pending_source_id) == ("POSTED", "plaid:t0")


def test_the_banks_own_words_and_the_category() -> None:
    category = {"primary": "FOOD_AND_DRINK", "detailed": "FOOD_AND_DRINK_COFFEE", "confidence_level": "VERY_HIGH"}

    (found,) = read_page(row(personal_finance_category=category, merchant_name="Café")).rows

    assert (found.row.description, found.row.original_description) == ("Coffee", "COFFEE 1")
    assert (found.row.provider_primary, found.row.provider_detailed) == ("FOOD_AND_DRINK", "FOOD_AND_DRINK_COFFEE")
    assert (found.row.provider_confidence, found.row.merchant_name) == ("VERY_HIGH", "Café")


def test_what_no_text_can_hold_is_left_out() -> None:
    (found,) = read_page(row(name="a\u0000b\nc", original_description="  ")).rows

    assert (found.row.description, found.row.original_description) == ("ab c", "ab c")


@pytest.mark.parametrize(
    ("kind", "subtype", "type_"),
    [
        ("depository", "checking", "CHECKING"),
        ("depository", "savings", "SAVINGS"),
        ("depository", "money market", "SAVINGS"),
        ("depository", None, "CHECKING"),
        ("credit", "credit card", "CREDIT_CARD"),
        ("loan", "mortgage", "LOAN"),
        ("investment", "ira", "INVESTMENT"),
        ("brokerage", "brokerage", "INVESTMENT"),
        ("payroll", "payroll", "OTHER"),
        (None, None, "OTHER"),
        ([], {}, "OTHER"),
    ],
)
def test_kinds_of_accounts(kind: Any, subtype: Any, type_: str) -> None:
    assert read_page(account(type=kind, subtype=subtype)).accounts[0].type == type_


@pytest.mark.parametrize(("kind", "balance"), [("depository", "100.10"), ("credit", "-100.10"), ("loan", "-100.10")])
def test_what_is_owed_is_negative(kind: str, balance: str) -> None:
    assert read_page(account(type=kind)).accounts[0].balance == Decimal(balance)


@pytest.mark.parametrize(("kind", "balance"), [("depository", Decimal(90)), ("credit", None)])
def test_a_balance_that_the_bank_does_not_say(kind: str, balance: Decimal | None) -> None:
    found = read_page(account(type=kind, balances=balances(current=None)))

    assert found.accounts[0].balance == balance


def test_accounts_in_no_currency_are_left_out_with_their_rows() -> None:
    crypto = {
        **ACCOUNT,
        "account_id": "a2",
        "balances": balances(iso_currency_code=None, unofficial_currency_code="BTC"),
    }

    found = read_page(page(accounts=[ACCOUNT, crypto], added=[ROW, {**ROW, "account_id": "a2"}]))

    assert [one.provider_id for one in found.accounts] == ["a1"]
    assert [one.account_id for one in found.rows] == ["a1"]
    assert found.unreadable == ["a2"]


def test_a_row_without_currency_is_in_its_accounts() -> None:
    assert read_page(row(iso_currency_code=None)).rows[0].row.currency == "USD"


@pytest.mark.parametrize("code", ["XAU", "usd", "DOGE"])
def test_a_row_in_no_currency_is_left_out(code: str) -> None:
    assert read_page(row(iso_currency_code=code)).rows == []


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"{}",
        b"\xff",
        b"[" * 100_000,
        page(added=None),
        page(added=[5]),
        page(added={}),
        page(accounts=[{**ACCOUNT, "balances": None}]),
        page(has_more="yes"),
        page(has_more=True, next_cursor=""),
        page(next_cursor=None),
        page(next_cursor="x" * 3000),
        page(removed=[{}]),
        page(removed=[{"transaction_id": ""}]),
        row(amount="12.34"),
        row(amount=None),
        row(amount=True),
        row(amount=10**15),
        row(amount=float("nan")),
        row(amount=float("inf")),
        row(amount=424242).replace(b"424242", b"1e999999"),
        row(amount=424242).replace(b"424242", b"9" * 5000),
        row(date="2026-02-30"),
        row(date="20260105"),
        row(date=None),
        row(date="0000-01-01"),
        row(transaction_id=None),
        row(transaction_id="x" * 300),
        row(transaction_id="a\nb"),
        row(account_id=5),
        row(pending="no"),
        row(name=5),
        row(personal_finance_category=[]),
        account(account_id=None),
        account(balances=balances(current="1")),
    ],
)
def test_a_broken_value_spoils_the_page(raw: bytes) -> None:
    with pytest.raises(Unreadable):
        read_page(raw)


def test_an_outline_says_all_but_the_rows() -> None:
    crypto = {**ACCOUNT, "account_id": "a2", "balances": balances(iso_currency_code=None)}
    raw = page(accounts=[ACCOUNT, crypto], added=[ROW, {**ROW, "account_id": "a3"}, {**ROW, "account_id": "a2"}])

    outline, whole = read_outline(raw), read_page(raw)

    assert (outline.accounts, outline.unreadable) == (whole.accounts, whole.unreadable) == (outline.accounts, ["a2"])
    assert (outline.next_cursor, outline.has_more) == (whole.next_cursor, whole.has_more)
    assert (outline.named, outline.removes) == ({"a1", "a3"}, False)


@pytest.mark.parametrize(
    "raw",
    [b"", b"{", b"[]", page(added=None), page(has_more="yes"), page(next_cursor=None), row(account_id=5)],
)
def test_a_page_without_an_outline_is_refused_when_it_is_fetched(raw: bytes) -> None:
    with pytest.raises(Unreadable):
        read_outline(raw)
