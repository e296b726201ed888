"""`/control/items*`."""

import sqlite3
from typing import Any

from sandbox import items
from sandbox.amounts import micros
from sandbox.bank import Bank, announce_changes
from sandbox.fields import Fields
from sandbox.ledger import modify, remove, transaction_of


async def list_items(bank: Bank, body: Fields) -> dict[str, Any]:
    """`GET /control/items`: the items that somebody holds an access token for, newest last."""
    rows = bank.store.db.execute(
        "select item_id, access_token, institution_id, username from items"
        " where access_token is not null order by exchanged"
    )
    return {"items": [dict(row) for row in rows]}


async def repair(bank: Bank, body: Fields) -> dict[str, Any]:
    """`POST /control/items/repair {item_id or access_token, elsewhere?}`: the person signs in again.

    It is as if the update dialogue had been gone through.
    What happened meanwhile is announced. With `elsewhere` the person did it in another application: LOGIN_REPAIRED.
    """
    elsewhere = body.flag("elsewhere")
    async with bank.store.writing() as db:
        item = _item(db, body)
        db.execute("update items set error = null where number = ?", (item["number"],))
        if item["error"] and elsewhere:
            bank.courier.put(db, item, "ITEM", "LOGIN_REPAIRED")
        if item["unsent_changes"]:
            announce_changes(bank, db, item["number"])
    return {"repaired": item["error"] is not None}


async def correct(bank: Bank, body: Fields) -> dict[str, Any]:
    """`POST /control/transactions {item_id or access_token, modify?, remove?}`.

    `modify` is a list of {transaction_id, amount?, date?, description?}, `remove` one of ids.
    The bank corrects or takes back what it had sent, and announces it; all of it or, after an error, nothing.
    """
    changes = body.objects("modify", 1_000) if body.has("modify") else []
    removals = body.texts("remove", 1_000) if body.has("remove") else []
    async with bank.store.writing() as db:
        number = _item(db, body)["number"]
        for change in changes:
            row = transaction_of(db, number, change.text("transaction_id"))
            amount = micros(change.raw("amount"), change.path("amount")) if change.has("amount") else row["amount"]
            day = change.optional_day("date")
            description = change.optional_text("description", 1_000) or row["description"]
            modify(db, number, row, amount, day.isoformat() if day else row["date"], description)
        for transaction_id in removals:
            remove(db, number, transaction_of(db, number, transaction_id))
        announce_changes(bank, db, number)
    return {"modified": len(changes), "removed": len(removals)}


def _item(db: sqlite3.Connection, body: Fields) -> sqlite3.Row:
    if body.has("access_token"):
        return items.by_access_token(db, body.text("access_token"))
    return items.by_item_id(db, body.text("item_id"))
