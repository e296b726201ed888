"""Listens to what the application asks PostgreSQL."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

import asyncpg
from sqlalchemy import event

from runtime.database import Database
from runtime.snapshot import Snapshot

SETTINGS = 2
"""Around the pages of two parents or more, so that they are read in the order of their index (domain/pages.py)."""


class Statement(NamedTuple):
    """As the driver gets it."""

    text: str
    parameters: tuple[Any, ...]


@contextmanager
def heard(database: Database) -> Iterator[list[Statement]]:
    """Every statement of the role `app`, read or written, until the block ends; the binding of the viewer left out."""
    found: list[Statement] = []

    def hear(_connection: Any, _cursor: Any, text: str, parameters: Any, _context: Any, _many: bool) -> None:
        if "app.user_id" not in text:
            found.append(Statement(text, tuple(parameters)))

    fetch = Snapshot.fetch

    async def fetch_aloud(
        self: Snapshot,
        statement: str,
        arguments: Sequence[object] = (),
        record: type[asyncpg.Record] | None = None,
    ) -> list[asyncpg.Record]:
        if self._pool is database.reads:
            found.append(Statement(statement, tuple(arguments)))
        return await fetch(self, statement, arguments, record)

    engine = database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", hear)
    # The driver's own loggers do not hear of statements that are prepared already (Connection.rows).
    Snapshot.fetch = fetch_aloud  # type: ignore[method-assign]
    try:
        yield found
    finally:
        Snapshot.fetch = fetch  # type: ignore[method-assign]
        event.remove(engine, "before_cursor_execute", hear)
