"""Items: one person's connection to one institution."""

import json
import sqlite3
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sandbox.identifiers import random_id, token
from sandbox.institutions import INSTITUTIONS, PRODUCTS
from sandbox.mistakes import PlaidMistake, invalid_input, item_error

PUBLIC_TOKEN_SECONDS = 1_800
LOGIN_REQUIRED = "ITEM_LOGIN_REQUIRED"


def now_text() -> str:
    """The present moment as Plaid writes it."""
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def create_item(
    db: sqlite3.Connection, institution_id: str, username: str, webhook: str | None, products: Sequence[str]
) -> int:
    """Insert an item without accounts; returns its number."""
    now = now_text()
    cursor = db.execute(
        "insert into items (item_id, institution_id, username, webhook, products, created_at, updated_at)"
        " values (?, ?, ?, ?, ?, ?, ?)",
        (random_id(), institution_id, username, webhook, json.dumps(list(products)), now, now),
    )
    assert cursor.lastrowid is not None  # noqa: S101 - an insert always has one
    return cursor.lastrowid


def make_public_token(db: sqlite3.Connection, item: int) -> str:
    """A one-use token, valid for 30 minutes."""
    public_token = token("public")
    db.execute("delete from public_tokens where expires_at < ?", (time.time(),))
    db.execute("insert into public_tokens values (?, ?, ?)", (public_token, item, time.time() + PUBLIC_TOKEN_SECONDS))
    return public_token


def exchange(db: sqlite3.Connection, public_token: str) -> sqlite3.Row:
    """Use up the token and give its item an access token; raises INVALID_PUBLIC_TOKEN."""
    found = db.execute(
        "delete from public_tokens where token = ? and expires_at >= ? returning item", (public_token, time.time())
    ).fetchall()
    if not found:
        raise invalid_input("INVALID_PUBLIC_TOKEN", "provided public token is in an invalid format, used or expired")
    number = found[0]["item"]
    db.execute(
        "update items set access_token = coalesce(access_token, ?), exchanged = coalesce(exchanged,"
        " (select coalesce(max(exchanged), 0) + 1 from items)) where number = ?",
        (token("access"), number),
    )
    row: sqlite3.Row = db.execute("select * from items where number = ?", (number,)).fetchone()
    return row


def by_access_token(db: sqlite3.Connection, access_token: str) -> sqlite3.Row:
    """The item; raises INVALID_ACCESS_TOKEN, also for one that was removed."""
    row: sqlite3.Row | None = db.execute("select * from items where access_token = ?", (access_token,)).fetchone()
    if row is None:
        raise invalid_input("INVALID_ACCESS_TOKEN", "could not find matching access token")
    return row


def by_item_id(db: sqlite3.Connection, item_id: str) -> sqlite3.Row:
    """The item; raises ITEM_NOT_FOUND."""
    row: sqlite3.Row | None = db.execute("select * from items where item_id = ?", (item_id,)).fetchone()
    if row is None:
        raise PlaidMistake("ITEM_ERROR", "ITEM_NOT_FOUND", "the item you requested cannot be found")
    return row


def require_login(item: sqlite3.Row) -> None:
    """Raise the item's error if it has one."""
    if item["error"]:
        raise item_error(item["error"])


def initialize_transactions(db: sqlite3.Connection, item: sqlite3.Row) -> None:
    """Plaid adds the product when one of its endpoints is first called."""
    products = json.loads(item["products"])
    if "transactions" not in products:
        db.execute("update items set products = ? where number = ?", (json.dumps([*products, "transactions"]), item[0]))


def remove_item(db: sqlite3.Connection, number: int) -> None:
    """Delete everything of an item. Takes a second per million rows: not on the event loop."""
    for table in ("transactions", "accounts", "public_tokens", "webhooks"):
        db.execute(f"delete from {table} where item = ?", (number,))
    db.execute("delete from items where number = ?", (number,))


def wire(item: sqlite3.Row) -> dict[str, Any]:
    """The item as Plaid sends it in `/item/webhook/update`."""
    products = json.loads(item["products"])
    return {
        "item_id": item["item_id"],
        "institution_id": item["institution_id"],
        "institution_name": INSTITUTIONS[item["institution_id"]].name,
        "webhook": item["webhook"] or "",
        "error": item_error(item["error"]).body() if item["error"] else None,
        "available_products": [product for product in PRODUCTS if product not in products],
        "billed_products": products,
        "products": products,
        "consented_products": products,
        "consent_expiration_time": None,
        "update_type": "background",
    }


def wire_status(item: sqlite3.Row) -> dict[str, Any]:
    """The item's status as `/item/get` sends it."""
    sent = {"sent_at": item["webhook_at"], "code_sent": item["webhook_code"]} if item["webhook_code"] else None
    return {
        "transactions": {"last_successful_update": item["updated_at"], "last_failed_update": None},
        **({"last_webhook": sent} if sent else {}),
    }
