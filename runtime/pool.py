"""Connections for reading, of our own keeping and straight on the driver: two other pools cost more than a query.

A connection is in exactly one place: resting (idle, no transaction), parting (idle, the last snapshot's transaction
still open for a moment, so that whoever comes next ends it with the message that begins their own), held by a snapshot,
or being cleaned. Only what is certainly clean comes back; everything else is closed, and its place is free again.
"""

import asyncio
from collections import deque
from collections.abc import Coroutine, Sequence
from typing import Any

import asyncpg
import orjson

from runtime.beginning import ENDING, Prelude, prepare_preludes

CONNECT_SECONDS = 10.0
WAIT_SECONDS = 30.0
CLEAN_SECONDS = 5.0
"""How long a cancelled statement, or the end of a transaction, may take before its connection is given up."""
PARTING_SECONDS = 0.001
"""How long a transaction that nobody reads in any more waits for somebody to take it over."""
AT_ONCE_SECONDS = 0.05
"""A connection that was dead when it was taken is found dead in this time. Later it is the statement that was cut."""
RETRY_SECONDS = 1.0
"""After a refused connection, while others are open, the next is tried no sooner than this."""


class ConnectionLost(OSError):
    """PostgreSQL cannot be reached, or went away in the middle of a snapshot."""


class PoolTimeout(TimeoutError):
    """No connection became free in time."""


class Connection(asyncpg.Connection):
    """The driver's, and what its pool knows about it."""

    __slots__ = ("_asked_at", "_kept", "_nothing", "_was_used", "is_begun", "is_open", "is_used", "parted")
    _protocol: Any
    _stmt_cache: Any
    _transport: asyncio.Transport
    _loop: asyncio.AbstractEventLoop

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._kept: list[Any] = []
        self._nothing: Any = None
        self._asked_at = 0.0
        self._was_used = False
        self.is_used = False
        """It served before."""
        self.is_open = False
        """A transaction is open in it."""
        self.is_begun = False
        """The prelude of the last statement that had one was run, whatever became of the statement."""
        self.parted = 0
        """The round of farewells in which it was given back."""

    def taken(self) -> None:
        """It is about to be asked the first thing since it rested."""
        self._was_used = self.is_used
        self._asked_at = self._loop.time()

    @property
    def died_resting(self) -> bool:
        """Of one that is dead: nobody's business, another one will do. Nothing was read in it, and it was no statement
        that ended it, which must not be run again."""
        return self._was_used and self._loop.time() - self._asked_at < AT_ONCE_SECONDS

    async def prepare_preludes(self) -> None:
        self._kept = await prepare_preludes(self)
        self._nothing = await self.prepare("select where false", name="coffer_nothing")
        # The driver prepares without a Sync, so the server still is in the transaction of the last of them.
        await self._nothing.fetch()

    async def rows(
        self,
        statement: str,
        arguments: Sequence[object],
        record: type[asyncpg.Record],
        before: Prelude | None = None,
    ) -> list[asyncpg.Record]:
        """As the driver's `fetch`, without the four calls that lead to a statement which is prepared: 1.7 of 13 µs.

        `before` is run first, and goes out with the statement where that is prepared.
        """
        prepared = self._stmt_cache.get((statement, record, False))
        if prepared is None:
            if before is not None:
                self.is_begun = False
                await self.execute(before.text())
                self.is_begun = True
            return await self.fetch(statement, *arguments, record_class=record)
        protocol = self._protocol
        if before is not None:
            self.is_begun = False
            sent = protocol.queries_count
            self._transport.write(before.messages)
        try:
            found: list[asyncpg.Record] = await protocol.bind_execute(prepared, arguments, "", 0, False, None)
        except Exception as error:
            if before is not None and not self.is_closed():
                if protocol.queries_count == sent:
                    # The arguments could not be encoded. What was written is answered with the next statement.
                    await self._nothing.fetch()
                self.is_begun = self.is_in_transaction()
            if isinstance(error, asyncpg.InvalidCachedStatementError | asyncpg.OutdatedSchemaCacheError):
                await self.reload_schema_state()
            raise
        self.is_begun = True
        return found


