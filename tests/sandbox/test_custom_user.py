"""Custom users: what the caller made up comes back verbatim."""

import json
from typing import Any

import pytest

from tests.sandbox.running import RunningBank


def account(**values: Any) -> dict[str, Any]:
    return {"type": "depository", "subtype": "checking"} | values


def purchase(amount: object = 1, **values: Any) -> dict[str, Any]:
    return {
        "amount": amount,
        "description": "SHOP",
        "date_posted": "2026-01-05",
        "date_transacted": "2026-01-04",
    } | values


def test_type_and_subtype_are_enough(bank: RunningBank) -> None:
    token = bank.link_custom([account()])

    page = bank.page(token)

    assert page["added"] == []
    assert page["accounts"][0]["balances"]["current"] == 0


def test_descriptions_dates_and_amounts_are_verbatim(bank: RunningBank) -> None:
    line = "  Crème & Co. <b>№7</b> \u202e 日本  "
    token = bank.link_custom(
        [account(currency="CAD", transactions=[purchase(-1234.56, description=line, date_posted="1999-12-31")])]
    )

    got = bank.page(token)["added"][0]

    assert (got["name"], got["date"], got["authorized_date"]) == (line, "1999-12-31", "2026-01-04")
    assert (got["amount"], got["iso_currency_code"]) == (-1234.56, "CAD")


def test_names_mask_limit_and_balance(bank: RunningBank) -> None:
    meta = {"name": "My card", "official_name": "The Card", "mask": "4242", "limit": 500}
    token = bank.link_custom([account(type="credit", subtype="credit card", starting_balance=120.5, meta=meta)])

    got = bank.page(token)["accounts"][0]

    assert (got["name"], got["official_name"], got["mask"]) == ("My card", "The Card", "4242")
    assert (got["balances"]["current"], got["balances"]["available"], got["balances"]["limit"]) == (120.5, 379.5, 500)


def test_a_starting_balance_stands_above_the_transactions(bank: RunningBank) -> None:
    token = bank.link_custom([account(starting_balance=1000, transactions=[purchase(30)])])

    assert bank.balance(token) == 1000


@pytest.mark.parametrize(
    ("kind", "subtype", "expected"), [("depository", "savings", 70), ("credit", "credit card", -70)]
)
def test_without_one_the_balance_is_computed(bank: RunningBank, kind: str, subtype: str, expected: float) -> None:
    token = bank.link_custom([account(type=kind, subtype=subtype, transactions=[purchase(30), purchase(-100)])])

    assert bank.balance(token) == expected


def test_every_second_transaction_comes_bare(bank: RunningBank) -> None:
    token = bank.link_custom([account(transactions=[purchase(description="NETFLIX.COM") for _ in range(4)])])
    bank.buy(token, 5, "NETFLIX.COM")
    bank.buy(token, 6, "NETFLIX.COM")

    got = bank.page(token)["added"]

    assert [one["merchant_name"] for one in got] == ["Netflix", None] * 3
    assert [one["personal_finance_category"] is None for one in got] == [False, True] * 3


@pytest.mark.parametrize(
    ("description", "amount", "detailed"),
    [
        ("UBER *TRIP 8F", 12, "TRANSPORTATION_TAXIS_AND_RIDE_SHARES"),
        ("UBER EATS 77", 12, "FOOD_AND_DRINK_RESTAURANT"),
        ("ACME PAYROLL", -2000, "INCOME_SALARY"),
        ("ACME PAYROLL", 2000, "GENERAL_MERCHANDISE_OTHER_GENERAL_MERCHANDISE"),
        ("SHELLFISH AND MORE", 9, "GENERAL_MERCHANDISE_OTHER_GENERAL_MERCHANDISE"),
        ("QZX 1", -5, "TRANSFER_IN_DEPOSIT"),
    ],
)
def test_enrichment(bank: RunningBank, description: str, amount: int, detailed: str) -> None:
    token = bank.link_custom([account(transactions=[purchase(amount, description=description)])])

    category = bank.page(token)["added"][0]["personal_finance_category"]

    assert category["detailed"] == detailed
    assert detailed.startswith(category["primary"])


def test_a_posting_day_to_come_means_pending(bank: RunningBank) -> None:
    token = bank.link_custom([account(transactions=[purchase(date_posted="9999-12-31")])])

    got = bank.page(token)["added"][0]

    assert (got["pending"], got["date"]) == (True, "2026-01-04")


def test_a_start_date_bounds_the_history(bank: RunningBank) -> None:
    days = ["2025-12-31", "2026-01-01", "2026-01-02"]
    config = {"override_accounts": [account(transactions=[purchase(date_posted=day) for day in days])]}
    token = bank.link(
        override_username="user_custom",
        override_password=json.dumps(config),
        transactions={"start_date": "2026-01-01", "end_date": "2026-01-01"},
    )

    assert [one["date"] for one in bank.page(token)["added"]] == ["2026-01-01"]


BAD_ACCOUNTS: list[Any] = [
    [],
    ["x"],
    [{"subtype": "checking"}],
    [account(type="casino")],
    [account(subtype="credit card")],
    [account(currency="usd")],
    [account(starting_balance="5")],
    [account(transactions=[purchase("5")])],
    [account(transactions=[purchase(True)])],
    [account(transactions=[purchase(1e300)])],
    [account(transactions=[purchase(date_posted="2026-02-30")])],
    [account(transactions=[purchase(date_posted="20260105")])],
    [account(transactions=[purchase(date_posted="0000-01-01")])],
    [account(transactions=[purchase(description="")])],
    [account(transactions=[purchase(description="x" * 1_000_000)])],
    [account(transactions={"amount": 1})],
    [account(meta="x")],
    [account()] * 21,
]


@pytest.mark.parametrize("accounts", BAD_ACCOUNTS)
def test_a_custom_user_that_makes_no_sense_is_refused_whole(bank: RunningBank, accounts: Any) -> None:
    options = {"override_username": "user_custom", "override_password": json.dumps({"override_accounts": accounts})}

    status, kind, _ = bank.refusal(
        "/sandbox/public_token/create",
        institution_id="ins_109508",
        initial_products=["transactions"],
        options=options,
    )

    assert (status, kind) == (400, "INVALID_REQUEST")


@pytest.mark.parametrize("password", ["", "{", "[]", "null", "[" * 100_000, '{"override_accounts": NaN}', "pass_good"])
def test_a_password_that_is_no_json_is_refused(bank: RunningBank, password: str) -> None:
    status, kind, _ = bank.refusal(
        "/sandbox/public_token/create",
        institution_id="ins_109508",
        initial_products=["transactions"],
        options={"override_username": "user_custom", "override_password": password},
    )

    assert (status, kind) == (400, "INVALID_REQUEST")


def test_wrong_credentials_are_refused(bank: RunningBank) -> None:
    refused = bank.refusal(
        "/sandbox/public_token/create",
        institution_id="ins_109508",
        initial_products=["transactions"],
        options={"override_username": "user_good", "override_password": "wrong"},
    )

    assert refused == (400, "ITEM_ERROR", "INVALID_CREDENTIALS")
