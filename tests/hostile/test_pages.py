"""Sizes and cursors that no page can have, in every list."""

import base64
from typing import Any

import httpx
import pytest

from tests.hostile.answers import send
from tests.hostile.scene import Scene

# Each list, with the place of its arguments.
LISTS = {
    "transactions": "{ viewer { transactions(%s) { nodes { id } } } }",
    "imports": "{ viewer { statementImports(%s) { nodes { id } } } }",
    "notifications": "{ viewer { notifications(%s) { nodes { id } } } }",
    "ofAccounts": "{ viewer { accounts { transactions(%s) { nodes { id } } } } }",
    "goals": "{ viewer { goals { contributions(%s) { nodes { id } } } } }",
    "groups": "{ viewer { savingsGroups { contributions(%s) { nodes { id } } } } }",
    "links": "{ viewer { bankLinks { syncs(%s) { nodes { id } } } } }",
}
SIZES = [
    "0",
    "-1",
    "101",
    "2147483647",
    "2147483648",
    "-2147483648",
    "99999999999999999999",
    "1.5",
    '"5"',
    "true",
    "[5]",
]


def cursor(*values: str) -> str:
    """A cursor as the server writes them, of any values."""
    return base64.urlsafe_b64encode("\x1f".join(values).encode("utf-8", "surrogatepass")).rstrip(b"=").decode()


ID = "0199a0c1-0000-7000-8000-000000000000"
CURSORS: list[Any] = [
    *("", "x", "é", "a\0b", "\ud800", "x" * 900_000, "=" * 50, "....", "null", 5, 1.5, True, {}),
    *(cursor(), cursor(""), cursor("\x1f\x1f"), cursor(ID), cursor("x", ID), cursor("x", "x", "x"), cursor("\0", ID)),
    *(cursor("2026-01-01", "x"), cursor("2026-02-30", ID), cursor("0000-01-01", ID), cursor("10000-01-01", ID)),
    *(cursor("2026-01-01T00:00:00", ID), cursor("2026-01-01T00:00:00+99:99", ID), cursor("NaN", ID), cursor("1", ID)),
    *(cursor("0001-01-01T00:00:00+14:00", ID), cursor("9999-12-31T23:59:59-14:00", ID), cursor("\ud800", ID)),
    *(cursor("2026-01-01", f"{{{ID}}}x"), cursor("2026-01-01", "'; drop table accounts; --")),
]


@pytest.mark.parametrize("place", LISTS)
async def test_a_size_that_no_page_has_is_refused(
    place: str, scene: Scene, http: httpx.AsyncClient, unchanged: None
) -> None:
    for size in SIZES:
        answer = await send(http, scene.person.access_token, LISTS[place] % f"first: {size}")

        assert answer.codes, size
        assert set(answer.codes) == {"BAD_USER_INPUT"}, size


@pytest.mark.parametrize("place", LISTS)
async def test_a_forged_cursor_is_refused(place: str, scene: Scene, http: httpx.AsyncClient, unchanged: None) -> None:
    document = "query ($after: String) " + LISTS[place] % "after: $after"

    for forged in CURSORS:
        answer = await send(http, scene.person.access_token, document, {"after": forged})

        assert answer.codes, forged
        assert set(answer.codes) == {"BAD_USER_INPUT"}, forged


@pytest.mark.parametrize("arguments", ["last: 0", "last: 101", "last: -1", "first: 1, last: 1", 'before: "x"'])
async def test_a_page_backwards_is_held_to_the_same(
    arguments: str, scene: Scene, http: httpx.AsyncClient, unchanged: None
) -> None:
    for place in ("transactions", "ofAccounts"):
        answer = await send(http, scene.person.access_token, LISTS[place] % arguments)

        assert set(answer.codes) == {"BAD_USER_INPUT"}


CHANGES = """
query ($after: String!, $first: Int, $types: [String!]) {
  viewer { changes(after: $after, first: $first, types: $types) { nodes { id } } }
}
"""
GROUP_CHANGES = "query ($after: String!) { viewer { savingsGroups { changes(after: $after) { nodes { id } } } } }"


async def test_a_position_that_never_was_is_refused(scene: Scene, http: httpx.AsyncClient, unchanged: None) -> None:
    flipped = scene.mine.sequence[:-3] + "zzz"

    for after in [*CURSORS, scene.theirs.sequence, flipped, scene.mine.sequence + "A", scene.mine.sequence[:-1]]:
        for document in (CHANGES, GROUP_CHANGES):
            answer = await send(http, scene.person.access_token, document, {"after": after})

            assert answer.codes, after
            assert set(answer.codes) == {"BAD_USER_INPUT"}, after


async def test_a_households_position_is_none_of_a_groups(
    scene: Scene, http: httpx.AsyncClient, unchanged: None
) -> None:
    answer = await send(http, scene.person.access_token, GROUP_CHANGES, {"after": scene.mine.sequence})

    assert answer.codes == ["BAD_USER_INPUT"]


@pytest.mark.parametrize("types", [["NoSuchType"], [""], ["\0"], ["Account"] * 9_000 + ["x"], ["x" * 900_000], [5]])
async def test_types_that_are_none_are_refused(
    types: list[Any], scene: Scene, http: httpx.AsyncClient, unchanged: None
) -> None:
    variables = {"after": scene.mine.sequence, "types": types}

    answer = await send(http, scene.person.access_token, CHANGES, variables)

    assert answer.codes == ["BAD_USER_INPUT"]
