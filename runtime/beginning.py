"""What begins a viewer's read-only transaction: messages that go before those of its first statement.

The driver sends a statement and waits for its answer. To end the last transaction, begin one and bind the viewer would
be a round trip more, and PostgreSQL would parse their text each time. So three statements are prepared on each
connection, and the messages that run them are written before those of the first statement, without a Sync: the answers
come together, and after an error PostgreSQL skips everything up to the statement's own Sync, so that no statement is
ever run unbound. None of the three gives a row or a message that the driver does not expect beside a statement's rows.

Message formats: https://www.postgresql.org/docs/current/protocol-message-formats.html
"""

import struct
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Protocol
from uuid import UUID

from asyncpg.pgproto import pgproto

from runtime.viewer import MEMBER, OWNER, VIEWER, Viewer

_UUIDS = frozenset({UUID, pgproto.UUID})
_ROLES = {role: role for role in (OWNER, MEMBER, VIEWER)}
_SETTINGS = ("app.user_id", "app.household_id", "app.role", "app.account_ids")

_COMMIT, _BEGIN, _BIND = "coffer_commit", "coffer_begin", "coffer_bind"
MOST_VIEWERS = 2_000
"""Whose beginnings are remembered: to make one costs 6 µs."""
_BEGIN_TEXT = "begin isolation level repeatable read read only"
# No setting is null, so this gives no row.
_BIND_TEXT = (
    "select where "
    + " or ".join(f"set_config('{name}',${place},true) is null" for place, name in enumerate(_SETTINGS, 1))
    + " or set_config('jit','off',true) is null"
)


@dataclass(frozen=True, slots=True)
class Prelude:
    """What is done on a connection before its next statement: as messages, and as text where nothing stays prepared.

    The text is one simple query. It takes no parameters, so only UUIDs, words of a closed set and constants are in it.
    """

    messages: bytes
    text: Callable[[], str]


def both(first: Prelude, second: Prelude) -> Prelude:
    return Prelude(first.messages + second.messages, lambda: f"{first.text()};{second.text()}")


class Preparing(Protocol):
    """The driver's connection."""

    async def prepare(self, query: str, *, name: str) -> Any: ...


async def prepare_preludes(connection: Preparing) -> list[Any]:
    """Prepare what preludes run. The statements live as long as what is given back."""
    texts = {_COMMIT: "commit", _BEGIN: _BEGIN_TEXT, _BIND: _BIND_TEXT}
    return [await connection.prepare(text, name=name) for name, text in texts.items()]


@lru_cache(MOST_VIEWERS)
def beginning(viewer: Viewer) -> Prelude:
    """Begins a transaction and binds the viewer to it. Raises TypeError, ValueError for what may not be there."""
    values = _values(viewer)
    return Prelude(_BEGINNING + _run(_BIND, *values), lambda: _text(values))


def _values(viewer: Viewer) -> tuple[str, str, str, str]:
    role = _ROLES.get(viewer.role)
    if role is None:
        raise ValueError("not a role")
    accounts = "*" if viewer.account_ids is None else ",".join(map(_id, viewer.account_ids))
    return _id(viewer.user_id), _id(viewer.household_id), role, accounts


def _text(values: Iterable[str]) -> str:
    settings = ",".join(f"set_config('{name}','{value}',true)" for name, value in zip(_SETTINGS, values, strict=True))
    return f"{_BEGIN_TEXT};select {settings},set_config('jit','off',true)"


def _id(value: Any) -> str:
    # A subclass could print itself as it likes.
    if type(value) not in _UUIDS:
        raise TypeError("not a UUID")
    return str(value)


def _run(statement: str, *values: str) -> bytes:
    """Bind and Execute: the unnamed portal, parameters as text."""
    body = [b"\0", statement.encode(), b"\0", struct.pack("!hh", 0, len(values))]
    for value in values:
        encoded = value.encode()
        body += (struct.pack("!i", len(encoded)), encoded)
    body.append(b"\0\0")
    bound = b"".join(body)
    return b"B" + struct.pack("!i", len(bound) + 4) + bound + b"E\0\0\0\x09\0\0\0\0\0"


_BEGINNING = _run(_BEGIN)
ENDING = Prelude(_run(_COMMIT), lambda: "commit")
"""Ends the transaction that is open."""
