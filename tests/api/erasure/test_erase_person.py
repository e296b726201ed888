"""Who is erased is nowhere any more, and every chain verifies."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from api import ids
from cli.main import main
from domain.erasure import NoSuchPerson, erase_person, ranges
from integrations.world import World
from runtime.verification import verify
from tests.api.client import Client, Person
from tests.api.live.books import move, open_account, rename
from tests.api.savings_groups.documents import CONTRIBUTE, LEAVE, found_together, give, giving, groups_of
from tests.cluster import DatabaseUrls

SIGN_IN = """
mutation ($email: String!, $password: String!) {
  signIn(input: {email: $email, password: $password}) { session { accessToken } userErrors { code path } }
}
"""


@pytest.fixture
async def owner(database_urls: DatabaseUrls) -> AsyncIterator["asyncpg.Connection[Any]"]:
    connection = await asyncpg.connect(database_urls.owner)
    yield connection
    await connection.close()


def uuid_of(id: str) -> UUID:
    return ids.decode(id)[1]


async def damaged(owner: "asyncpg.Connection[Any]", *streams: str) -> list[str]:
    wanted = {uuid_of(stream) for stream in streams}
    return [str(one) for one in (await verify(owner)).damages if one.stream_id in wanted]


async def contents(owner: "asyncpg.Connection[Any]", stream: str) -> list[tuple[str, bool]]:
    rows = await owner.fetch(
        "select kind, data is null as blank from journal where stream_id = $1 order by seq", uuid_of(stream)
    )
    return [(row["kind"], row["blank"]) for row in rows]


async def test_a_person_alone_goes_with_their_household(
    world: World, owner: "asyncpg.Connection[Any]", person: Person, nobody: Client
) -> None:
    account = await open_account(world, person, balance="5.00")
    await move(world, person, account, "6.00")

    erased = await erase_person(owner, email=person.email.upper(), user_id=None)

    assert (erased.user_id, erased.lines, erased.households) == (uuid_of(person.user_id), 2, 1)
    assert await contents(owner, person.household_id) == [
        ("AccountOpened", True),
        ("BalanceChanged", True),
        ("PersonalDataErased", False),
    ]
    assert await damaged(owner, person.household_id) == []
    payload = (await nobody.data(SIGN_IN, email=person.email, password=person.password))["signIn"]
    assert payload == {"session": None, "userErrors": [{"code": "INVALID", "path": ["input"]}]}
    assert await owner.fetchval("select count(*) from accounts where id = $1", account) == 0
    left = await owner.fetchrow("select email, display_name from users where id = $1", uuid_of(person.user_id))
    assert left is not None
    assert tuple(left) == (f"{uuid_of(person.user_id)}@erased.invalid", "Erased")


async def test_a_group_keeps_what_was_given_without_the_name(
    owner: "asyncpg.Connection[Any]", person: Person, stranger: Person
) -> None:
    group_id = await found_together(person, stranger)
    await give(person, group_id, "10.00")
    await stranger.change(CONTRIBUTE, input=giving(group_id, "20.00", message="From me"))

    await erase_person(owner, email=stranger.email, user_id=None)

    (seen,) = await groups_of(person)
    assert seen["saved"] == {"amount": "30.00"}
    assert [member["isMe"] for member in seen["members"]] == [True]
    assert seen["contributions"]["nodes"][0] == {
        "amount": {"amount": "20.00"},
        "by": {"displayName": "Erased"},
        "message": None,
    }
    assert await contents(owner, group_id) == [
        ("GroupFounded", False),
        ("GroupJoined", True),
        ("GroupContributed", False),
        ("GroupContributed", True),
        ("GroupLeft", False),
        ("PersonalDataErased", False),
    ]
    assert await damaged(owner, group_id, stranger.household_id) == []


async def test_a_group_that_was_left_long_ago_forgets_as_well(
    owner: "asyncpg.Connection[Any]", person: Person, stranger: Person
) -> None:
    group_id = await found_together(person, stranger)
    await give(stranger, group_id, "20.00")
    await stranger.change(LEAVE, groupId=group_id)

    await erase_person(owner, email=None, user_id=uuid_of(stranger.user_id))

    (seen,) = await groups_of(person)
    assert seen["contributions"]["nodes"][0]["by"] == {"displayName": "Erased"}
    assert [kind for kind, blank in await contents(owner, group_id) if blank] == [
        "GroupJoined",
        "GroupContributed",
        "GroupLeft",
    ]
    assert await damaged(owner, group_id) == []


async def test_others_of_the_household_stay(
    world: World, owner: "asyncpg.Connection[Any]", person: Person, stranger: Person
) -> None:
    account = await open_account(world, person)
    await owner.execute(
        "insert into household_members (household_id, user_id, role, joined_at) values ($1, $2, 'MEMBER', now())",
        uuid_of(person.household_id),
        uuid_of(stranger.user_id),
    )

    await erase_person(owner, email=stranger.email, user_id=None)

    assert await contents(owner, person.household_id) == [("AccountOpened", False)]
    assert await owner.fetchval("select count(*) from accounts where id = $1", account) == 1
    assert await person.data("{ viewer { household { members { role } } } }") == {
        "viewer": {"household": {"members": [{"role": "OWNER"}]}}
    }
    assert await damaged(owner, person.household_id, stranger.household_id) == []


async def test_erasing_twice_erases_once(world: World, owner: "asyncpg.Connection[Any]", person: Person) -> None:
    await open_account(world, person)
    user_id = uuid_of(person.user_id)
    await erase_person(owner, email=None, user_id=user_id)

    again = await erase_person(owner, email=None, user_id=user_id)

    assert again.lines == 0
    assert len(await contents(owner, person.household_id)) == 2
    with pytest.raises(NoSuchPerson):
        await erase_person(owner, email=person.email, user_id=None)


async def test_a_line_that_is_emptied_without_an_erasure_is_damage(
    world: World, owner: "asyncpg.Connection[Any]", person: Person
) -> None:
    account = await open_account(world, person)
    await erase_person(owner, email=person.email, user_id=None)
    # A line behind the erasure: no erasure can name it.
    await rename(world, person, account)
    emptied = "update journal set data = null, salt = null where stream_id = $1 and seq = 3"
    await owner.execute(emptied, uuid_of(person.household_id))

    (problem,) = await damaged(owner, person.household_id)

    assert "line 3: was emptied" in problem
    await owner.execute("delete from journal where stream_id = $1", uuid_of(person.household_id))
    await owner.execute("delete from streams where stream_id = $1", uuid_of(person.household_id))


def test_numbers_are_named_in_ranges() -> None:
    assert ranges([1, 2, 3, 7, 9, 10]) == [(1, 3), (7, 7), (9, 10)]
    assert ranges([]) == []


async def test_the_command_says_what_it_did(
    world: World,
    person: Person,
    database_urls: DatabaseUrls,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    await open_account(world, person)
    monkeypatch.setenv("DATABASE_OWNER_URL", database_urls.owner)

    codes = [await asyncio.to_thread(main, ["erase-person", who]) for who in (person.email, person.email, "nobody")]

    assert codes == [0, 1, 1]
    said = capsys.readouterr()
    assert said.out.startswith(f"{person.user_id} is erased: 1 journal lines emptied\n")
    assert said.err == (f"coffer: nobody here is {person.email}\ncoffer: nobody is neither an address nor an id\n")
