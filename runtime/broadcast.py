"""News of journal lines, from Redis to whoever waits in this process.

One subscription per process, fanned out in memory. A message only says "look": what happened is read from PostgreSQL.
So nothing is kept for a listener but one flag, nothing is lost when Redis goes away, and whoever waited then looks
once a second until it is back.
"""

import asyncio
import json
import logging
import math
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from uuid import UUID

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from runtime.tasks import end

WITHOUT_REDIS_SECONDS = 1.0
SILENCE_SECONDS = 5.0
"""Without a word for so long the connection is asked for one; without an answer it is given up."""
LOOK_ANYWAY_SECONDS = 30.0
"""Everybody looks this often whatever is said: a message that got lost costs time and nothing else."""

log = logging.getLogger("coffer.broadcast")


def channel_of(prefix: str) -> str:
    """Redis' channels ignore the numbers of its databases: the prefix keeps installations apart."""
    return f"{prefix}:journal"


def announcement(stream_id: UUID, seq: int, kind: str) -> bytes:
    return json.dumps({"stream": str(stream_id), "seq": seq, "kind": kind}).encode()


class Listener:
    """Waits for news of one stream. Holds no queue: any number of lines is one flag."""

    def __init__(self, kinds: Collection[str] | None) -> None:
        self._kinds = kinds
        self._flag = asyncio.Event()
        self._heard = -1.0

    async def wait(self, read: int = -1) -> None:
        """Returns when there may be something to read; not only then. News of lines up to number `read` are none."""
        with suppress(TimeoutError):
            async with asyncio.timeout(LOOK_ANYWAY_SECONDS):
                while self._heard <= read:
                    self._flag.clear()
                    await self._flag.wait()
        self._heard = -1.0

    def look(self, kind: str | None = None, seq: float = math.inf) -> None:
        if kind is None or self._kinds is None or kind in self._kinds:
            self._heard = max(self._heard, seq)
            self._flag.set()


class Broadcast:
    """Begins to follow Redis with the first listener. Closed with `close()`."""

    def __init__(self, redis_url: str, prefix: str) -> None:
        self._url = redis_url
        self._channel = channel_of(prefix)
        self._listeners: dict[UUID, set[Listener]] = {}
        self._task: asyncio.Task[None] | None = None

    @contextmanager
    def listen(self, stream_id: UUID, kinds: Collection[str] | None = None) -> Iterator[Listener]:
        """From here on nothing of the stream is missed; `kinds` leaves out news of other kinds of lines."""
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._follow())
        listener = Listener(kinds)
        self._listeners.setdefault(stream_id, set()).add(listener)
        try:
            yield listener
        finally:
            others = self._listeners[stream_id]
            others.discard(listener)
            if not others:
                del self._listeners[stream_id]

    async def close(self) -> None:
        if self._task is not None:
            await end(self._task)
            self._task = None

    async def _follow(self) -> None:
        while True:
            try:
                await self._listen_to_redis()
            except (RedisError, OSError, TimeoutError) as error:
                log.warning("redis does not answer: listeners poll", extra={"error": type(error).__name__})
            self._look_all()
            await asyncio.sleep(WITHOUT_REDIS_SECONDS)

    async def _listen_to_redis(self) -> None:
        """Until the connection breaks, which raises."""
        redis: Redis = Redis.from_url(
            self._url, socket_connect_timeout=2, socket_timeout=SILENCE_SECONDS, retry=Retry(NoBackoff(), 0)
        )
        async with redis, redis.pubsub() as pubsub:
            await pubsub.subscribe(self._channel)
            asked = False
            while True:
                message = await pubsub.get_message(timeout=SILENCE_SECONDS)
                if message is None:
                    if asked:
                        raise TimeoutError
                    await pubsub.ping()
                    asked = True
                    continue
                asked = False
                if message["type"] == "subscribe":
                    # What was committed while nobody listened.
                    self._look_all()
                elif message["type"] == "message":
                    self._tell(message["data"])

    def _tell(self, data: bytes) -> None:
        try:
            told = json.loads(data)
            stream_id, seq, kind = UUID(told["stream"]), int(told["seq"]), str(told["kind"])
        except (ValueError, KeyError, TypeError):
            log.warning("a message that nobody understands")
            self._look_all()
            return
        for listener in self._listeners.get(stream_id, ()):
            listener.look(kind, seq)

    def _look_all(self) -> None:
        for listeners in self._listeners.values():
            for listener in listeners:
                listener.look()
