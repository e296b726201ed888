"""Reading goes on by itself, whatever was lost or killed, and happens once."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from api import ids
from domain.statement_imports.attendance import claim_import, due_imports, renew_claim
from domain.statement_imports.models import StatementImport
from integrations.world import World
from runtime import clock
from runtime.settings import Settings
from tests.api.client import Person
from tests.api.statement_imports.files import (
    accounts,
    attend,
    import_file,
    kept,
    put,
    result,
    start,
    transactions,
    uuid_of,
    wind,
)
from tests.banking import eventually, working
from tests.integrations.statements.documents import file_of, row
from workers import statement_imports as jobs

FILE = file_of(row(), row("-1", fitid="F2"))


async def put_file(person: Person, content: bytes = FILE) -> str:
    """An import whose file is there and waits to be read."""
    started = await start(person)
    assert (await put(person.http, started, content)).status_code == 204
    return str(started["id"])


async def claim(world: World, person: Person, import_id: str) -> Any:
    return await claim_import(world.system, ids.decode_as("hsh", person.household_id), uuid_of(import_id))


async def stored(world: World, import_id: str) -> StatementImport:
    async with world.system.system_session() as session:
        return (await session.scalars(select(StatementImport).where(StatementImport.id == uuid_of(import_id)))).one()


async def test_reading_starts_by_itself(person: Person, world: World) -> None:
    # What other tests have left in this worker's queue is not ours to do.
    await world.redis.flushdb()
    import_id = await put_file(person)

    async def is_read() -> bool:
        return bool((await result(person, import_id))["status"] == "DONE")

    async with working(world):
        await eventually(is_read)

    assert (await result(person, import_id))["added"] == 2


async def test_a_job_that_runs_twice_reads_once(person: Person, world: World) -> None:
    import_id = await put_file(person)

    await attend(world, person, import_id)
    before = await result(person, import_id)
    await wind(world, import_id, status="READING", due_at=clock.now())
    await attend(world, person, import_id)

    assert (before["status"], before["added"]) == ("DONE", 2)
    assert len(await transactions(person)) == 2


async def test_two_workers_do_not_read_at_once(person: Person, world: World) -> None:
    import_id = await put_file(person)

    claims = await asyncio.gather(*(claim(world, person, import_id) for _ in range(4)))

    assert len([one for one in claims if one is not None]) == 1
    assert await due_imports_of(world, person) == []


async def due_imports_of(world: World, person: Person) -> list[Any]:
    household_id = ids.decode_as("hsh", person.household_id)
    return [id for household, id in await due_imports(world.system) if household == household_id]


async def test_a_worker_that_died_is_followed_by_another(person: Person, world: World) -> None:
    import_id = await put_file(person)
    await claim(world, person, import_id)
    await wind(world, import_id, due_at=clock.now() - timedelta(seconds=1))

    assert await due_imports_of(world, person) == [uuid_of(import_id)]
    await attend(world, person, import_id)

    assert (await result(person, import_id))["status"] == "DONE"


async def test_a_claim_lasts_as_long_as_it_is_renewed(person: Person, world: World) -> None:
    import_id = await put_file(person)
    claimed = await claim(world, person, import_id)
    await wind(world, import_id, due_at=clock.now() - timedelta(seconds=1))

    assert await renew_claim(world.system, claimed)
    assert await claim(world, person, import_id) is None


async def test_the_claim_of_an_import_that_is_done_is_not_renewed(person: Person, world: World) -> None:
    import_id = await put_file(person)
    claimed = await claim(world, person, import_id)
    await wind(world, import_id, due_at=clock.now())
    await attend(world, person, import_id)

    assert not await renew_claim(world.system, claimed)


async def test_files_that_make_the_same_account_at_once_make_one(person: Person, world: World) -> None:
    """One worker reads two at once; what is beyond that waits for its turn."""
    imports = [await put_file(person, file_of(row(fitid=f"F{n}"))) for n in range(2)]

    await asyncio.gather(*(attend(world, person, one) for one in imports))

    assert [(await result(person, one))["status"] for one in imports] == ["DONE", "DONE"]
    assert len(await accounts(person)) == 1
    assert len(await transactions(person)) == 2


async def test_the_same_file_twice_at_once_adds_its_rows_once(person: Person, world: World) -> None:
    imports = [await put_file(person) for _ in range(2)]

    await asyncio.gather(*(attend(world, person, one) for one in imports))

    outcomes = [await result(person, one) for one in imports]
    assert sorted((one["added"], one["duplicates"]) for one in outcomes) == [(0, 2), (2, 0)]
    assert len(await transactions(person)) == 2
    assert [one["balance"]["amount"] for one in await accounts(person)] == ["-7.60"]


async def test_the_bytes_go_when_they_are_read(person: Person, world: World, settings: Settings) -> None:
    import_id = await put_file(person)
    assert len(kept(settings, import_id)) == 1

    await attend(world, person, import_id)

    assert kept(settings, import_id) == []


async def test_what_uploads_left_behind_is_cleared_away_later(person: Person, world: World, settings: Settings) -> None:
    import_id = await put_file(person)
    (whole,) = kept(settings, import_id)
    await attend(world, person, import_id)
    (whole.parent / ".unfinished.1").write_bytes(b"a process was killed here")
    await wind(world, import_id, due_at=clock.now())

    await attend(world, person, import_id)

    assert not whole.parent.exists()
    assert (await stored(world, import_id)).due_at is None
    assert (await result(person, import_id))["status"] == "DONE"


async def test_a_file_that_cannot_be_read_for_reasons_of_ours_is_given_up_in_the_end(
    person: Person, world: World, settings: Settings
) -> None:
    import_id = await put_file(person)
    await wind(world, import_id, attempts=jobs.MOST_ATTEMPTS)

    await attend(world, person, import_id)

    found = await result(person, import_id)
    assert (found["status"], found["added"]) == ("FAILED", 0)
    assert "not the file's" in found["problem"]


async def test_bytes_that_are_gone_fail(person: Person, world: World, settings: Settings) -> None:
    import_id = await put_file(person)
    (whole,) = kept(settings, import_id)
    whole.unlink()

    await attend(world, person, import_id)

    assert (await result(person, import_id))["status"] == "FAILED"
    assert await transactions(person) == []


async def test_the_sweep_finds_what_the_queue_has_lost(
    person: Person, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    import_id = await put_file(person)
    found: list[Any] = []

    async def enqueue(name: str, **given: Any) -> bool:
        found.append((name, given["statement_import_id"]))
        return True

    monkeypatch.setattr(world.jobs, "enqueue", enqueue)
    await jobs.sweep_statement_imports(world)

    assert ("attend_statement_import", uuid_of(import_id)) in found


async def test_one_too_many_waits_for_the_next_that_is_done(
    person: Person, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, waiting = await put_file(person), await put_file(person)
    await wind(world, waiting, due_at=clock.now() - timedelta(days=1))
    found: list[Any] = []

    async def enqueue(name: str, **given: Any) -> bool:
        found.append(given["statement_import_id"])
        return True

    monkeypatch.setattr(world.jobs, "enqueue", enqueue)
    monkeypatch.setattr(jobs, "_under_way", {uuid4() for _ in range(jobs.MOST_AT_ONCE)})
    await attend(world, person, waiting)
    # A copy that came back each second would be one more with every sweep.
    assert found == []
    assert (await result(person, waiting))["status"] == "READING"

    jobs._under_way.clear()
    await attend(world, person, one)

    assert uuid_of(waiting) in found
    assert len(found) <= jobs.MOST_AT_ONCE


async def test_each_step_is_in_the_households_journal(person: Person, world: World) -> None:
    position = (await person.data("{ viewer { sequence } }"))["viewer"]["sequence"]

    await import_file(world, person, FILE)

    changes = (await person.data(CHANGES, after=position))["viewer"]["changes"]["nodes"]
    steps = [(one["kind"], one["id"].partition("_")[0]) for one in changes]
    assert steps == [
        ("CREATED", "imp"),
        ("UPDATED", "imp"),
        ("CREATED", "acc"),
        ("CREATED", "txn"),
        ("CREATED", "txn"),
        ("UPDATED", "acc"),
        ("UPDATED", "imp"),
    ]


CHANGES = """
query Changes($after: String!) { viewer { changes(after: $after, first: 100) { nodes { kind id } } } }
"""
