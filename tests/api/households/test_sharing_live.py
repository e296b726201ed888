"""A change of how an account is shared reaches sessions and sockets that are open, and tokens that are limited."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import pytest
from starlette.applications import Starlette
from websockets import ConnectionClosed

from api import ids
from domain.identity.people import first_household
from integrations.world import World
from runtime.settings import Settings
from tests.api.apps.tokens import token_of
from tests.api.books import book, open_account
from tests.api.client import Person
from tests.api.households.company import join, settled, share
from tests.api.live.conftest import relaying, serving
from tests.api.live.socket_client import Address, Stream, subscribed

ACCOUNTS = "{ viewer { accounts { id } } }"
BALANCES = "subscription { balanceChanged { account { id } balance { amount } } }"
CHANGES = "subscription { changes { id node { id } } }"
ENDED_WITHIN = 5


async def accounts_of(person: Person) -> list[str]:
    return [one["id"] for one in (await person.data(ACCOUNTS))["viewer"]["accounts"]]


async def closed(stream: Stream) -> int | None:
    """The code that it is closed with."""
    with pytest.raises(ConnectionClosed) as error:
        await everything(stream)
    return None if error.value.rcvd is None else error.value.rcvd.code


async def everything(stream: Stream) -> None:
    while True:
        await stream.message()


@asynccontextmanager
async def listening(app: Starlette, settings: Settings) -> AsyncIterator[Address]:
    async with relaying(settings), serving(app) as address:
        yield address


async def test_an_open_session_sees_it_within_seconds(person: Person, stranger: Person) -> None:
    member = await join(person, stranger)
    account = await open_account(person)
    assert await accounts_of(member) == [account]

    await share(person, account, "PRIVATE")
    await settled()
    hidden = await accounts_of(member)
    await share(person, account, "READ_ONLY")
    await settled()

    assert hidden == []
    assert await accounts_of(member) == [account]


async def test_sockets_of_others_are_closed_without_redis_telling(
    app: Starlette, person: Person, stranger: Person
) -> None:
    """Nobody relays anything here: the process asks PostgreSQL."""
    member = await join(person, stranger)
    account = await open_account(person)
    async with (
        serving(app) as address,
        subscribed(address, member, BALANCES) as stream,
        subscribed(address, person, BALANCES) as own,
    ):
        assert (await stream.next())["account"] == (await own.next())["account"] == {"id": account}

        await share(person, account, "PRIVATE")

        async with asyncio.timeout(ENDED_WITHIN):
            assert await closed(stream) == 4403
    assert await accounts_of(member) == []


async def test_what_is_withheld_is_pushed_to_its_owner_alone(
    app: Starlette, settings: Settings, person: Person, stranger: Person
) -> None:
    member = await join(person, stranger)
    shown, kept, balance = [await open_account(person, name=name) for name in ("Shown", "Kept", "Balance")]
    await share(person, kept, "PRIVATE")
    await share(person, balance, "BALANCE_ONLY")
    await settled()
    async with (
        listening(app, settings) as address,
        subscribed(address, member, CHANGES) as theirs,
        subscribed(address, person, CHANGES) as own,
    ):
        rows = [await book(person, account, "-1.00") for account in (kept, balance, shown)]

        seen = await theirs.some(3)
        whole = await own.some(6)

    assert [one["id"] for one in whole] == [rows[0], kept, rows[1], balance, rows[2], shown]
    assert [one["id"] for one in seen] == [balance, rows[2], shown]
    assert all(one["node"] == {"id": one["id"]} for one in seen)


async def test_a_token_for_some_accounts_gets_none_that_are_withheld(person: Person, stranger: Person) -> None:
    member = await join(person, stranger)
    shown, kept, other = [await open_account(person, name=name) for name in ("Shown", "Kept", "Other")]
    tool = await token_of(member, "accounts:read", accountIds=[shown, kept])
    before = await accounts_of(tool)

    await share(person, kept, "PRIVATE")
    await settled()

    assert before == [shown, kept]
    assert await accounts_of(tool) == [shown]
    assert await accounts_of(member) == [shown, other]


async def test_a_renewed_session_is_shown_what_is_shared(world: World, person: Person, stranger: Person) -> None:
    member = await join(person, stranger)
    await share(person, await open_account(person), "PRIVATE")

    answer = await member.change(
        "mutation ($token: String!) { refreshSession(input: {refreshToken: $token}) "
        "{ viewer { accounts { id } } userErrors { code } } }",
        token=member.refresh_token,
    )

    assert answer["viewer"] == {"accounts": []}


async def test_who_signs_in_by_password_is_somebody_from_whom_it_is_withheld(
    world: World, person: Person, stranger: Person, owner: asyncpg.Connection
) -> None:
    """What reads before there is a session, such as the page that asks for consent, sees no more than a session."""
    await join(person, stranger)
    account = await open_account(person)
    await share(person, account, "PRIVATE")
    user_id = ids.decode_as("usr", stranger.user_id)
    await owner.execute(
        "update household_members set joined_at = 'epoch' where user_id = $1 and household_id = $2",
        user_id,
        ids.decode_as("hsh", person.household_id),
    )

    viewer = await first_household(world.system, user_id)

    assert viewer.household_id == ids.decode_as("hsh", person.household_id)
    assert viewer.withheld is not None
    assert viewer.withheld.private == (ids.decode_as("acc", account),)
