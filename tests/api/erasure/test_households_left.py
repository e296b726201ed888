"""Who is erased is erased from the journals of households that they left before, too."""

import asyncpg
import pytest

from domain.erasure import erase_person
from runtime.verification import verify
from tests.api import books
from tests.api.client import Person
from tests.api.erasure.test_erase_person import contents, uuid_of
from tests.api.households.company import join
from tests.cluster import DatabaseUrls

RENAME = """
mutation ($id: ID!, $name: String!) {
  updateAccount(input: {accountId: $id, name: $name}) { userErrors { code message path } }
}
"""
LEAVE = """
mutation ($takes: Boolean!) { leaveHousehold(input: {takeAccounts: $takes}) { userErrors { code message path } } }
"""
TELLING = "select count(*) from journal where stream_id = $1 and data::text like '%Their own%'"


@pytest.mark.parametrize("takes", [True, False])
async def test_what_was_done_there_is_gone(
    person: Person, stranger: Person, database_urls: DatabaseUrls, takes: bool
) -> None:
    kept = await books.open_account(person, name="Ours")
    there = await join(person, stranger)
    theirs = await books.open_account(there, name="Their own")
    await there.change(RENAME, id=theirs, name="Renamed")
    await person.change(RENAME, id=kept, name="Still ours")
    # By another member, about what the person takes along.
    await person.change(RENAME, id=theirs, name="Their own again")
    await there.change(LEAVE, takes=takes)
    owner = await asyncpg.connect(database_urls.owner)
    home = uuid_of(person.household_id)
    try:
        before = await owner.fetchval(TELLING, home)

        erased = await erase_person(owner, email=stranger.email, user_id=None)

        lines, damages = await contents(owner, person.household_id), (await verify(owner)).damages
        assert (before, erased.households) == (2, 2 if takes else 1)
        assert await owner.fetchval(TELLING, home) == (0 if takes else 1)
        assert [str(one) for one in damages if one.stream_id == home] == []
        assert [blank for kind, blank in lines if kind in ("MemberJoined", "MemberLeft")] == [True, True]
        ours = "select count(*) from journal where stream_id = $1 and data::text like '%Still ours%'"
        assert await owner.fetchval(ours, home) == 1
        again = await erase_person(owner, email=None, user_id=uuid_of(stranger.user_id))
        assert again.lines == 0
    finally:
        await owner.close()
