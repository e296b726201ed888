"""For how long one transaction kept a row from everybody else."""

import time
from typing import Any

import asyncpg


class Held:
    """Looked at again and again. Who has the row is its xmax: of two that follow each other each has its own time."""

    def __init__(self) -> None:
        self.longest = 0.0
        """Seconds."""
        self._holder: str | None = None
        self._since = 0.0

    async def look(self, connection: asyncpg.Connection, row: str, *parameters: Any) -> None:
        """`row` is what stands behind "from", such as "streams where stream_id = $1"."""
        try:
            await connection.execute(f"select from {row} for update nowait", *parameters)
            holder = None
        except asyncpg.LockNotAvailableError:
            holder = await connection.fetchval(f"select xmax::text from {row}", *parameters)
        now = time.perf_counter()
        if self._holder is not None:
            self.longest = max(self.longest, now - self._since)
        if holder != self._holder:
            self._holder, self._since = holder, now
