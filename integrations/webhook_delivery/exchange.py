"""One request and its answer over a connection to exactly one address: HTTP/1.1, nothing followed, little read."""

import asyncio
import ssl
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

import h11

from domain.webhook_endpoints.target import Target
from integrations.webhook_delivery.resolving import Address

MOST_READ = 64 * 1024
"""Bytes of an answer, its head included."""
MOST_KEPT = 1024
"""Bytes of its body."""
_PIECE = 8 * 1024


@dataclass(frozen=True)
class Reply:
    status: int
    retry_after: str | None
    body: bytes
    """The beginning; nothing of a success."""


class TooLong(Exception):
    """The head of the answer had no end."""


class Connection:
    """To one address. The name is told to the server (SNI, Host) and held against its certificate; nobody looks it up
    again."""

    def __init__(self, target: Target, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._target = target
        self._reader = reader
        self._writer = writer

    async def post(self, headers: Mapping[str, str], body: bytes) -> Reply:
        """Raises OSError, ssl.SSLError, h11.RemoteProtocolError and TooLong."""
        self._writer.write(_request(self._target, headers, body))
        return await _reply(self._reader)

    async def close(self) -> None:
        # Not politely: a receiver that does not read keeps nobody.
        self._writer.transport.abort()
        with suppress(OSError, ssl.SSLError):
            await self._writer.wait_closed()


async def connect(target: Target, address: Address, context: ssl.SSLContext) -> Connection:
    """Raises OSError and ssl.SSLError."""
    if target.is_secure:
        reader, writer = await asyncio.open_connection(
            str(address), target.port, limit=_PIECE, ssl=context, server_hostname=target.host
        )
    else:
        reader, writer = await asyncio.open_connection(str(address), target.port, limit=_PIECE)
    return Connection(target, reader, writer)


def _request(target: Target, headers: Mapping[str, str], body: bytes) -> bytes:
    connection = h11.Connection(h11.CLIENT)
    whole = {
        "Host": target.authority,
        "Content-Type": "application/json",
        "Content-Length": str(len(body)),
        "User-Agent": "Coffer-Webhooks/1",
        "Accept": "*/*",
        "Connection": "close",
        **headers,
    }
    head = connection.send(h11.Request(method="POST", target=target.path, headers=list(whole.items())))
    content, end = connection.send(h11.Data(data=body)), connection.send(h11.EndOfMessage())
    return (head or b"") + (content or b"") + (end or b"")


async def _reply(reader: asyncio.StreamReader) -> Reply:
    connection = h11.Connection(h11.CLIENT)
    # What was asked decides how the answer is read (RFC 9112, 6.3).
    connection.send(h11.Request(method="POST", target="/", headers=[("Host", "-"), ("Content-Length", "0")]))
    connection.send(h11.EndOfMessage())
    response: h11.Response | None = None
    body, read = b"", 0
    while True:
        event = connection.next_event()
        if event is h11.NEED_DATA:
            if read >= MOST_READ:
                break
            piece = await reader.read(_PIECE)
            read += len(piece)
            connection.receive_data(piece)
        elif isinstance(event, h11.Response):
            response = event
            if 200 <= response.status_code < 300:
                break
        elif isinstance(event, h11.Data):
            body = (body + bytes(event.data))[:MOST_KEPT]
            if len(body) == MOST_KEPT:
                break
        elif not isinstance(event, h11.InformationalResponse):
            break
    if response is None:
        raise TooLong
    retry_after = next((value for name, value in response.headers if name == b"retry-after"), None)
    return Reply(response.status_code, None if retry_after is None else retry_after.decode("ascii", "replace"), body)
