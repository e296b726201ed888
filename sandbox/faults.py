"""Faults that somebody ordered: each is taken exactly as often as ordered, restarts included."""

import json
import sqlite3
from dataclasses import asdict, dataclass
from typing import Any

REQUEST_KINDS = ("status", "slow", "cut", "mutation")
WEBHOOK_KINDS = ("webhook_lost", "webhook_doubled", "webhook_reordered")


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong and for whom; a null `path`, `item_id` or `webhook_code` means any.

    `after`: the request is carried out, and only its answer fails.
    """

    kind: str
    path: str | None = None
    item_id: str | None = None
    webhook_code: str | None = None
    status: int = 500
    error_type: str | None = None
    error_code: str | None = None
    seconds: float = 0.0
    after: bool = False


def order(db: sqlite3.Connection, fault: Fault, count: int) -> int:
    """Have the fault happen `count` times; returns its number."""
    cursor = db.execute("insert into faults (fault, remaining) values (?, ?)", (json.dumps(asdict(fault)), count))
    assert cursor.lastrowid is not None  # noqa: S101 - an insert always has one
    return cursor.lastrowid


def ordered(db: sqlite3.Connection) -> list[dict[str, Any]]:
    """The faults still to come, oldest first."""
    rows = db.execute("select * from faults order by number").fetchall()
    return [{"fault_id": row["number"], **json.loads(row["fault"]), "remaining": row["remaining"]} for row in rows]


def any_ordered(db: sqlite3.Connection) -> bool:
    """Whether there is any at all."""
    return db.execute("select 1 from faults limit 1").fetchone() is not None


def cancel(db: sqlite3.Connection) -> int:
    """Forget all; returns how many."""
    return db.execute("delete from faults").rowcount


def take(
    db: sqlite3.Connection,
    kinds: tuple[str, ...],
    *,
    path: str | None = None,
    item_id: str | None = None,
    webhook_code: str | None = None,
) -> Fault | None:
    """The oldest fault that fits, counted down in the caller's transaction."""
    for row in db.execute("select * from faults order by number").fetchall():
        fault = Fault(**json.loads(row["fault"]))
        if fault.kind not in kinds or not _fits(fault, path, item_id, webhook_code):
            continue
        if row["remaining"] > 1:
            db.execute("update faults set remaining = remaining - 1 where number = ?", (row["number"],))
        else:
            db.execute("delete from faults where number = ?", (row["number"],))
        return fault
    return None


def _fits(fault: Fault, path: str | None, item_id: str | None, webhook_code: str | None) -> bool:
    return (
        fault.path in (None, path) and fault.item_id in (None, item_id) and fault.webhook_code in (None, webhook_code)
    )
