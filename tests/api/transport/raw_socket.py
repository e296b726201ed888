"""A WebSocket client that can break every rule: it writes frames by hand."""

import asyncio
import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.api.transport.server import Server

HEAD = (
    "GET /graphql HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n"
)
CONT, TEXT, BINARY, CLOSE, PING, PONG = 0x0, 0x1, 0x2, 0x8, 0x9, 0xA


def frame(opcode: int, payload: bytes = b"", *, fin: bool = True, reserved: int = 0, is_masked: bool = True) -> bytes:
    return head(opcode, len(payload), fin=fin, reserved=reserved, is_masked=is_masked) + (
        masked(payload) if is_masked else payload
    )


def head(opcode: int, size: int, *, fin: bool = True, reserved: int = 0, is_masked: bool = True) -> bytes:
    first, mask_bit = (0x80 if fin else 0) | reserved << 4 | opcode, 0x80 if is_masked else 0
    if size < 126:
        return bytes((first, mask_bit | size))
    if size < 65_536:
        return bytes((first, mask_bit | 126)) + size.to_bytes(2)
    return bytes((first, mask_bit | 127)) + size.to_bytes(8)


def masked(payload: bytes) -> bytes:
    key = os.urandom(4)
    return key + bytes(byte ^ key[place % 4] for place, byte in enumerate(payload))


class RawSocket:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self.writer = writer

    def send(self, *frames: bytes) -> None:
        self.writer.write(b"".join(frames))

    def say(self, message: object) -> None:
        self.send(frame(TEXT, json.dumps(message).encode()))

    async def next_frame(self) -> tuple[int, bytes]:
        first, size = await self._reader.readexactly(2)
        if size == 126:
            size = int.from_bytes(await self._reader.readexactly(2))
        elif size == 127:
            size = int.from_bytes(await self._reader.readexactly(8))
        return first & 0x0F, await self._reader.readexactly(size)

    async def message(self) -> dict[str, object]:
        opcode, payload = await self.next_frame()
        assert opcode == TEXT, (opcode, payload)
        message: dict[str, object] = json.loads(payload)
        return message

    async def init(self) -> None:
        self.say({"type": "connection_init"})
        assert await self.message() == {"type": "connection_ack"}

    async def closed(self) -> tuple[int, str]:
        """The code and the reason, after which nothing comes any more."""
        opcode, payload = await self.next_frame()
        while opcode != CLOSE:
            opcode, payload = await self.next_frame()
        return int.from_bytes(payload[:2]), payload[2:].decode()

    async def is_over(self) -> bool:
        """Whether the server has ended the connection: waits until it has."""
        return await self._reader.read() == b""


@asynccontextmanager
async def raw_connection(server: Server, request: str = HEAD) -> AsyncIterator[RawSocket]:
    """Past the handshake."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    try:
        writer.write(request.encode())
        answer = await reader.readuntil(b"\r\n\r\n")
        assert answer.startswith(b"HTTP/1.1 101 "), answer
        yield RawSocket(reader, writer)
    finally:
        writer.close()


async def refused(server: Server, request: str) -> tuple[int, bytes]:
    """The status and the whole answer of a handshake that fails."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    try:
        writer.write(request.encode())
        answer = await reader.read()
    finally:
        writer.close()
    return int(answer.split()[1]), answer
