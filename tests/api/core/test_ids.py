"""Ids: one form each, and nothing else is one."""

from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as some

from api import ids
from tests.api.client import Person

NODE = "query ($id: ID!) { node(id: $id) { __typename id } }"
NODES = "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }"
CLOSE = "mutation ($id: ID!) { closeAccount(input: {accountId: $id}) { userErrors { code path } } }"


@given(some.uuids())
def test_an_id_leads_back(value: UUID) -> None:
    assert ids.decode_as("txn", ids.encode("txn", value)) == value


@given(some.text(max_size=45))
def test_no_other_text_is_an_id(text: str) -> None:
    try:
        prefix, value = ids.decode(text)
    except ids.BadId:
        return
    assert ids.encode(prefix, value) == text


def forged(id: str) -> list[str]:
    prefix, _, letters = id.partition("_")
    return [
        id.upper(),
        prefix.upper() + "_" + letters,
        "acc_" + letters,
        letters,
        id + "\n",
        " " + id,
        id + "0",
        id[:-1],
        prefix + "_8" + letters[1:],
        prefix + "_" + "z" * 26,
        prefix + "_" + letters[:-1] + "u",
        prefix + "-" + letters,
        "x" * 100_000,
        "",
        "_",
        id + "\0",
        str(UUID(int=0)),
    ]


async def test_a_forged_id_leads_nowhere(person: Person) -> None:
    for id in forged(person.user_id):
        assert await person.send(NODE, id=id) == {"data": {"node": None}}


async def test_a_forged_id_in_an_input_is_not_found(person: Person) -> None:
    for id in forged(person.user_id):
        found = await person.data(CLOSE, id=id)
        code = found["closeAccount"]["userErrors"][0]["code"]
        assert (code, found["closeAccount"]["userErrors"][0]["path"]) in (
            ("NOT_FOUND", ["input", "accountId"]),
            ("INVALID", ["input", "accountId"]),
        )


async def test_nodes_keep_their_order_and_their_doubles(person: Person, stranger: Person) -> None:
    wanted = [person.user_id, stranger.user_id, person.household_id, "x", person.user_id, stranger.household_id]

    found = (await person.data(NODES, ids=wanted))["nodes"]

    mine, home = {"id": person.user_id}, {"id": person.household_id}
    assert found == [mine, None, home, None, mine, None]


@pytest.mark.parametrize("many", [101, 10_000])
async def test_too_many_ids_are_refused(person: Person, many: int) -> None:
    answer = await person.send(NODES, ids=[person.user_id] * many)

    assert [error["extensions"]["code"] for error in answer["errors"]] == ["BAD_USER_INPUT"]


@pytest.mark.parametrize("id", [5, -(2**31), 2**63, 1.5, True, [], {}, None], ids=repr)
async def test_a_value_of_another_kind_breaks_nothing(person: Person, id: Any) -> None:
    answer = await person.send(NODE, id=id)

    codes = [error["extensions"]["code"] for error in answer.get("errors", [])]
    assert codes == ["BAD_USER_INPUT"] or answer == {"data": {"node": None}}
