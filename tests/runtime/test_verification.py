"""Whatever somebody does to a journal behind our back, the first damaged line is named."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from domain.events import AccountUpdated
from runtime.checkpoints import Checkpoint, append_checkpoints, read_checkpoints
from runtime.clock import now
from runtime.database import Database
from runtime.ids import new_id
from runtime.journal import commitment_of, line_hash
from runtime.unit import Unit, in_unit
from runtime.verification import Damage, verify
from runtime.viewer import Viewer
from tests.cluster import DatabaseUrls

LINES = 6


@pytest.fixture
async def owner(database_urls: DatabaseUrls) -> AsyncIterator["asyncpg.Connection[Any]"]:
    connection = await asyncpg.connect(database_urls.owner)
    yield connection
    await connection.close()


@pytest.fixture
async def written(database: Database, viewer: Viewer, owner: "asyncpg.Connection[Any]") -> AsyncIterator[Viewer]:
    """A journal of six lines; what a test made of it goes away with it."""

    async def work(unit: Unit) -> None:
        unit.record(*[AccountUpdated(ids=[new_id()], data={"number": number}) for number in range(1, LINES + 1)])

    await in_unit(database, viewer, work)
    yield viewer
    for table in ("journal", "outbox", "streams"):
        await owner.execute(f"delete from {table} where stream_id = $1", viewer.household_id)


async def damages(
    owner: "asyncpg.Connection[Any]", viewer: Viewer, checkpoints: list[Checkpoint] | None = None
) -> list[tuple[int, str]]:
    """Of this one journal: the tests of a worker share a database."""
    found = (await verify(owner, checkpoints or [])).damages
    return [(one.seq, one.problem) for one in found if one.stream_id == viewer.household_id]


async def head(owner: "asyncpg.Connection[Any]", viewer: Viewer) -> Checkpoint:
    row = await owner.fetchrow("select head_seq, head_hash from streams where stream_id = $1", viewer.household_id)
    assert row is not None
    return Checkpoint(viewer.household_id, row["head_seq"], row["head_hash"], now())


async def test_a_whole_journal_is_whole(owner: "asyncpg.Connection[Any]", written: Viewer) -> None:
    assert await damages(owner, written, [await head(owner, written)]) == []


@pytest.mark.parametrize(
    ("statement", "seq", "problem"),
    [
        ("update journal set data = '{\"number\": 0}' where stream_id = $1 and seq = 3", 3, "another content"),
        ("update journal set actor = 'job:other' where stream_id = $1 and seq = 3", 3, "altered"),
        ("update journal set at = at + interval '1 us' where stream_id = $1 and seq = 1", 1, "altered"),
        ("update journal set ids = array[gen_random_uuid()] where stream_id = $1 and seq = 6", 6, "altered"),
        ("update journal set prev_hash = hash where stream_id = $1 and seq = 4", 4, "altered"),
        ("update journal set data = null, salt = null where stream_id = $1 and seq = 2", 2, "emptied"),
        ("update journal set salt = null where stream_id = $1 and seq = 2", 2, "another content"),
        ("delete from journal where stream_id = $1 and seq = 3", 3, "missing"),
        ("delete from journal where stream_id = $1 and seq = 1", 1, "missing"),
        ("delete from journal where stream_id = $1 and seq >= 5", 5, "cut off"),
        ("delete from journal where stream_id = $1", 1, "cut off"),
        ("update streams set head_seq = 5 where stream_id = $1", 6, "behind the head"),
        ("update streams set head_hash = '\\x00' where stream_id = $1", 6, "behind the head"),
        ("delete from streams where stream_id = $1", 1, "head of the stream is missing"),
    ],
)
async def test_damage_is_found_and_named(
    owner: "asyncpg.Connection[Any]", written: Viewer, statement: str, seq: int, problem: str
) -> None:
    assert await owner.execute(statement, written.household_id) not in ("UPDATE 0", "DELETE 0")

    ((found_seq, found_problem),) = await damages(owner, written)

    assert found_seq == seq
    assert problem in found_problem


async def test_a_replaced_line_is_named_by_the_one_that_follows(
    owner: "asyncpg.Connection[Any]", written: Viewer
) -> None:
    await forge(owner, written, 3)

    assert [seq for seq, _ in await damages(owner, written)] == [3]


async def test_an_inserted_line_is_named(owner: "asyncpg.Connection[Any]", written: Viewer) -> None:
    for seq in range(LINES, 2, -1):
        await owner.execute(
            "update journal set seq = seq + 1 where stream_id = $1 and seq = $2", written.household_id, seq
        )
    await owner.execute(
        "insert into journal select stream_id, 3, at, actor, kind, subject, ids, account_id, data, salt, commitment, "
        "prev_hash, hash from journal where stream_id = $1 and seq = 2",
        written.household_id,
    )
    await owner.execute("update streams set head_seq = 7 where stream_id = $1", written.household_id)
    await forge(owner, written, 3)

    assert [seq for seq, _ in await damages(owner, written)] == [3]


async def test_a_chain_that_was_cut_with_its_head_is_seen_by_a_checkpoint(
    owner: "asyncpg.Connection[Any]", written: Viewer
) -> None:
    seen = await head(owner, written)
    await owner.execute("delete from journal where stream_id = $1 and seq > 4", written.household_id)
    await owner.execute(
        "update streams set head_seq = 4, head_hash = (select hash from journal where stream_id = $1 and seq = 4) "
        "where stream_id = $1",
        written.household_id,
    )

    assert await damages(owner, written) == []
    assert [seq for seq, _ in await damages(owner, written, [seen])] == [5]


async def test_a_chain_that_was_written_anew_is_seen_by_a_checkpoint(
    owner: "asyncpg.Connection[Any]", written: Viewer
) -> None:
    seen = await head(owner, written)
    for seq in range(4, LINES + 1):
        await forge(owner, written, seq)
    await owner.execute(
        "update streams set head_hash = (select hash from journal where stream_id = $1 and seq = 6) "
        "where stream_id = $1",
        written.household_id,
    )

    assert await damages(owner, written) == []
    assert [seq for seq, _ in await damages(owner, written, [seen])] == [6]


async def test_a_stream_that_is_gone_altogether_is_seen_by_a_checkpoint(
    owner: "asyncpg.Connection[Any]", written: Viewer
) -> None:
    seen = await head(owner, written)
    await owner.execute("delete from journal where stream_id = $1", written.household_id)
    await owner.execute("delete from streams where stream_id = $1", written.household_id)

    assert await damages(owner, written) == []
    assert [seq for seq, _ in await damages(owner, written, [seen])] == [1]


@pytest.fixture
def checkpoint() -> Callable[[int], Checkpoint]:
    stream_id, at = new_id(), now()
    return lambda seq: Checkpoint(stream_id, seq, bytes([seq]) * 32, at)


def test_checkpoints_are_written_once_and_only_appended(
    tmp_path: Path, checkpoint: Callable[[int], Checkpoint]
) -> None:
    assert append_checkpoints(tmp_path / "checkpoints", [checkpoint(1)]) == 1
    assert append_checkpoints(tmp_path / "checkpoints", [checkpoint(1)]) == 0
    assert append_checkpoints(tmp_path / "checkpoints", [checkpoint(3)]) == 1

    assert list(read_checkpoints(tmp_path / "checkpoints")) == [checkpoint(1), checkpoint(3)]


def test_a_checkpoint_that_a_crash_cut_off_spoils_no_other(
    tmp_path: Path, checkpoint: Callable[[int], Checkpoint]
) -> None:
    append_checkpoints(tmp_path, [checkpoint(1)])
    (file,) = tmp_path.glob("*.jsonl")
    with file.open("a") as cut:
        cut.write('{"at": "2026-')

    append_checkpoints(tmp_path, [checkpoint(2)])

    assert list(read_checkpoints(tmp_path)) == [checkpoint(1), checkpoint(2)]


def test_no_checkpoints_yet(tmp_path: Path) -> None:
    assert list(read_checkpoints(tmp_path / "nowhere")) == []


def test_damage_is_told_in_one_line() -> None:
    damage = Damage(stream_id=new_id(), seq=7, problem="was altered")

    assert str(damage) == f"journal {damage.stream_id}, line 7: was altered"


async def forge(owner: "asyncpg.Connection[Any]", viewer: Viewer, seq: int) -> None:
    """Give a line another content, and hashes that fit the line before it."""
    line = await owner.fetchrow("select * from journal where stream_id = $1 and seq = $2", viewer.household_id, seq)
    before = await owner.fetchval(
        "select hash from journal where stream_id = $1 and seq = $2", viewer.household_id, seq - 1
    )
    assert line is not None
    commitment = commitment_of(b"salt", {"number": 1000})
    forged = line_hash(
        prev_hash=before,
        stream_id=viewer.household_id,
        seq=seq,
        at=line["at"],
        actor=line["actor"],
        kind=line["kind"],
        subject=line["subject"],
        ids=line["ids"],
        account_id=line["account_id"],
        commitment=commitment,
    )
    await owner.execute(
        "update journal set data = '{\"number\": 1000}', salt = 'salt', commitment = $3, prev_hash = $4, hash = $5 "
        "where stream_id = $1 and seq = $2",
        viewer.household_id,
        seq,
        commitment,
        before,
        forged,
    )
