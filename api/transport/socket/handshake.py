"""How a WebSocket begins: the request is checked and answered by the websockets library."""

import logging
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from types import TracebackType
from typing import Self

from websockets.http11 import Request
from websockets.server import ServerProtocol

# The library tells of each connection.
QUIET = logging.getLogger("uvicorn.error")


class Handshake:
    """The head of one request to `path`, and its answer. Used as a context manager: it keeps nothing afterwards."""

    def __init__(self, head: bytes | bytearray, path: str) -> None:
        self._library = ServerProtocol(logger=QUIET)
        self._library.receive_data(head)
        self._request = next((one for one in self._library.events_received() if isinstance(one, Request)), None)
        self.subprotocol: str | None = None
        """To be chosen before `answer`."""
        if self._request is None:
            self._response = self._library.reject(HTTPStatus.BAD_REQUEST, "")
        else:
            self._response = self._library.accept(self._request)
            if self.is_good and self._request.path.partition("?")[0] != path:
                self._response = self._library.reject(HTTPStatus.FORBIDDEN, "")

    @property
    def is_good(self) -> bool:
        return self._response.status_code == HTTPStatus.SWITCHING_PROTOCOLS

    @property
    def headers(self) -> Mapping[str, str]:
        """The first of each name, in lower case."""
        found: dict[str, str] = {}
        for name, value in self._request.headers.raw_items() if self._request is not None else ():
            found.setdefault(name.lower(), value)
        return found

    def lines(self, name: str) -> Sequence[str]:
        """All of a header."""
        return [] if self._request is None else self._request.headers.get_all(name)

    def refuse(self) -> None:
        self._response = self._library.reject(HTTPStatus.FORBIDDEN, "")

    @property
    def offered(self) -> Sequence[str]:
        """The subprotocols that the client speaks."""
        named = self._request.headers.get_all("Sec-WebSocket-Protocol") if self._request is not None else []
        return [one.strip() for one in ",".join(named).split(",")]

    def answer(self) -> bytes:
        if self.subprotocol is not None:
            self._response.headers["Sec-WebSocket-Protocol"] = self.subprotocol
        self._library.send_response(self._response)
        return b"".join(self._library.data_to_send())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # The library and its parser hold each other: it would take the collector to part them.
        self._library.parser.close()
        del self._library.parser
