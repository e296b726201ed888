"""Imports that something is to be done about: files to be read, waits to be given up, bytes to be cleared away."""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager, suppress
from threading import Event
from uuid import UUID

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from domain.households.acting import viewer_for_person
from domain.mistakes import UserMistake
from domain.objects import ObjectMissing
from domain.statement_imports.applying import apply_file
from domain.statement_imports.attendance import (
    CLAIM_SECONDS,
    Claimed,
    claim_import,
    due_imports,
    forget_import,
    renew_claim,
)
from domain.statement_imports.commands import NO_FILE_CAME, fail_import
from domain.statement_imports.staging import StagedFile, stage_file
from domain.statement_imports.statement import OtherFormat, StatementProblem
from domain.statement_imports.status import AWAITING_FILE, READING
from domain.statement_imports.upload import folder_of
from integrations.statements.formats import read_statement
from integrations.world import World
from runtime.unit import Unit, in_unit, sqlstate
from runtime.viewer import Viewer
from workers.jobs import every, job

MOST_ATTEMPTS = 5
MOST_AT_ONCE = 2
"""Reading keeps a processor busy for seconds: a worker has other jobs, which people wait for."""

_ACTOR = "job:statement_import"
_OUT_OF_RANGE = "22003"
_TOO_LARGE = "The amounts of this file add up to more than an account can hold."
_GIVEN_UP = "Coffer could not read the file, and the fault is not the file's. Start the import again later."

log = logging.getLogger("coffer.statement_imports")

_under_way: set[UUID] = set()


@every(seconds=10)
async def sweep_statement_imports(world: World) -> None:
    await _attend_to_due(world)


async def _attend_to_due(world: World, most: int | None = None) -> None:
    """Enqueue jobs for those whose time has come, the longest waiting first."""
    for household_id, statement_import_id in (await due_imports(world.system))[:most]:
        await world.jobs.enqueue(
            "attend_statement_import", household_id=household_id, statement_import_id=statement_import_id
        )


@job(seconds=300)
async def attend_statement_import(world: World, *, household_id: UUID, statement_import_id: UUID) -> None:
    # Whoever is done here looks for those that wait, and so does the sweep. A job that put itself off would be one
    # more with every sweep.
    if statement_import_id in _under_way or len(_under_way) >= MOST_AT_ONCE:
        return
    _under_way.add(statement_import_id)
    try:
        claimed = await claim_import(world.system, household_id, statement_import_id)
        if claimed is None:
            return
        if claimed.status == AWAITING_FILE:
            await _fail(world, claimed, NO_FILE_CAME)
        elif claimed.status == READING:
            async with _renewed(world, claimed):
                await _read(world, claimed)
        else:
            await world.objects.delete(folder_of(household_id, statement_import_id))
            await forget_import(world.system, claimed)
    finally:
        _under_way.discard(statement_import_id)
    await _attend_to_due(world, MOST_AT_ONCE)


async def _read(world: World, claimed: Claimed) -> None:
    if claimed.attempts > MOST_ATTEMPTS:
        await _fail(world, claimed, _GIVEN_UP)
        return
    try:
        with await _staged(world, str(claimed.object_key)) as staged:

            async def work(unit: Unit) -> None:
                await apply_file(unit, world.keys, claimed.id, staged)

            # What others withhold from whoever sent the file is not written by it either.
            viewer = await viewer_for_person(world.system, claimed.household_id, claimed.user_id)
            await in_unit(world.database, viewer, work, actor=_ACTOR)
    except OtherFormat as other:
        await _fail(world, claimed, str(other), other.format)
    except (StatementProblem, UserMistake) as problem:
        await _fail(world, claimed, str(problem))
    except ObjectMissing:
        await _fail(world, claimed, _GIVEN_UP)
    except DBAPIError as error:
        if sqlstate(error) != _OUT_OF_RANGE:
            raise
        await _fail(world, claimed, _TOO_LARGE)
    with suppress(OSError):
        await world.objects.delete(str(claimed.object_key))


async def _staged(world: World, object_key: str) -> StagedFile:
    """Read in a thread, which ends soon where the job is ended."""
    stop = Event()
    pieces = _until(stop, world.objects.read(object_key))
    reading = asyncio.ensure_future(asyncio.to_thread(lambda: stage_file(read_statement(pieces))))
    try:
        return await asyncio.shield(reading)
    except asyncio.CancelledError:
        stop.set()
        with suppress(Exception):
            (await reading).close()
        raise


class _Stopped(Exception):
    """Nobody waits for the file any more."""


def _until(stop: Event, pieces: Iterable[bytes]) -> Iterator[bytes]:
    for piece in pieces:
        if stop.is_set():
            raise _Stopped
        yield piece


async def _fail(world: World, claimed: Claimed, problem: str, format: str | None = None) -> None:
    async def work(unit: Unit) -> None:
        await fail_import(unit, claimed.id, status=claimed.status, problem=problem, format=format)

    await in_unit(world.database, Viewer.for_job(claimed.household_id, claimed.user_id), work, actor=_ACTOR)


@asynccontextmanager
async def _renewed(world: World, claimed: Claimed) -> AsyncIterator[None]:
    renewing = asyncio.create_task(_renew(world, claimed))
    try:
        yield
    finally:
        renewing.cancel()
        with suppress(asyncio.CancelledError):
            await renewing


async def _renew(world: World, claimed: Claimed) -> None:
    while True:
        await asyncio.sleep(CLAIM_SECONDS / 3)
        try:
            await renew_claim(world.system, claimed)
        except (SQLAlchemyError, OSError) as error:
            log.warning("the claim of an import was not renewed: %s", type(error).__name__)
