"""Where rows wait for the one statement that applies them: arrays for a few, a temporary table for many."""

import re
from collections.abc import AsyncIterator, Sequence
from typing import Any

import asyncpg

MOST_IN_ARRAYS = 500
"""Up to here arrays are quicker than a table that has to be made and dropped in the system's catalogue."""

# What a row of the stage is, in this order: its own part, then what all rows of the same wording share.
_COLUMNS = {
    "position": "int",
    "account_id": "uuid",
    "source_id": "text",
    "pending_source_id": "text",
    "id": "uuid",
    "date": "date",
    "amount": "numeric",
    "status": "text",
    "currency": "text",
    "description": "text",
    "original_description": "text",
    "merchant_id": "uuid",
    "merchant_key": "text",
    "merchant_name": "text",
    "category_id": "uuid",
    "categorized_by": "text",
    "confidence": "numeric",
}
_TABLE = "ingest_stage"
# Sorted and held in files, many rows take a third longer.
_MAKE_TABLE = f"""
set local work_mem = '64MB';
create temporary table {_TABLE} ({", ".join(f"{name} {kind}" for name, kind in _COLUMNS.items())}) on commit drop
"""
# Few rows are looked up by index, whatever is known of their household: one that is new, with its first history, is
# thought to have a single row, and a plan made for that reads all of them.
_LOOK_UP = "set local plan_cache_mode = force_generic_plan"
_SPECIAL = re.compile(r"[\\\t\n\r]")
_ESCAPES = {"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"}

StageRow = tuple[Any, ...]


class Stage:
    """The rows of one ingest."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self._connection = connection
        self._few: Sequence[StageRow] = ()
        self._is_table = False

    async def hold(self, rows: Sequence[StageRow]) -> None:
        """A few, as values."""
        self._few = rows
        await self._connection.execute(_LOOK_UP)

    async def copy(self, lines: AsyncIterator[bytes]) -> None:
        """Many, in COPY's text format. Nothing else can be asked of the connection before all have come."""
        self._is_table = True
        await self._connection.execute(_MAKE_TABLE)
        await self._connection.copy_to_table(_TABLE, source=lines, columns=list(_COLUMNS), encoding="utf-8")

    def source(self, first_parameter: int) -> tuple[str, list[list[Any]]]:
        """What a statement reads the rows from, and the parameters that it takes for that."""
        if self._is_table:
            return _TABLE, []
        kinds = enumerate(_COLUMNS.values(), first_parameter)
        arrays = ", ".join(f"${number}::{kind}[]" for number, kind in kinds)
        parameters = [list(column) for column in zip(*self._few, strict=True)] or [[] for _ in _COLUMNS]
        return f"unnest({arrays}) as given ({', '.join(_COLUMNS)})", parameters

    async def drop(self) -> None:
        """So that the unit can ingest once more."""
        if self._is_table:
            await self._connection.execute(f"drop table {_TABLE}")


def copy_text(text: str | None) -> str:
    """A value in COPY's text format: https://www.postgresql.org/docs/current/sql-copy.html."""
    if text is None:
        return r"\N"
    # Most texts have nothing special; this tells in half the time of a search.
    if text.isprintable() and "\\" not in text:
        return text
    return _SPECIAL.sub(lambda found: _ESCAPES[found[0]], text)
