"""What begins a viewer's read-only transaction: messages that go before those of its first statement.

The driver sends a statement and waits for its answer. To end the last transaction, begin one and bind the viewer would
be a round trip more, and PostgreSQL would parse their text each time. So four statements are prepared on each
connection, and the messages that run them are written before those of the first statement, without a Sync: the answers
come together, and after an error PostgreSQL skips everything up to the statement's own Sync, so that no statement is
ever run unbound. None of them gives a row or a message that the driver does not expect beside a statement's rows.

Message formats: https://www.postgresql.org/docs/current/protocol-message-formats.html
"""

import struct
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Protocol
from uuid import UUID

from asyncpg.pgproto import pgproto

from runtime.viewer import MEMBER, OWNER, VIEWER, Viewer

_UUIDS = frozenset({UUID, pgproto.UUID})
_ROLES = {role: role for role in (OWNER, MEMBER, VIEWER)}
_SETTINGS = ("app.user_id", "app.household_id", "app.role", "app.account_ids")
_WITHHELD = (*_SETTINGS, "app.private_ids", "app.closed_ids", "app.locked_ids")

_COMMIT, _BEGIN, _BIND, _BIND_WITHHELD = "coffer_commit", "coffer_begin", "coffer_bind", "coffer_bind_withheld"
MOST_VIEWERS = 2_000
"""Whose beginnings are remembered: to make one costs 6 µs."""
_BEGIN_TEXT = "begin isolation level repeatable read read only"


def _bind_text(names: Sequence[str]) -> str:
    """No setting is null, so this gives no row."""
    bound = " or ".join(f"set_config('{name}',${place},true) is null" for place, name in enumerate(names, 1))
    return f"select where {bound} or set_config('jit','off',true) is null"


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
    texts = {
        _COMMIT: "commit",
        _BEGIN: _BEGIN_TEXT,
        _BIND: _bind_text(_SETTINGS),
        _BIND_WITHHELD: _bind_text(_WITHHELD),
    }
    return [await connection.prepare(text, name=name) for name, text in texts.items()]


@lru_cache(MOST_VIEWERS)
def beginning(viewer: Viewer) -> Prelude:
    """Begins a transaction and binds the viewer to it. Raises TypeError, ValueError for what may not be there."""
    values = settings_of(viewer)
    bind = _BIND if len(values) == len(_SETTINGS) else _BIND_WITHHELD
    return Prelude(_BEGINNING + _run(bind, *values.values()), lambda: _text(values))


def settings_of(viewer: Viewer) -> dict[str, str]:
    """What row-level security is told of a viewer, by setting. Only UUIDs and words of a closed set.

    `app.account_ids` is "*" for everything, "-" for everything but what is withheld, or a list. What is withheld is
    named only where there is something: most transactions are spared three settings.
    """
    role = _ROLES.get(viewer.role)
    if role is None:
        raise ValueError("not a role")
    withheld = viewer.withheld
    if viewer.account_ids is not None:
        accounts = _ids((*viewer.account_ids, *viewer.link_ids))
    else:
        accounts = "*" if withheld is None else "-"
    values = [_id(viewer.user_id), _id(viewer.household_id), role, accounts]
    if withheld is None:
        return dict(zip(_SETTINGS, values, strict=True))
    values += [_ids(withheld.private), _ids(withheld.closed), _ids(withheld.locked)]
    return dict(zip(_WITHHELD, values, strict=True))


def _text(values: Mapping[str, str]) -> str:
    settings = ",".join(f"set_config('{name}','{value}',true)" for name, value in values.items())
    return f"{_BEGIN_TEXT};select {settings},set_config('jit','off',true)"


def _ids(values: Iterable[UUID]) -> str:
    return ",".join(map(_id, values))


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
