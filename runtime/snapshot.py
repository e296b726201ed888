"""One viewer's read-only transaction on a connection of the pool: begun, bound and ended with the least messages."""

import asyncio
from collections.abc import Sequence

import asyncpg

from runtime.beginning import ENDING, beginning, both
from runtime.pool import Connection, ConnectionLost, Pool
from runtime.viewer import Viewer


class Snapshot:
    """One viewer's read-only repeatable-read transaction; it begins at the first fetch.

    Concurrent fetches take turns. When PostgreSQL refuses a statement, its transaction is aborted: later fetches raise
    InFailedSQLTransactionError. An argument that the driver cannot encode never gets that far, and aborts nothing.
    A fetch that is cancelled, or loses the connection (ConnectionLost), breaks the snapshot off: RuntimeError from then
    on, since a new transaction would see other rows.
    """

    __slots__ = ("_connection", "_ended", "_pool", "_turn", "_viewer")

    def __init__(self, pool: Pool, viewer: Viewer) -> None:
        self._pool = pool
        self._viewer = viewer
        self._connection: Connection | None = None
        self._turn = asyncio.Lock()
        self._ended = ""

    async def fetch(
        self, statement: str, arguments: Sequence[object] = (), record: type[asyncpg.Record] | None = None
    ) -> list[asyncpg.Record]:
        """The rows of one statement. Raises ConnectionLost, PoolTimeout, and the driver's errors as they are."""
        turn = self._turn
        await turn.acquire()
        try:
            if self._ended:
                raise RuntimeError(self._ended)
            connection = self._connection
            if connection is None:
                return await self._first(statement, arguments, record or asyncpg.Record)
            try:
                return await connection.rows(statement, arguments, record or asyncpg.Record)
            except BaseException as error:
                if not isinstance(error, Exception):
                    self._break_off()
                    self._pool.clean(connection)
                elif connection.is_closed():
                    self._break_off()
                    self._pool.forget(connection)
                    raise ConnectionLost(f"the connection to PostgreSQL was lost: {error}") from error
                raise
        finally:
            turn.release()

    async def close(self) -> None:
        """End the snapshot, after the statement that is running. Nothing can be read afterwards."""
        self._ended = self._ended or "the snapshot is over"
        if self._turn.locked():
            await asyncio.shield(self._pool.spawn(self._give_back_in_turn()))
        else:
            self._give_back()

    async def _first(
        self, statement: str, arguments: Sequence[object], record: type[asyncpg.Record]
    ) -> list[asyncpg.Record]:
        """Begin the transaction, bind the viewer and run the first statement: one message with all three."""
        begin = beginning(self._viewer)
        pool = self._pool
        while True:
            connection = pool.take() or await pool.wait()
            connection.taken()
            try:
                before = both(ENDING, begin) if connection.is_open else begin
                found = await connection.rows(statement, arguments, record, before)
            except BaseException as error:
                if not isinstance(error, Exception):
                    self._break_off()
                    pool.clean(connection)
                elif connection.is_closed():
                    pool.forget(connection)
                    if connection.died_resting:
                        continue
                    raise ConnectionLost(f"the connection to PostgreSQL was lost: {error}") from error
                elif connection.is_begun:
                    connection.is_used = connection.is_open = True
                    self._connection = connection
                else:
                    pool.clean(connection)
                raise
            connection.is_used = connection.is_open = True
            self._connection = connection
            return found

    def _break_off(self) -> None:
        self._connection = None
        self._ended = self._ended or "the snapshot was broken off"

    def _give_back(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            self._pool.release(connection)

    async def _give_back_in_turn(self) -> None:
        async with self._turn:
            self._give_back()
