"""Where rows wait for the one statement that applies them: arrays for a few, a temporary table for many."""

from collections.abc import Sequence
from typing import Any

import asyncpg

MOST_IN_ARRAYS = 500
"""Up to here arrays are quicker than a table that has to be made and dropped in the system's catalogue."""

_TABLE = "ingest_stage"

# What a row of the stage is, in this order.
_COLUMNS = {
    "position": "int",
    "account_id": "uuid",
    "source_id": "text",
    "pending_source_id": "text",
    "id": "uuid",
    "date": "date",
    "amount": "numeric",
    "currency": "text",
    "status": "text",
    "description": "text",
    "original_description": "text",
    "merchant_id": "uuid",
    "merchant_key": "text",
    "merchant_name": "text",
    "category_id": "uuid",
    "categorized_by": "text",
    "confidence": "numeric",
}

StageRow = tuple[Any, ...]


class Stage:
    """The rows of one ingest. Memory holds at most `MOST_IN_ARRAYS` of them."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self._connection = connection
        self._few: list[StageRow] = []
        self._is_table = False

    async def add(self, rows: Sequence[StageRow]) -> None:
        if not self._is_table and len(self._few) + len(rows) <= MOST_IN_ARRAYS:
            self._few += rows
            return
        if not self._is_table:
            self._is_table = True
            columns = ", ".join(f"{name} {kind}" for name, kind in _COLUMNS.items())
            await self._connection.execute(f"create temporary table {_TABLE} ({columns}) on commit drop")
            rows, self._few = [*self._few, *rows], []
        await self._connection.copy_records_to_table(_TABLE, records=rows, columns=list(_COLUMNS))

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
