"""No room: what is refused then is refused whole, and goes well once there is room again."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest

from integrations.world import World
from runtime import clock
from tests.api.client import Person, register
from tests.api.statement_imports.files import attend, put, result, start, transactions, wind
from tests.cluster import DatabaseUrls
from tests.hostile.answers import everything, send
from tests.hostile.inputs import BASES, document_of
from tests.hostile.scene import Scene
from tests.integrations.statements.documents import file_of, row

FULL = Path("/dev/full")
FILE = file_of(row())

pytestmark = pytest.mark.skipif(not FULL.exists(), reason="needs Linux's /dev/full")


@pytest.fixture
async def person(http: httpx.AsyncClient) -> Person:
    return await register(http)


@asynccontextmanager
async def full_database(database_urls: DatabaseUrls) -> AsyncIterator["asyncpg.Connection[Any]"]:
    """Every change ends as PostgreSQL ends it when its disk is full: at the journal, after all the work."""
    owner = await asyncpg.connect(database_urls.owner)
    try:
        await owner.execute(
            """
            create function no_room() returns trigger language plpgsql as $$
            begin raise disk_full using message = 'could not extend file "base/5/1": No space left on device'; end $$;
            create trigger no_room before insert on journal for each statement execute function no_room();
            """
        )
        yield owner
    finally:
        await owner.execute("drop trigger if exists no_room on journal; drop function if exists no_room")
        await owner.close()


@pytest.mark.parametrize(
    "mutation",
    [
        *("updateProfile", "createAccount", "updateAccount", "createTransaction", "updateTransaction"),
        *("categorizeTransaction", "createBudget", "createGoal", "contributeToGoal", "createSavingsGroup"),
        *("contributeToGroup", "startStatementImport", "deleteTransaction", "closeAccount"),
    ],
)
async def test_a_change_for_which_the_database_has_no_room_is_told_so_and_not_done(
    mutation: str, scene: Scene, http: httpx.AsyncClient, database_urls: DatabaseUrls
) -> None:
    async with full_database(database_urls) as owner:
        before = await everything(owner)
        answer = await send(http, scene.person.access_token, document_of(mutation), {"input": BASES[mutation](scene)})
        after = await everything(owner)

    assert (answer.status, answer.codes, answer.paths) == (200, ["UNAVAILABLE"], [["input"]])
    assert "No space" not in answer.text
    assert after == before


async def test_an_upload_for_which_the_database_has_no_room_can_be_sent_again(
    person: Person, database_urls: DatabaseUrls
) -> None:
    started = await start(person)

    async with full_database(database_urls):
        refused = await put(person.http, started, FILE)

    assert (refused.status_code, refused.headers["retry-after"]) == (413, "60")
    assert (await result(person, started["id"]))["status"] == "AWAITING_FILE"
    assert (await put(person.http, started, FILE)).status_code == 204


async def test_a_file_for_whose_rows_there_is_no_room_is_read_when_there_is(
    person: Person, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = await start(person)
    await put(person.http, started, FILE)

    with monkeypatch.context() as patched:
        full = lambda: open(FULL, "w+b")  # noqa: E731, SIM115, PTH123 (stands for a temporary file on a full disk)
        patched.setattr("domain.statement_imports.staging.tempfile.TemporaryFile", full)
        with pytest.raises(OSError, match="No space"):
            await attend(world, person, started["id"])
    waiting = await result(person, started["id"])
    await wind(world, started["id"], due_at=clock.now())
    await attend(world, person, started["id"])

    assert (waiting["status"], waiting["problem"], waiting["added"]) == ("READING", None, 0)
    assert (await result(person, started["id"]))["status"] == "DONE"
    assert len(await transactions(person)) == 1


async def test_a_file_for_whose_transactions_there_is_no_room_is_read_when_there_is(
    person: Person, world: World, database_urls: DatabaseUrls
) -> None:
    started = await start(person)
    await put(person.http, started, FILE)

    async with full_database(database_urls):
        with pytest.raises(Exception, match="No space"):
            await attend(world, person, started["id"])
    waiting = await result(person, started["id"])
    await wind(world, started["id"], due_at=clock.now())
    await attend(world, person, started["id"])

    assert (waiting["status"], waiting["accounts"]) == ("READING", [])
    assert (await result(person, started["id"]))["status"] == "DONE"
    assert len(await transactions(person)) == 1
