"""Scalars are taken to the letter, whether they stand in the document or in the variables."""

from typing import Any

import pytest

from tests.api.client import Client, Person

CREATE = """
mutation ($balance: Decimal, $currency: CurrencyCode!) {
  createAccount(input: {name: "Cash", type: CASH, currency: $currency, balance: $balance}) {
    account { balance { amount currency } } userErrors { code path }
  }
}
"""
LITERAL = """
mutation { createAccount(input: {name: "Cash", type: CASH, currency: %s, balance: %s}) {
  account { id } userErrors { code path }
} }
"""
FILTERED = "query ($from: Date) { viewer { transactions(filter: {from: $from}) { nodes { id } } } }"

OF_OTHER_KINDS: list[Any] = [12, 12.5, True, [], {}, ["1"], ""]
NO_DECIMALS = [
    *[" 1", "1 ", "+1", ".5", "5.", "1e3", "1E3", "NaN", "Infinity", "-inf", "0x10", "1_000", "1,5", "--1", "1.2.3"],
    *["\u0663", "\uff11", "1\n", "1\0", "$1", "1" * 16, "1" * 1_000, "0." + "0" * 100],
]
NO_DAYS = [
    *["0000-01-01", "2026-02-29", "2026-13-01", "20261120", "2026-W01-1", "2026-1-1", "-2026-01-01", "10000-01-01"],
    *["\uff12026-01-01", "2026-11-20T00:00:00Z", "2026-11-20 "],
]


async def codes(client: Client, document: str, **variables: Any) -> list[str]:
    answer = await client.send(document, **variables)
    return [error["extensions"]["code"] for error in answer.get("errors", [])]


@pytest.mark.parametrize("value", [*OF_OTHER_KINDS, *NO_DECIMALS], ids=lambda value: repr(value)[:20])
async def test_what_is_no_decimal_is_refused(person: Person, value: Any) -> None:
    assert await codes(person, CREATE, balance=value, currency="USD") == ["BAD_USER_INPUT"]


@pytest.mark.parametrize("literal", ["12", "12.5", "1e3", "true", "CASH", "[1]", "{a: 1}", '"1e3"', '"""1 """'])
async def test_what_is_no_decimal_in_a_document_is_refused(person: Person, literal: str) -> None:
    answered = await codes(person, LITERAL % ('"USD"', literal))

    assert answered in (["BAD_USER_INPUT"], []), answered
    if not answered:
        assert literal == '"""1 """'  # a block string loses its last blank


@pytest.mark.parametrize("value", ["usd", "US", "USDX", "XXX\n", "ZZZ", "", 840, None, "U" * 100_000, "U\0D"])
async def test_what_is_no_currency_is_refused(person: Person, value: Any) -> None:
    assert await codes(person, CREATE, balance="1", currency=value) == ["BAD_USER_INPUT"]


@pytest.mark.parametrize(
    ("currency", "balance"), [("USD", "1.001"), ("JPY", "1.5"), ("USD", "1.000")], ids=lambda one: one
)
async def test_more_digits_than_the_currency_has_are_a_mistake(person: Person, currency: str, balance: str) -> None:
    assert await person.refused(CREATE, balance=balance, currency=currency) == [("INVALID", ["input", "balance"])]


@pytest.mark.parametrize(
    ("given", "shown"), [("-0", "0.00"), ("0012.5", "12.50"), ("999999999999999.99", "999999999999999.99")]
)
async def test_an_amount_has_one_form(person: Person, given: str, shown: str) -> None:
    payload = await person.change(CREATE, balance=given, currency="USD")

    assert payload["account"]["balance"] == {"amount": shown, "currency": "USD"}


@pytest.mark.parametrize("value", [*OF_OTHER_KINDS, *NO_DAYS], ids=lambda value: repr(value)[:20])
async def test_what_is_no_day_is_refused(person: Person, value: Any) -> None:
    assert await codes(person, FILTERED, **{"from": value}) == ["BAD_USER_INPUT"]


@pytest.mark.parametrize("value", ["0001-01-01", "1899-12-31", "3000-01-01", "9999-12-31"])
async def test_a_day_beyond_the_calendar_breaks_nothing(person: Person, value: str) -> None:
    assert await codes(person, FILTERED, **{"from": value}) in ([], ["BAD_USER_INPUT"])
