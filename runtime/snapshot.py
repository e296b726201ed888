"""One viewer's read-only transaction on a connection of the pool: begun, bound and ended with the least messages.

Begin and binding are one simple message, which takes no parameters. So only UUIDs, words of a closed set and constants
stand in its text; whatever else a viewer might hold is refused before.
"""

import asyncio
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import asyncpg
from asyncpg.pgproto import pgproto

from runtime.pool import Connection, ConnectionLost, Pool
from runtime.viewer import MEMBER, OWNER, VIEWER, Viewer

_UUIDS = frozenset({UUID, pgproto.UUID})
_ROLES = {role: role for role in (OWNER, MEMBER, VIEWER)}


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
            connection = self._connection or await self._begin()
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

    async def _begin(self) -> Connection:
        begin = beginning(self._viewer)
        pool = self._pool
        while True:
            connection = pool.take() or await pool.wait()
            try:
                await connection.execute(f"commit;{begin}" if connection.is_open else begin)
            except BaseException as error:
                if not isinstance(error, Exception) or not connection.is_closed():
                    pool.clean(connection)
                    raise
                pool.forget(connection)
                if connection.is_used:
                    # It died while it rested. Nothing was read in it: another one will do.
                    continue
                raise ConnectionLost(f"the connection to PostgreSQL was lost: {error}") from error
            connection.is_used = connection.is_open = True
            self._connection = connection
            return connection

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


def beginning(viewer: Viewer) -> str:
    """What begins a transaction and binds the viewer to it. Raises TypeError, ValueError for what may not be there."""
    role = _ROLES.get(viewer.role)
    if role is None:
        raise ValueError("not a role")
    accounts = "*" if viewer.account_ids is None else ",".join(map(_text, viewer.account_ids))
    return (
        "begin isolation level repeatable read read only;"
        f"select set_config('app.user_id','{_text(viewer.user_id)}',true),"
        f"set_config('app.household_id','{_text(viewer.household_id)}',true),"
        f"set_config('app.role','{role}',true),set_config('app.account_ids','{accounts}',true),"
        "set_config('jit','off',true)"
    )


def _text(value: Any) -> str:
    # A subclass could print itself as it likes.
    if type(value) not in _UUIDS:
        raise TypeError("not a UUID")
    return str(value)
