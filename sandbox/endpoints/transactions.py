"""`/transactions/*`."""

from typing import Any

from sandbox import accounts, faults, items, pages, transactions
from sandbox.bank import Bank, announce_changes
from sandbox.fields import Fields
from sandbox.ledger import settle


async def sync(bank: Bank, body: Fields) -> dict[str, Any]:
    """`/transactions/sync`: the next page of changes after the cursor."""
    access_token, cursor_text = body.text("access_token"), body.optional_text("cursor", 1_000) or ""
    count = body.integer("count", 100, 1, 500)
    options = body.inner("options")
    account_id, original = options.optional_text("account_id"), options.flag("include_original_description")
    item = items.by_access_token(bank.store.db, access_token)
    items.require_login(item)
    cursor = pages.decode(cursor_text, item["number"], account_id, bank.cursor_key)
    await _begin(bank, item["item_id"], access_token, continues=cursor.started > 0)
    with bank.store.snapshot() as db:
        item = items.by_access_token(db, access_token)
        rows = accounts.accounts_of(db, item["number"], None if account_id is None else [account_id])
        page = pages.page(db, item, cursor, count, account_id)
    return {
        "transactions_update_status": "HISTORICAL_UPDATE_COMPLETE",
        "accounts": [accounts.wire(row) for row in rows],
        "added": [transactions.wire(row, original=original) for row in page.added],
        "modified": [transactions.wire(row, original=original) for row in page.modified],
        "removed": [transactions.wire_removed(row) for row in page.removed],
        "next_cursor": pages.encode(page.next, item["number"], account_id, bank.cursor_key),
        "has_more": page.has_more,
    }


async def _begin(bank: Bank, item_id: str, access_token: str, *, continues: bool) -> None:
    db = bank.store.db
    fault = None
    if continues and faults.any_ordered(db):
        async with bank.store.writing() as db:
            fault = faults.take(db, ("mutation",), item_id=item_id)
    if fault:
        raise pages.mutation_during_pagination()
    item = items.by_access_token(db, access_token)
    if '"transactions"' not in item["products"]:
        async with bank.store.writing() as db:
            items.initialize_transactions(db, items.by_access_token(db, access_token))


async def refresh(bank: Bank, body: Fields) -> dict[str, Any]:
    """`/transactions/refresh`: the bank is asked at once, and everything pending turns out to be posted."""
    access_token = body.text("access_token")
    async with bank.store.writing() as db:
        item = items.by_access_token(db, access_token)
        items.require_login(item)
        if settle(db, item["number"], everything=True):
            announce_changes(bank, db, item["number"])
    return {}