class Pool:
    """At most `size` connections, opened when needed. PgBouncer in transaction mode wants `statement_cache=0`."""

    def __init__(self, url: str, size: int, *, statement_cache: int = 500, wait_seconds: float = WAIT_SECONDS) -> None:
        self.size = size
        self._url = url
        self._statement_cache = statement_cache
        self._wait_seconds = wait_seconds
        self._resting: list[Connection] = []
        self._parting: list[Connection] = []
        self._connections: set[Connection] = set()
        self._connecting = 0
        self._no_sooner = 0.0
        self._waiting: deque[tuple[float, asyncio.Future[Connection]]] = deque()
        self._alarm: asyncio.TimerHandle | None = None
        self._farewell: asyncio.TimerHandle | None = None
        self._round = 0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._is_closed = False

    @property
    def open(self) -> int:
        return len(self._connections)

    @property
    def free(self) -> int:
        """Open, idle, and not in a transaction."""
        return len(self._resting)

    @property
    def waiting(self) -> int:
        return len(self._waiting)

    def take(self) -> Connection | None:
        """A connection that is there, or None: then `wait`. Whoever takes one calls `release`, `clean` or `forget`."""
        if self._parting:
            return self._parting.pop()
        return self._resting.pop() if self._resting else None

    async def wait(self) -> Connection:
        """The next connection that becomes free or can be opened. Raises PoolTimeout and ConnectionLost."""
        if self._is_closed:
            raise RuntimeError("the pool is closed")
        loop = self._loop
        if loop is None:
            loop = self._loop = asyncio.get_running_loop()
        future: asyncio.Future[Connection] = loop.create_future()
        place = (loop.time() + self._wait_seconds, future)
        self._waiting.append(place)
        if self._alarm is None:
            self._alarm = loop.call_at(place[0], self._expire)
        self._grow()
        try:
            return await future
        except asyncio.CancelledError:
            if future.cancelled():
                if place in self._waiting:
                    self._waiting.remove(place)
            elif future.exception() is None:
                self.release(future.result())
            raise

    def release(self, connection: Connection) -> None:
        """Give back an idle connection, with its transaction open (`is_open`) or without one."""
        waiting = self._waiting
        while waiting:
            future = waiting.popleft()[1]
            if not future.done():
                future.set_result(connection)
                return
        if connection not in self._connections:
            return
        if self._is_closed:
            self.clean(connection)
        elif connection.is_open:
            connection.parted = self._round
            self._parting.append(connection)
            if self._farewell is None:
                self._farewell = asyncio.get_running_loop().call_later(PARTING_SECONDS, self._part)
        else:
            self._resting.append(connection)

    async def fetch(self, statement: str, arguments: Sequence[object] = ()) -> list[asyncpg.Record]:
        """The rows of one statement that is a transaction by itself, bound to nobody. Raises as a snapshot's fetch."""
        while True:
            connection = self.take() or await self.wait()
            connection.taken()
            try:
                before = ENDING if connection.is_open else None
                found = await connection.rows(statement, arguments, asyncpg.Record, before)
            except BaseException as error:
                if not isinstance(error, Exception) or not connection.is_closed():
                    self.clean(connection)
                    raise
                self.forget(connection)
                if connection.died_resting:
                    continue
                raise ConnectionLost(f"the connection to PostgreSQL was lost: {error}") from error
            connection.is_used, connection.is_open = True, False
            self.release(connection)
            return found

    def clean(self, connection: Connection) -> None:
        """Take back a connection in whatever state it is, and end what goes on in it behind the caller's back."""
        self.spawn(self._clean(connection))

    def forget(self, connection: Connection) -> None:
        """It is dead, or as good as that: its place is free."""
        connection.terminate()
        self._gone(connection)

    def spawn(self, work: Coroutine[Any, Any, None]) -> "asyncio.Task[None]":
        """Run it to its end, whoever is cancelled meanwhile; `close` waits for it."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def close(self) -> None:
        """End every connection. Who waits for one gets a RuntimeError, who still reads loses it."""
        self._is_closed = True
        for timer in (self._alarm, self._farewell):
            if timer is not None:
                timer.cancel()
        while self._waiting:
            future = self._waiting.popleft()[1]
            if not future.done():
                future.set_exception(RuntimeError("the pool is closed"))
        for connection in [*self._resting, *self._parting]:
            self.clean(connection)
        self._resting.clear()
        self._parting.clear()
        try:
            if self._tasks:
                await asyncio.wait(self._tasks, timeout=CLEAN_SECONDS)
        finally:
            for task in self._tasks:
                task.cancel()
            for connection in [*self._connections]:
                self.forget(connection)

    def _grow(self) -> None:
        """Open connections for those who wait."""
        while (
            len(self._waiting) > self._connecting
            and len(self._connections) + self._connecting < self.size
            and not self._is_closed
            and (not self._connections or asyncio.get_running_loop().time() >= self._no_sooner)
        ):
            self._connecting += 1
            self.spawn(self._connect())

    async def _connect(self) -> None:
        try:
            connection = await open_connection(self._url, self._statement_cache)
        except Exception as error:
            self._refused(error)
            return
        finally:
            self._connecting -= 1
        self._connections.add(connection)
        connection.add_termination_listener(self._gone)
        self.release(connection)

    def _refused(self, error: Exception) -> None:
        loop = asyncio.get_running_loop()
        if self._connections:
            # Who waits is served by those that are there. A server that is full is not to be pestered.
            self._no_sooner = loop.time() + RETRY_SECONDS
            loop.call_at(self._no_sooner, self._grow)
            return
        while self._waiting:
            future = self._waiting.popleft()[1]
            if not future.done():
                future.set_exception(error)
                break
        loop.call_soon(self._grow)

    def _gone(self, connection: Any) -> None:
        self._connections.discard(connection)
        for place in (self._resting, self._parting):
            if connection in place:
                place.remove(connection)
        self._grow()

    def _expire(self) -> None:
        loop = asyncio.get_running_loop()
        self._alarm = None
        while self._waiting:
            deadline, future = self._waiting[0]
            if deadline > loop.time():
                self._alarm = loop.call_at(deadline, self._expire)
                return
            self._waiting.popleft()
            if not future.done():
                future.set_exception(PoolTimeout(f"no connection became free in {self._wait_seconds:g} s"))

    def _part(self) -> None:
        """End the transactions that were there in the last round already: a busy pool hands nearly all of them on."""
        overdue = [connection for connection in self._parting if connection.parted < self._round]
        self._parting = [connection for connection in self._parting if connection.parted == self._round]
        self._round += 1
        self._farewell = None
        if self._parting:
            self._farewell = asyncio.get_running_loop().call_later(PARTING_SECONDS, self._part)
        for connection in overdue:
            self.clean(connection)

    async def _clean(self, connection: Connection) -> None:
        try:
            if self._is_closed:
                # The server ends the transaction with the connection.
                await connection.close(timeout=CLEAN_SECONDS)
                return
            # Waits first until the server has acknowledged that a cancelled statement is over.
            await connection.execute("rollback", timeout=CLEAN_SECONDS)
            if connection.is_in_transaction():
                self.forget(connection)
                return
        except BaseException as error:
            self.forget(connection)
            if not isinstance(error, Exception):
                raise
            return
        connection.is_open = False
        self.release(connection)


async def open_connection(url: str, statement_cache: int) -> Connection:
    """The driver reads the URL itself. No settings go with it that PgBouncer does not know, such as jit."""
    try:
        connection = await asyncpg.connect(
            url,
            timeout=CONNECT_SECONDS,
            connection_class=Connection,
            statement_cache_size=statement_cache,
            max_cached_statement_lifetime=0,
            server_settings={"application_name": "coffer"},
        )
        if statement_cache:
            await _prepare(connection)
    except (asyncpg.CannotConnectNowError, asyncpg.PostgresConnectionError, OSError) as error:
        raise ConnectionLost(f"PostgreSQL cannot be reached: {error}") from error
    # No round trips: the driver knows the numbers of these types.
    await connection.set_type_codec(
        "json", schema="pg_catalog", format="binary", encoder=orjson.dumps, decoder=orjson.loads
    )
    await connection.set_type_codec("jsonb", schema="pg_catalog", format="binary", encoder=_jsonb, decoder=_from_jsonb)
    return connection


async def _prepare(connection: Connection) -> None:
    try:
        async with asyncio.timeout(CONNECT_SECONDS):
            await connection.prepare_preludes()
    except BaseException as error:
        connection.terminate()
        if isinstance(error, asyncpg.InterfaceError | asyncpg.OperatorInterventionError):
            raise ConnectionLost(f"PostgreSQL cannot be reached: {error}") from error
        raise


# The binary form begins with a version number, which is 1.
def _jsonb(value: object) -> bytes:
    return b"\x01" + orjson.dumps(value)


def _from_jsonb(value: bytes) -> Any:
    return orjson.loads(memoryview(value)[1:])
