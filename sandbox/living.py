"""What goes on by itself: the demo bank's purchases, and pending transactions whose day has come."""

import asyncio
import logging
import sqlite3
import time
from datetime import date, timedelta

from sandbox.bank import Bank, announce_changes
from sandbox.ledger import book, settle, today
from sandbox.life import CARD, CHECKING, day_of_life, spontaneous_purchase
from sandbox.people import DEMO_USER, entry_of

LONGEST_CATCH_UP = 90

log = logging.getLogger("sandbox.living")


async def live(bank: Bank) -> None:
    """A purchase in every demo item each `purchase_seconds`, until cancelled."""
    while bank.settings.purchase_seconds > 0:
        await asyncio.sleep(bank.settings.purchase_seconds)
        for row in bank.store.db.execute(
            "select number from items where username = ? and access_token is not null", (DEMO_USER,)
        ).fetchall():
            try:
                async with bank.store.writing() as db:
                    one_moment(bank, db, row["number"])
            except sqlite3.Error:
                log.exception("the demo bank skipped a purchase")


def one_moment(bank: Bank, db: sqlite3.Connection, number: int) -> None:
    """Catch up with the days since the last one, settle older purchases, make a new one."""
    item = db.execute("select * from items where number = ?", (number,)).fetchone()
    if item is None:
        return
    accounts = {
        CHECKING if row["type"] == "depository" else CARD: row["account_id"]
        for row in db.execute("select * from accounts where item = ?", (number,))
    }
    now = today()
    day = max(date.fromisoformat(item["lived_until"]), now - timedelta(days=LONGEST_CATCH_UP))
    while day < now:
        day += timedelta(days=1)
        events = [event for event in day_of_life("demo", day) if event.account in accounts]
        book(db, number, [entry_of(event, day, accounts[event.account]) for event in events])
    db.execute("update items set lived_until = ? where number = ?", (day.isoformat(), number))
    settle(db, number, made_before=time.time() - bank.settings.settle_seconds)
    purchase = spontaneous_purchase(f"{item['item_id']}/{item['head']}")
    book(db, number, [entry_of(purchase, now, accounts[purchase.account], pending=True)])
    announce_changes(bank, db, number)


async def post_due(bank: Bank, every_seconds: float = 60) -> None:
    """Settle pending transactions on the day that was named for them, until cancelled."""
    while True:
        due = bank.store.db.execute(
            "select distinct item from transactions where pending and not removed and posts_on <= ?",
            (today().isoformat(),),
        ).fetchall()
        for row in due:
            try:
                async with bank.store.writing() as db:
                    if settle(db, row["item"]):
                        announce_changes(bank, db, row["item"])
            except sqlite3.Error:
                log.exception("pending transactions wait for the next round")
        await asyncio.sleep(every_seconds)
