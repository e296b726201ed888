"""Pages of `/transactions/sync`.

A cursor holds three positions of the item's change log: `base`, up to which the client knew everything when it began
this pagination; `position`, up to which it has read since; `started`, the log's head when it began. Whether a row is
added, modified or removed *for this client* is decided against `base`, so the pages of one pagination agree. Additions
meanwhile simply make it longer; a modification or removal may concern rows already read, and makes it start again.
"""

import base64
import hashlib
import hmac
import sqlite3
from dataclasses import dataclass

from sandbox.mistakes import PlaidMistake, invalid_field


@dataclass(frozen=True, slots=True)
class Cursor:
    """A client's place. `started` is 0 between paginations."""

    base: int = 0
    position: int = 0
    started: int = 0


@dataclass(frozen=True, slots=True)
class Page:
    """Rows of the book sorted by what they are to this client."""

    added: list[sqlite3.Row]
    modified: list[sqlite3.Row]
    removed: list[sqlite3.Row]
    next: Cursor
    has_more: bool


def encode(cursor: Cursor, item: int, account_id: str | None, key: str) -> str:
    """An opaque cursor, bound to its item and account filter."""
    text = f"{cursor.base}.{cursor.position}.{cursor.started}"
    return base64.b64encode(_seal(text, item, account_id, key) + text.encode()).decode()


def decode(cursor: str, item: int, account_id: str | None, key: str) -> Cursor:
    """The place of a cursor; an empty one is the beginning. Raises INVALID_FIELD for any that was not given out."""
    if not cursor:
        return Cursor()
    try:
        raw = base64.b64decode(cursor, validate=True)
        text = raw[16:].decode("ascii")
    except ValueError:
        raise invalid_field("cursor is malformed") from None
    if not hmac.compare_digest(raw[:16], _seal(text, item, account_id, key)):
        raise invalid_field("cursor not associated with access_token")
    base, position, started = map(int, text.split("."))
    return Cursor(base, position, started)


def _seal(text: str, item: int, account_id: str | None, key: str) -> bytes:
    return hmac.digest(key.encode(), f"{item}/{account_id}/{text}".encode(), hashlib.sha256)[:16]


def page(db: sqlite3.Connection, item: sqlite3.Row, cursor: Cursor, count: int, account_id: str | None) -> Page:
    """At most `count` changes after the cursor; raises TRANSACTIONS_SYNC_MUTATION_DURING_PAGINATION."""
    if cursor.started and item["last_mutation"] > cursor.started:
        raise mutation_during_pagination()
    rows = db.execute(
        "select * from transactions where item = ? and changed_at > ? and not (removed and added_at > ?)"
        " and (? is null or account_id = ?) order by changed_at limit ?",
        (item["number"], cursor.position, cursor.base, account_id, account_id, count + 1),
    ).fetchall()
    has_more = len(rows) > count
    del rows[count:]
    head = item["head"]
    following = Cursor(cursor.base, rows[-1]["changed_at"], cursor.started or head) if has_more else Cursor(head, head)
    known = [row for row in rows if row["added_at"] <= cursor.base]
    return Page(
        added=[row for row in rows if row["added_at"] > cursor.base],
        modified=[row for row in known if not row["removed"]],
        removed=[row for row in known if row["removed"]],
        next=following,
        has_more=has_more,
    )


def mutation_during_pagination() -> PlaidMistake:
    """The client must begin this pagination again from its first cursor."""
    return PlaidMistake(
        "TRANSACTIONS_ERROR",
        "TRANSACTIONS_SYNC_MUTATION_DURING_PAGINATION",
        "underlying transaction data changed since last page was fetched. please restart pagination from last update",
    )
