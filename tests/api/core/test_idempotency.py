"""A key gives one effect, however often and however concurrently it is sent."""

import asyncio
from typing import Any

import pytest

from integrations.world import World
from tests.api.client import Person
from tests.api.core.pools import is_clean
from tests.cluster import DatabaseUrls

CREATE = """
mutation ($input: CreateAccountInput!) {
  createAccount(input: $input) { account { id name } userErrors { code path } }
}
"""
ACCOUNTS = "{ viewer { accounts { id name } } }"
CASH = {"name": "Cash", "type": "CASH", "currency": "USD", "balance": "10.00"}


def cash(key: str, **changed: Any) -> dict[str, Any]:
    return {**CASH, "idempotencyKey": key, **changed}


async def names(person: Person) -> list[str]:
    return [account["name"] for account in (await person.data(ACCOUNTS))["viewer"]["accounts"]]


async def test_fifty_twins_have_one_effect(person: Person, world: World, database_urls: DatabaseUrls) -> None:
    payloads = await asyncio.gather(*[person.change(CREATE, input=cash("once")) for _ in range(50)])

    assert len({payload["account"]["id"] for payload in payloads}) == 1
    assert await names(person) == ["Cash"]
    assert await is_clean(world, database_urls)


async def test_of_fifty_with_other_inputs_one_is_done(person: Person) -> None:
    answers = await asyncio.gather(
        *[person.data(CREATE, input=cash("once", name=f"Cash {number}")) for number in range(50)]
    )

    errors = [error for answer in answers for error in answer["createAccount"]["userErrors"]]
    assert errors == [{"code": "CONFLICT", "path": ["input", "idempotencyKey"]}] * 49
    assert len(await names(person)) == 1


async def test_a_refusal_is_not_kept(person: Person) -> None:
    refused = await asyncio.gather(*[person.refused(CREATE, input=cash("once", name=" ")) for _ in range(10)])
    assert refused == [[("INVALID", ["input", "name"])]] * 10

    await person.change(CREATE, input=cash("once"))

    assert await names(person) == ["Cash"]


async def test_a_key_belongs_to_one_person(person: Person, stranger: Person) -> None:
    first = await person.change(CREATE, input=cash("once"))
    second = await stranger.change(CREATE, input=cash("once"))

    assert first["account"]["id"] != second["account"]["id"]


@pytest.mark.parametrize("key", ["", " ", "x" * 201])
async def test_a_key_that_is_none_is_refused(person: Person, key: str) -> None:
    assert await person.refused(CREATE, input=cash(key)) == [("INVALID", ["input", "idempotencyKey"])]
    assert await names(person) == []


async def test_what_is_left_out_is_part_of_the_input(person: Person) -> None:
    await person.change(CREATE, input=cash("once"))

    left_out = {name: value for name, value in cash("once").items() if name != "balance"}
    assert await person.refused(CREATE, input=left_out) == [("CONFLICT", ["input", "idempotencyKey"])]
