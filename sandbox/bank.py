"""The bank: its state, its courier and the few acts that endpoints share."""

import sqlite3
from dataclasses import dataclass

from sandbox import items
from sandbox.settings import Settings
from sandbox.signing import Signer, make_key
from sandbox.store import Store
from sandbox.webhooks import SYNC_UPDATES, Courier


@dataclass(frozen=True, slots=True)
class Bank:
    """Everything that one process of the bank holds."""

    settings: Settings
    store: Store
    signer: Signer
    courier: Courier
    cursor_key: str


def open_bank(settings: Settings) -> Bank:
    """Open the bank on its data folder. Raises FolderInUse."""
    store = Store(settings.data)
    signer = Signer(store.kept_secret("signing key", make_key))
    return Bank(settings, store, signer, Courier(store, signer), store.kept_secret("cursor key"))


def announce_changes(bank: Bank, db: sqlite3.Connection, number: int) -> None:
    """Say that the item has something new; one with a broken login says so when it is repaired."""
    item = db.execute("select * from items where number = ?", (number,)).fetchone()
    if item["error"]:
        db.execute("update items set unsent_changes = 1 where number = ?", (number,))
        return
    db.execute("update items set updated_at = ?, unsent_changes = 0 where number = ?", (items.now_text(), number))
    if item["access_token"]:
        bank.courier.put(
            *(db, item, "TRANSACTIONS", SYNC_UPDATES),
            initial_update_complete=True,
            historical_update_complete=True,
        )
