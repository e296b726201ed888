"""One viewer, one transaction, the facts recorded in it: all of it happens, or none.

The order of the last steps matters (docs/architecture.md): the work, then the aggregates in key order, then the
journal,
whose stream lock is the last one taken, then the commit.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, TypeVar, cast
from uuid import UUID

import asyncpg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from runtime import clock, journal
from runtime.database import Database
from runtime.facts import Fact
from runtime.viewer import Viewer

T = TypeVar("T")

MOST_ATTEMPTS = 6
SERIALIZATION_FAILURE, DEADLOCK = "40001", "40P01"


class TryAgain(Exception):
    """Raised inside a unit to run it again from the start: a row came in meanwhile by another way."""


class Unit:
    """Commands get one and never commit it: `in_unit` does."""

    def __init__(self, session: AsyncSession, viewer: Viewer, actor: str) -> None:
        self.session = session
        self.viewer = viewer
        self.actor = actor
        self.at: datetime = clock.now()
        self._facts: list[Fact] = []
        self._gathered: dict[str, Any] = {}
        self._closing: dict[str, Callable[[], Awaitable[None]]] = {}
        self._parting: list[Callable[[], Awaitable[None]]] = []

    @property
    def household_id(self) -> UUID:
        return self.viewer.household_id

    def record(self, *facts: Fact) -> None:
        """Collect facts for the journal. Those without ids say nothing and are dropped."""
        self._facts += [fact for fact in facts if fact.ids]

    def gathered(self, name: str, make: Callable[[], T]) -> T:
        """What the commands of this unit gather together under a name until its close; made at the first call."""
        if name not in self._gathered:
            self._gathered[name] = make()
        return cast(T, self._gathered[name])

    def at_close(self, name: str, step: Callable[[], Awaitable[None]]) -> None:
        """Run `step` once, after the work and before the journal; steps run in the order of their names."""
        self._closing[name] = step

    def after_journal(self, step: Callable[[], Awaitable[None]]) -> None:
        """Run `step` as the very last: for what ends the right to write the journal, such as leaving a group."""
        self._parting.append(step)

    async def connection(self) -> asyncpg.Connection:
        """The driver's connection in this very transaction: for COPY and statements over arrays."""
        raw = await (await self.session.connection()).get_raw_connection()
        return cast(asyncpg.Connection, raw.driver_connection)

    async def close(self) -> list[journal.Appended]:
        """Write aggregates and journal. Called once, by `in_unit`."""
        await self.session.flush()
        while self._closing:
            name = min(self._closing)
            await self._closing.pop(name)()
        await self.session.flush()
        connection = await self.connection()
        appended = await journal.append(
            connection, home=self.viewer.household_id, actor=self.actor, at=self.at, facts=self._facts
        )
        for step in self._parting:
            await step()
        return appended


async def in_unit(
    database: Database, viewer: Viewer, work: Callable[[Unit], Awaitable[T]], *, actor: str | None = None
) -> T:
    """Run `work` in one transaction and commit it. Deadlocks and serialization failures run it again, with jitter.

    `actor` is who did it, for the journal: the person where it is left out, else such as "provider:plaid" or
    "job:sweep".
    """
    for attempt in range(1, MOST_ATTEMPTS + 1):
        try:
            async with database.writing(viewer) as session:
                unit = Unit(session, viewer, actor or f"person:{viewer.user_id}")
                result = await work(unit)
                await unit.close()
                await session.commit()
                return result
        except TryAgain:
            if attempt == MOST_ATTEMPTS:
                raise
        except (DBAPIError, asyncpg.PostgresError) as error:
            if attempt == MOST_ATTEMPTS or sqlstate(error) not in (SERIALIZATION_FAILURE, DEADLOCK):
                raise
        await asyncio.sleep(random.uniform(0.2, 1) * 0.02 * 2**attempt)  # noqa: S311 (jitter, not a secret)
    raise AssertionError("unreachable")


def sqlstate(error: DBAPIError | asyncpg.PostgresError) -> str | None:
    """PostgreSQL's five-letter code, behind SQLAlchemy's exception or in the driver's own."""
    return getattr(error.orig if isinstance(error, DBAPIError) else error, "sqlstate", None)


def is_without_room(error: DBAPIError | asyncpg.PostgresError) -> bool:
    """PostgreSQL's class 53: its disk is full, or its memory or its connections are used up. Later it may not be."""
    return (sqlstate(error) or "").startswith("53")


def violated(error: DBAPIError | asyncpg.PostgresError) -> str | None:
    """The name of the constraint, behind SQLAlchemy's exception or in the driver's own."""
    cause = getattr(error.orig, "__cause__", None) if isinstance(error, DBAPIError) else error
    return getattr(cause, "constraint_name", None)
