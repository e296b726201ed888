"""What a client may send over the socket, checked before anything acts on it."""

from dataclasses import dataclass

from api.errors import ClientError
from api.transport.parameters import Parameters, load_json, read_parameters


class BadFrame(Exception):
    """A frame outside the protocol; its words go into the close reason."""


@dataclass(frozen=True, slots=True)
class Init:
    """`authorization` is what the client would send as the header of that name."""

    authorization: str | None


@dataclass(frozen=True, slots=True)
class Ping:
    payload: dict[str, object] | None


@dataclass(frozen=True, slots=True)
class Pong:
    pass


@dataclass(frozen=True, slots=True)
class Subscribe:
    id: str
    parameters: Parameters


@dataclass(frozen=True, slots=True)
class Complete:
    id: str


Frame = Init | Ping | Pong | Subscribe | Complete


def read_frame(text: str | None, largest: int) -> Frame:
    """Reads one text frame of at most `largest` bytes. Raises BadFrame."""
    if text is None:
        raise BadFrame("Only text frames are understood")
    # A character is at least one byte: this spares encoding what is too large anyway.
    if len(text) > largest or len(data := text.encode()) > largest:
        raise BadFrame(f"A frame is larger than {largest} bytes")
    try:
        message = load_json(data, "A frame")
        if not isinstance(message, dict):
            raise BadFrame("A frame must be a JSON object")
        return _read(message)
    except ClientError as error:
        raise BadFrame(error.message) from None


def _read(message: dict[str, object]) -> Frame:
    match message.get("type"):
        case "connection_init":
            return Init(_authorization(_optional_payload(message)))
        case "ping":
            return Ping(_optional_payload(message))
        case "pong":
            _optional_payload(message)
            return Pong()
        case "subscribe":
            identifier = _identifier(message)
            return Subscribe(identifier, read_parameters(message.get("payload")))
        case "complete":
            return Complete(_identifier(message))
        case _:
            raise BadFrame("A frame's `type` is not one that clients send")


def _identifier(message: dict[str, object]) -> str:
    identifier = message.get("id")
    if not isinstance(identifier, str) or not identifier:
        raise BadFrame("A frame's `id` must be a string with content")
    return identifier


def _optional_payload(message: dict[str, object]) -> dict[str, object] | None:
    payload = message.get("payload")
    if payload is not None and not isinstance(payload, dict):
        raise BadFrame("A frame's `payload` must be an object")
    return payload


def _authorization(payload: dict[str, object] | None) -> str | None:
    for name, value in (payload or {}).items():
        if name.lower() == "authorization" and value is not None:
            if not isinstance(value, str):
                raise BadFrame("`Authorization` must be a string")
            return value
    return None
