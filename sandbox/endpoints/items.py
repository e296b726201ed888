"""`/item/*`."""

from typing import Any

from sandbox import items
from sandbox.bank import Bank, announce_changes
from sandbox.fields import Fields


async def exchange(bank: Bank, body: Fields) -> dict[str, Any]:
    """`/item/public_token/exchange`. The history is there at once, so its webhooks go out now."""
    public_token = body.text("public_token")
    async with bank.store.writing() as db:
        item = items.exchange(db, public_token)
        (count,) = db.execute("select entries from items where number = ?", (item["number"],)).fetchone()
        for code in ("INITIAL_UPDATE", "HISTORICAL_UPDATE"):
            bank.courier.put(db, item, "TRANSACTIONS", code, error=None, new_transactions=count)
        announce_changes(bank, db, item["number"])
    return {"access_token": item["access_token"], "item_id": item["item_id"]}


async def get(bank: Bank, body: Fields) -> dict[str, Any]:
    """`/item/get`."""
    item = items.by_access_token(bank.store.db, body.text("access_token"))
    full = items.wire(item) | {"created_at": item["created_at"]}
    return {"item": full, "status": items.wire_status(item)}


async def remove(bank: Bank, body: Fields) -> dict[str, Any]:
    """`/item/remove`: everything of the item is gone."""
    access_token = body.text("access_token")
    await bank.store.writing_on_thread(
        lambda db: items.remove_item(db, items.by_access_token(db, access_token)["number"])
    )
    return {}


async def update_webhook(bank: Bank, body: Fields) -> dict[str, Any]:
    """`/item/webhook/update`; an empty or null address ends webhooks."""
    webhook = body.url("webhook")
    async with bank.store.writing() as db:
        item = items.by_access_token(db, body.text("access_token"))
        db.execute("update items set webhook = ? where number = ?", (webhook, item["number"]))
        item = items.by_access_token(db, item["access_token"])
        bank.courier.put(db, item, "ITEM", "WEBHOOK_UPDATE_ACKNOWLEDGED", new_webhook_url=webhook, error=None)
    return {"item": items.wire(item)}
