"""`/accounts/*`."""

from typing import Any

from sandbox import accounts, items
from sandbox.bank import Bank
from sandbox.fields import Fields


async def get(bank: Bank, body: Fields) -> dict[str, Any]:
    """`/accounts/get` and `/accounts/balance/get`: balances here are always the latest."""
    options = body.inner("options")
    only = options.texts("account_ids") if options.has("account_ids") else None
    with bank.store.snapshot() as db:
        item = items.by_access_token(db, body.text("access_token"))
        items.require_login(item)
        rows = accounts.accounts_of(db, item["number"], only)
    return {"accounts": [accounts.wire(row) for row in rows], "item": items.wire(item)}
