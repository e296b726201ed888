"""The people who can sign in at this bank, and what they have in it."""

import sqlite3
from dataclasses import replace
from datetime import date, timedelta

from sandbox.accounts import NewAccount, balance_change, open_account
from sandbox.custom_user import CustomAccount, read_custom_user
from sandbox.ledger import Entry, book, today
from sandbox.life import CARD, CENT, CHECKING, SAVINGS, Event, day_of_life
from sandbox.mistakes import PlaidMistake

DEMO_USER = "user_demo"
GOOD_USERS = ("user_good", "user_transactions_dynamic")
_OPENING = {CHECKING: 210_000, CARD: 61_500, SAVINGS: 540_000}
_ACCOUNTS = {
    CHECKING: NewAccount(
        "depository", "checking", "Plaid Checking", "Plaid Gold Standard 0% Interest Checking", "0000", "USD"
    ),
    SAVINGS: NewAccount(
        "depository", "savings", "Plaid Saving", "Plaid Silver Standard 0.1% Interest Saving", "1111", "USD"
    ),
    CARD: NewAccount(
        *("credit", "credit card", "Plaid Credit Card", "Plaid Diamond 12.5% APR Interest Credit Card", "3333", "USD"),
        limit=1_000_000 * CENT,
    ),
}


def person(username: str, password: str | None, start: date | None, end: date | None) -> list[CustomAccount]:
    """What this person has at the bank: `user_good`, `user_custom` or `user_demo`; raises INVALID_CREDENTIALS.

    `start` and `end`, where given, bound the history.
    """
    if username == "user_custom":
        accounts = read_custom_user(password or "")
    elif username == DEMO_USER:
        accounts = _living((CHECKING, CARD), days=730)
    elif username in GOOD_USERS and password in (None, "pass_good"):
        accounts = _living((CHECKING, SAVINGS, CARD), days=90)
    else:
        raise PlaidMistake(
            "ITEM_ERROR",
            "INVALID_CREDENTIALS",
            "the provided credentials were not correct",
            display="The provided credentials were not correct. Please try again.",
        )
    first, last = (start or date.min).isoformat(), (end or date.max).isoformat()
    return [replace(one, entries=[e for e in one.entries if first <= e.date <= last]) for one in accounts]


def open_accounts(db: sqlite3.Connection, item: int, accounts: list[CustomAccount]) -> None:
    """Open the accounts in a new item and book their history; balances already include it."""
    for place, one in enumerate(accounts):
        account_id = open_account(db, item, place, one.account)
        book(db, item, (replace(entry, account_id=account_id) for entry in one.entries), moves_balance=False)
    db.execute("update items set lived_until = ? where number = ?", (today().isoformat(), item))


def entry_of(event: Event, day: date, account_id: str = "", *, pending: bool = False) -> Entry:
    """The event as a line of the book."""
    return Entry(
        account_id, event.cents * CENT, "USD", day.isoformat(), event.description, day.isoformat(), pending=pending
    )


def _living(names: tuple[str, ...], days: int) -> list[CustomAccount]:
    now = today()
    lines: dict[str, list[Entry]] = {name: [] for name in names}
    for back in range(days, -1, -1):
        day = now - timedelta(days=back)
        for event in day_of_life("demo", day):
            if event.account in lines:
                lines[event.account].append(entry_of(event, day))
    return [CustomAccount(_with_balance(name, entries), entries) for name, entries in lines.items()]


def _with_balance(name: str, entries: list[Entry]) -> NewAccount:
    account = _ACCOUNTS[name]
    moved = sum(balance_change(account.type, entry.amount) for entry in entries)
    return replace(account, current=_OPENING[name] * CENT + moved)
