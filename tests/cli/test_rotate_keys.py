"""Everything that is sealed comes under the newest key, a batch at a time, and the older keys can go."""

from collections.abc import AsyncIterator
from dataclasses import replace

import asyncpg
import pytest
from sqlalchemy import LargeBinary

from cli.main import main
from cli.rotate_keys import rotate_keys
from domain import rotation
from domain.identity.keys import check_keys
from domain.mail.outbox import Mail, post_mail
from domain.rotation import registry, rotate
from domain.tables import models
from runtime.ids import new_id
from runtime.keys import Key, KeyProblem, Keys
from runtime.system import SystemDatabase
from tests.cluster import DatabaseUrls

OLD, NEW = Key(b"o" * 32), Key(b"n" * 32)
BEFORE = Keys(access=(OLD,), vault=(OLD,))
DURING = replace(BEFORE, vault=(NEW, OLD))
AFTER = replace(BEFORE, vault=(NEW,))
MAILS = 5


@pytest.fixture
async def system(own_database_urls: DatabaseUrls) -> AsyncIterator[SystemDatabase]:
    made = SystemDatabase(own_database_urls.system)
    yield made
    await made.close()


@pytest.fixture
async def owner(own_database_urls: DatabaseUrls) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(own_database_urls.owner)
    await connection.execute("delete from key_fingerprints; delete from outgoing_mails")
    yield connection
    await connection.close()


async def post_sealed(system: SystemDatabase, keys: Keys) -> None:
    async with system.system_session() as session:
        for _ in range(MAILS):
            await post_mail(session, Mail(f"{new_id()}@example.com", "A subject", "A secret"), keys=keys)


async def opened(owner: asyncpg.Connection, keys: Keys) -> list[str]:
    rows = await owner.fetch("select id, key_id, content from outgoing_mails")
    return [keys.decrypt(row["key_id"], row["content"], bound_to=row["id"].bytes) for row in rows]


def test_every_column_for_a_keys_id_is_in_the_registry() -> None:
    found = {
        (model.__tablename__, column.name)
        for model in models()
        for column in model.__table__.columns
        if column.name.endswith("key_id") and any(isinstance(one.type, LargeBinary) for one in model.__table__.columns)
    }

    assert {(one.table, one.key_id) for one in registry()} == found


async def test_the_registry_names_columns_that_are_there(owner: asyncpg.Connection) -> None:
    for one in registry():
        await owner.fetch(f"select {one.id}, {one.key_id}, {one.content} from {one.table} limit 0")


async def test_the_old_key_can_go_afterwards(
    system: SystemDatabase,
    owner: asyncpg.Connection,
    own_database_urls: DatabaseUrls,
    capsys: pytest.CaptureFixture[str],
) -> None:
    await check_keys(system, BEFORE)
    await post_sealed(system, BEFORE)
    await check_keys(system, DURING)
    with pytest.raises(KeyProblem, match="vault key"):
        await check_keys(system, AFTER)

    await rotate_keys(own_database_urls.owner, DURING)

    await check_keys(system, AFTER)
    assert await opened(owner, AFTER) == ["A secret"] * MAILS
    assert capsys.readouterr().out.splitlines() == [
        f"outgoing_mails: {MAILS} of {MAILS}",
        f"everything is under {NEW.id}",
        f"take out of COFFER_VAULT_KEY, once every process was restarted: {OLD.id}",
    ]


async def test_it_goes_on_where_it_was_stopped(
    system: SystemDatabase, owner: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rotation, "BATCH", 2)
    await post_sealed(system, BEFORE)

    async for _ in rotate(owner, DURING):
        break  # killed after the first batch
    under_new = await owner.fetchval("select count(*) from outgoing_mails where key_id = $1", NEW.id)
    progress = [(one.done, one.of) async for one in rotate(owner, DURING)]

    assert under_new == 2
    assert progress == [(2, 3), (3, 3)]
    assert await opened(owner, AFTER) == ["A secret"] * MAILS
    assert [one async for one in rotate(owner, DURING)] == []


async def test_without_the_old_key_nothing_is_changed(
    system: SystemDatabase, owner: asyncpg.Connection, own_database_urls: DatabaseUrls
) -> None:
    await post_sealed(system, BEFORE)
    before = await owner.fetch("select * from outgoing_mails order by id")

    with pytest.raises(KeyProblem, match=OLD.id):
        await rotate_keys(own_database_urls.owner, AFTER)

    assert await owner.fetch("select * from outgoing_mails order by id") == before


def test_without_keys_it_says_what_is_missing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_OWNER_URL", "postgresql://nowhere")
    monkeypatch.delenv("COFFER_VAULT_KEY", raising=False)
    monkeypatch.delenv("COFFER_KEYS_FILE", raising=False)

    assert main(["rotate-keys"]) == 1

    assert "COFFER_VAULT_KEY is not set" in capsys.readouterr().err
