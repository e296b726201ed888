"""The dictionary is asked once for each key, and anew when it has changed."""

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

import asyncpg
import pytest
from sqlalchemy import event

from domain.merchants import remembered
from domain.merchants.remembered import dictionary_hits
from runtime import table_versions
from runtime.database import Database
from runtime.ids import new_id
from runtime.table_versions import Freshness
from runtime.viewer import Viewer
from tests.cluster import DatabaseUrls

CATEGORY = new_id()


class Clock:
    """What this process takes for the time, in seconds."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    for module in (remembered, table_versions):
        monkeypatch.setattr(module, "monotonic", clock)
    return clock


@pytest.fixture
async def owner(own_database_urls: DatabaseUrls) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    connection = await asyncpg.connect(own_database_urls.owner)
    await connection.execute("delete from merchant_dictionary")
    yield connection
    await connection.close()


@pytest.fixture
async def database(own_database_urls: DatabaseUrls) -> AsyncIterator[Database]:
    database = Database(own_database_urls.app)
    yield database
    await database.close()


@contextmanager
def heard(database: Database) -> Iterator[list[str]]:
    """The statements about the dictionary."""
    found: list[str] = []

    def hear(_connection: object, _cursor: object, text: str, *_: object) -> None:
        if "merchant_dictionary" in text:
            found.append(text)

    event.listen(database.engine.sync_engine, "before_cursor_execute", hear)
    yield found
    event.remove(database.engine.sync_engine, "before_cursor_execute", hear)


async def write(owner: "asyncpg.Connection[asyncpg.Record]", key: str, name: str, country: str = "") -> None:
    await owner.execute(
        "insert into merchant_dictionary values ($1, $2, $3, $4) on conflict (key, country) do update set name = $3",
        *(key, country, name, CATEGORY),
    )


async def names(database: Database, *keys: str, country: str = "") -> dict[str, str]:
    viewer = Viewer(user_id=new_id(), household_id=new_id(), role="OWNER", account_ids=None)
    async with database.writing(viewer) as session:
        found = await dictionary_hits(session, keys, country)
    assert {category for _, category in found.values()} <= {CATEGORY}
    return {key: name for key, (name, _) in found.items()}


async def test_what_was_asked_before_costs_nothing(
    owner: "asyncpg.Connection[asyncpg.Record]", database: Database
) -> None:
    await write(owner, "aldi", "Aldi")
    assert await names(database, "aldi", "nobody") == {"aldi": "Aldi"}

    with heard(database) as statements:
        assert await names(database, "nobody", "aldi") == {"aldi": "Aldi"}

    assert statements == []


async def test_only_what_is_new_is_asked_for(owner: "asyncpg.Connection[asyncpg.Record]", database: Database) -> None:
    await write(owner, "aldi", "Aldi")
    await write(owner, "ikea", "Ikea")
    await names(database, "aldi")

    with heard(database) as statements:
        assert await names(database, "aldi", "ikea") == {"aldi": "Aldi", "ikea": "Ikea"}

    assert len(statements) == 1


async def test_what_a_country_says_goes_before_what_holds_everywhere(
    owner: "asyncpg.Connection[asyncpg.Record]", database: Database
) -> None:
    await write(owner, "spar", "Spar")
    await write(owner, "spar", "Spar Austria", "at")

    found = [await names(database, "spar", country=country) for country in ("at", "de", "at", "")]

    assert found == [{"spar": "Spar Austria"}, {"spar": "Spar"}, {"spar": "Spar Austria"}, {"spar": "Spar"}]


async def test_a_change_is_seen_after_a_second_by_what_was_found_and_what_was_not(
    owner: "asyncpg.Connection[asyncpg.Record]", database: Database, clock: Clock
) -> None:
    await write(owner, "aldi", "Aldi")
    await names(database, "aldi", "ikea")
    await write(owner, "aldi", "Aldi North")
    await write(owner, "ikea", "Ikea")

    clock.now += 1

    assert await names(database, "aldi", "ikea") == {"aldi": "Aldi North", "ikea": "Ikea"}


async def test_a_change_that_was_announced_is_seen_at_once(
    owner: "asyncpg.Connection[asyncpg.Record]", database: Database
) -> None:
    await write(owner, "aldi", "Aldi")
    await names(database, "aldi")
    await owner.execute("delete from merchant_dictionary")

    Freshness.doubt_all()

    assert await names(database, "aldi") == {}


async def test_a_change_met_while_something_new_is_asked_for_concerns_all(
    owner: "asyncpg.Connection[asyncpg.Record]", database: Database
) -> None:
    await write(owner, "aldi", "Aldi")
    await names(database, "aldi")
    await write(owner, "aldi", "Aldi North")
    await write(owner, "ikea", "Ikea")

    found = await names(database, "aldi", "ikea")

    assert found == {"aldi": "Aldi North", "ikea": "Ikea"}
    assert await names(database, "aldi") == {"aldi": "Aldi North"}


async def test_after_a_second_without_a_change_one_statement_confirms(
    owner: "asyncpg.Connection[asyncpg.Record]", database: Database, clock: Clock
) -> None:
    await write(owner, "aldi", "Aldi")
    await names(database, "aldi")
    clock.now += 1

    with heard(database) as statements:
        assert await names(database, "aldi") == {"aldi": "Aldi"}
        assert await names(database, "aldi") == {"aldi": "Aldi"}

    assert len(statements) == 1


async def test_memory_is_bounded(
    owner: "asyncpg.Connection[asyncpg.Record]", database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remembered, "MOST_REMEMBERED", 10)
    await write(owner, "aldi", "Aldi")

    for number in range(20):
        assert await names(database, "aldi", *(f"{number}-{which}" for which in range(3))) == {"aldi": "Aldi"}

    (memory,) = [one for one in remembered._remembered.values() if ("", "19-0") in one.entries]
    assert len(memory.entries) <= 10 + 4
