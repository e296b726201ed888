"""Listens to what the application asks PostgreSQL."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from sqlalchemy import event

from runtime.database import Database


class Statement(NamedTuple):
    """As the driver gets it."""

    text: str
    parameters: tuple[Any, ...]


@contextmanager
def heard(database: Database) -> Iterator[list[Statement]]:
    """Every statement of the role `app` until the block ends, the binding of the viewer left out."""
    found: list[Statement] = []

    def hear(_connection: Any, _cursor: Any, text: str, parameters: Any, _context: Any, _many: bool) -> None:
        if "app.user_id" not in text:
            found.append(Statement(text, tuple(parameters)))

    engine = database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", hear)
    try:
        yield found
    finally:
        event.remove(engine, "before_cursor_execute", hear)
