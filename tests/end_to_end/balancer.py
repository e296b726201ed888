"""The smallest thing that spreads connections over processes: it asks after their health, and forwards bytes."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress

import httpx

ASK_SECONDS = 0.05


class Balancer:
    def __init__(self, ports: Sequence[int]) -> None:
        self.is_well = dict.fromkeys(ports, False)
        self.connections = dict.fromkeys(ports, 0)
        self._turn = itertools.count()
        self.tasks: set[asyncio.Task[None]] = set()

    async def watch(self) -> None:
        """Without an end."""
        async with httpx.AsyncClient(timeout=1) as http:
            while True:
                for port in self.is_well:
                    self.is_well[port] = await self._asked(http, port)
                await asyncio.sleep(ASK_SECONDS)

    async def _asked(self, http: httpx.AsyncClient, port: int) -> bool:
        with suppress(httpx.HTTPError):
            # A connection of its own each time: one that is kept says nothing of new ones.
            answer = await http.get(f"http://127.0.0.1:{port}/health", headers={"Connection": "close"})
            return answer.status_code == 200
        return False

    async def forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        well = [port for port, is_well in self.is_well.items() if is_well]
        port = well[next(self._turn) % len(well)]
        self.connections[port] += 1
        task = asyncio.current_task()
        assert task is not None
        self.tasks.add(task)
        there, back = await asyncio.open_connection("127.0.0.1", port)
        try:
            await asyncio.gather(copied(reader, back), copied(there, writer))
        finally:
            for one in (writer, back):
                one.transport.abort()
            self.tasks.discard(task)


async def copied(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()
    with suppress(ConnectionError, RuntimeError):
        writer.close()


@asynccontextmanager
async def balancing(ports: Sequence[int]) -> AsyncIterator[tuple[Balancer, int]]:
    """In front of the processes, once all of them are well; with its own port."""
    balancer = Balancer(ports)
    server = await asyncio.start_server(balancer.forward, "127.0.0.1", 0)
    watching = asyncio.create_task(balancer.watch())
    try:
        async with asyncio.timeout(60):
            while not all(balancer.is_well.values()):  # noqa: ASYNC110 (it is asked anyway)
                await asyncio.sleep(ASK_SECONDS)
        yield balancer, server.sockets[0].getsockname()[1]
    finally:
        server.close()
        tasks = [watching, *balancer.tasks]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
