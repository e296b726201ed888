"""The bank's book: every change to a transaction takes the item's next position and moves the balance with it.

Positions make `/transactions/sync` possible: a row remembers where it was added and where it was last changed
(removal included), which is the append-only change log with all but the last entry of each transaction folded away.
"""

import sqlite3
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import islice

from sandbox.accounts import balance_change
from sandbox.enrichment import BARE, enrich
from sandbox.identifiers import random_id
from sandbox.mistakes import invalid_field, invalid_input

LARGEST_BALANCE = 2**62
_INSERT = (
    "insert into transactions (transaction_id, item, account_id, added_at, changed_at, amount, currency, date,"
    " authorized_date, description, merchant, website, category, confidence, channel, pending,"
    " pending_transaction_id, posts_on, made_at) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)


@dataclass(frozen=True, slots=True)
class Entry:
    """A transaction to book. `amount` in millionths, positive for money out; days as YYYY-MM-DD.

    A pending one becomes posted on `posts_on`, or at the next refresh if that is None.
    """

    account_id: str
    amount: int
    currency: str
    date: str
    description: str
    authorized_date: str | None = None
    pending: bool = False
    posts_on: str | None = None
    industry: str | None = None


def today() -> date:
    """The bank's day, in UTC."""
    return datetime.now(UTC).date()


def book(db: sqlite3.Connection, item: int, entries: Iterable[Entry], *, moves_balance: bool = True) -> int:
    """Add transactions in this order; every second one of an item stays bare. Returns how many.

    Takes any number of entries in constant memory. One in another currency than its account's leaves the balance alone.
    """
    head, count = db.execute("select head, entries from items where number = ?", (item,)).fetchone()
    accounts = {
        row["account_id"]: row
        for row in db.execute("select account_id, type, currency from accounts where item = ?", (item,))
    }
    moved: dict[str, int] = {}
    booked = 0
    made_at = time.time()

    def rows() -> Iterator[tuple[object, ...]]:
        nonlocal booked
        for entry in entries:
            known = BARE if (count + booked) % 2 else enrich(entry.description, entry.amount < 0, entry.industry)
            booked += 1
            account = accounts[entry.account_id]
            if entry.currency == account["currency"]:
                change = balance_change(account["type"], entry.amount)
                moved[entry.account_id] = moved.get(entry.account_id, 0) + change
            yield (
                *(random_id(), item, entry.account_id, head + booked, head + booked, entry.amount, entry.currency),
                *(entry.date, entry.authorized_date, entry.description, known.merchant, known.website),
                *(known.category, known.confidence, known.channel, entry.pending, None, entry.posts_on, made_at),
            )

    db.executemany(_INSERT, rows())
    db.execute("update items set head = head + ?, entries = entries + ? where number = ?", (booked, booked, item))
    if moves_balance:
        _move_balances(db, moved)
    return booked


def _move_balances(db: sqlite3.Connection, moved: dict[str, int]) -> None:
    for account_id, change in moved.items():
        (current,) = db.execute("select current from accounts where account_id = ?", (account_id,)).fetchone()
        if abs(current + change) > LARGEST_BALANCE:
            raise invalid_field("the balance would be out of range")
        db.execute("update accounts set current = ? where account_id = ?", (current + change, account_id))


def transaction_of(db: sqlite3.Connection, item: int, transaction_id: str) -> sqlite3.Row:
    """A transaction that has not been removed; raises INVALID_INPUT."""
    row: sqlite3.Row | None = db.execute(
        "select * from transactions where transaction_id = ? and item = ? and not removed", (transaction_id, item)
    ).fetchone()
    if row is None:
        raise invalid_input("INVALID_TRANSACTION_ID", f"no transaction {transaction_id} in this item")
    return row


def remove(db: sqlite3.Connection, item: int, transaction: sqlite3.Row) -> None:
    """The bank takes a transaction back, as if it had not happened."""
    position = _next_position(db, item)
    db.execute(
        "update transactions set removed = 1, changed_at = ? where transaction_id = ?",
        (position, transaction["transaction_id"]),
    )
    _shift_balance(db, transaction, -transaction["amount"])


def modify(
    db: sqlite3.Connection, item: int, transaction: sqlite3.Row, amount: int, day: str, description: str
) -> None:
    """The bank corrects a transaction under the same id."""
    position = _next_position(db, item)
    db.execute(
        "update transactions set changed_at = ?, amount = ?, date = ?, description = ? where transaction_id = ?",
        (position, amount, day, description, transaction["transaction_id"]),
    )
    _shift_balance(db, transaction, amount - transaction["amount"])


def settle(db: sqlite3.Connection, item: int, *, everything: bool = False, made_before: float | None = None) -> int:
    """Pending becomes posted: the pending row is removed and a posted one refers to it. Returns how many.

    Those whose day has come; with `everything` all, with `made_before` also those booked before that moment.
    """
    now = today().isoformat()
    due = db.execute(
        "select * from transactions where item = ? and pending and not removed"
        " and (? or posts_on <= ? or (posts_on is null and made_at < ?)) order by added_at",
        (item, everything, now, made_before or 0),
    ).fetchall()
    for row in islice(due, 1_000):
        remove(db, item, row)
        position = _next_position(db, item, mutation=False)
        day = min(row["posts_on"] or now, now)
        db.execute(
            _INSERT,
            (
                *(random_id(), item, row["account_id"], position, position, row["amount"], row["currency"], day),
                *(row["authorized_date"] or row["date"], row["description"], row["merchant"], row["website"]),
                *(row["category"], row["confidence"], row["channel"], False, row["transaction_id"], None, time.time()),
            ),
        )
        _shift_balance(db, row, row["amount"])
    return min(len(due), 1_000)


def _next_position(db: sqlite3.Connection, item: int, *, mutation: bool = True) -> int:
    db.execute("update items set head = head + 1 where number = ?", (item,))
    if mutation:
        db.execute("update items set last_mutation = head where number = ?", (item,))
    position: int = db.execute("select head from items where number = ?", (item,)).fetchone()[0]
    return position


def _shift_balance(db: sqlite3.Connection, transaction: sqlite3.Row, amount: int) -> None:
    account = db.execute(
        "select type, currency from accounts where account_id = ?", (transaction["account_id"],)
    ).fetchone()
    if account["currency"] == transaction["currency"]:
        _move_balances(db, {transaction["account_id"]: balance_change(account["type"], amount)})
