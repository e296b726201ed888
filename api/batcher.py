"""The generic batcher under the edges: collects the keys of one edge in one turn of the loop, and loads them at once.

Nothing else loads rows for the graph. It remembers what it loaded as long as its snapshot lives.
"""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from typing import Any

from runtime.reader import Reader

Bulk = Callable[..., Awaitable[Mapping[Any, Any]]]


class Batcher:
    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self._batches: dict[Hashable, dict[Hashable, asyncio.Future[Any]]] = {}
        self._known: dict[Hashable, dict[Hashable, asyncio.Future[Any]]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._is_over = False

    def load(self, bulk: Bulk, key: Hashable, arguments: Mapping[str, Any], place: Hashable) -> asyncio.Future[Any]:
        """What `bulk` gives for `key`, None where it gives nothing.

        `place` tells calls with different arguments apart; calls of one place have the same. Whoever is cancelled
        while waiting cancels nobody else's wait. RuntimeError after `close`: a snapshot opened now would stay open.
        """
        if self._is_over:
            raise RuntimeError("the operation is over")
        batch_key = (bulk, place)
        known = self._known.setdefault(batch_key, {})
        if (future := known.get(key)) is not None:
            return future if future.done() else asyncio.shield(future)
        loop = asyncio.get_running_loop()
        known[key] = future = loop.create_future()
        if (batch := self._batches.get(batch_key)) is None:
            self._batches[batch_key] = batch = {}
            loop.call_soon(self._send, bulk, arguments, batch_key)
        batch[key] = future
        return asyncio.shield(future)

    def _send(self, bulk: Bulk, arguments: Mapping[str, Any], batch_key: Hashable) -> None:
        batch = self._batches.pop(batch_key, None)
        if batch is None:
            return
        task = asyncio.get_running_loop().create_task(self._fetch(bulk, arguments, batch))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _fetch(
        self, bulk: Bulk, arguments: Mapping[str, Any], batch: Mapping[Hashable, asyncio.Future[Any]]
    ) -> None:
        keys: Sequence[Any] = list(batch)
        try:
            found = await bulk(self.reader, keys, **arguments)
        except BaseException as error:
            for future in batch.values():
                if not future.done():
                    if isinstance(error, Exception):
                        future.set_exception(error)
                        # Siblings that nobody awaits any more must not be reported as lost.
                        future.exception()
                    else:
                        future.cancel()
            if not isinstance(error, Exception):
                raise
            return
        for key, future in batch.items():
            if not future.done():
                future.set_result(found.get(key))

    async def close(self) -> None:
        """Stop what is still loading: its snapshot is about to end."""
        self._is_over = True
        for batch in self._batches.values():
            for future in batch.values():
                future.cancel()
        self._batches.clear()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
