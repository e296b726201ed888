"""Cursors that come back changed are refused, never believed and never fatal."""

import base64
from typing import Any

import pytest

from tests.api.client import Person

CREATE = """
mutation ($account: ID!, $date: Date!) {
  createTransaction(input: {accountId: $account, date: $date, amount: "-1.00", description: "Bread"}) {
    transaction { id } userErrors { code path }
  }
}
"""
OPEN = """
mutation { createAccount(input: {name: "Cash", type: CASH, currency: "USD"}) { account { id } userErrors { code } } }
"""
PAGE = """
query ($first: Int, $after: String) {
  viewer { transactions(first: $first, after: $after) {
    edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  } }
}
"""
NOTES = "query ($after: String) { viewer { notifications(after: $after) { edges { cursor } } } }"


def cursor(*values: str) -> str:
    return base64.urlsafe_b64encode("\x1f".join(values).encode()).rstrip(b"=").decode()


ID = "0190f000-0000-7000-8000-000000000001"
FORGED = [
    "x",
    "",
    "=",
    "é",
    "\0",
    "A" * 100_000,
    cursor(),
    cursor("2026-11-20"),
    cursor("2026-11-20", ID, ID),
    cursor("2026-11-20", "not an id"),
    cursor("2026-11-20", ID + "\0"),
    cursor("0000-00-00", ID),
    cursor("infinity", ID),
    cursor("2026-11-20' or true --", ID),
    cursor("5", "5"),
    base64.urlsafe_b64encode(b"\xff\xfe\x1f\xff").decode(),
]
INSTANTS = [
    cursor("2026-11-20T00:00:00", ID),
    cursor("0001-01-01T00:00:00+23:59", ID),
    cursor("9999-12-31T23:59:59-23:59", ID),
    cursor("10000-01-01T00:00:00+00:00", ID),
]


@pytest.mark.parametrize("forged", FORGED, ids=lambda one: repr(one)[:20])
async def test_a_forged_cursor_is_refused(person: Person, forged: str) -> None:
    answer = await person.send(PAGE, after=forged)

    assert [error["extensions"]["code"] for error in answer.get("errors", [])] == ["BAD_USER_INPUT"]


@pytest.mark.parametrize("forged", INSTANTS, ids=["without an offset", "before all time", "after it", "year 10000"])
async def test_a_forged_instant_is_refused_or_a_place_at_the_end(person: Person, forged: str) -> None:
    answer = await person.send(NOTES, after=forged)

    codes = [error["extensions"]["code"] for error in answer.get("errors", [])]
    assert codes == ["BAD_USER_INPUT"] or answer["data"]["viewer"]["notifications"]["edges"] == []


@pytest.mark.parametrize("first", [0, -1, 101, 2**31 - 1, 2**31, -(2**31), 1.5, "5"])
async def test_a_size_out_of_bounds_is_refused(person: Person, first: Any) -> None:
    answer = await person.send(PAGE, first=first)

    assert [error["extensions"]["code"] for error in answer.get("errors", [])] == ["BAD_USER_INPUT"]


async def test_a_cursor_of_another_household_shows_nothing_of_it(person: Person, stranger: Person) -> None:
    account = (await stranger.change(OPEN))["account"]["id"]
    for date in ("2026-11-01", "2026-11-02"):
        await stranger.change(CREATE, account=account, date=date)
    theirs = (await stranger.data(PAGE, first=1))["viewer"]["transactions"]["edges"][0]["cursor"]

    found = (await person.data(PAGE, after=theirs))["viewer"]["transactions"]

    assert found["edges"] == []
    assert found["pageInfo"]["startCursor"] is None
