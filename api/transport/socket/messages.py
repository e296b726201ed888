"""What a client may send over the socket, checked before anything acts on it."""

from dataclasses import dataclass

from api.errors import ClientError
from api.transport.parameters import Parameters, load_json, read_parameters


class BadMessage(Exception):
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


Message = Init | Ping | Pong | Subscribe | Complete


def read_message(data: bytes) -> Message:
    """Reads the content of one text frame. Raises BadMessage, and UnicodeDecodeError for what is no text at all."""
    try:
        message = load_json(data, "A frame")
        if not isinstance(message, dict):
            raise BadMessage("A frame must be a JSON object")
        return _read(message)
    except ClientError as error:
        # Only now, because it is hardly ever needed: JSON is UTF-8.
        data.decode()
        raise BadMessage(error.message) from None


def _read(message: dict[str, object]) -> Message:
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
            raise BadMessage("A frame's `type` is not one that clients send")


def _identifier(message: dict[str, object]) -> str:
    identifier = message.get("id")
    if not isinstance(identifier, str) or not identifier:
        raise BadMessage("A frame's `id` must be a string with content")
    return identifier


def _optional_payload(message: dict[str, object]) -> dict[str, object] | None:
    payload = message.get("payload")
    if payload is not None and not isinstance(payload, dict):
        raise BadMessage("A frame's `payload` must be an object")
    return payload


def _authorization(payload: dict[str, object] | None) -> str | None:
    for name, value in (payload or {}).items():
        if name.lower() == "authorization" and value is not None:
            if not isinstance(value, str):
                raise BadMessage("`Authorization` must be a string")
            return value
    return None
