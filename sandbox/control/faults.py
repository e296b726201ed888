"""`/control/faults`."""

from typing import Any

from sandbox import faults
from sandbox.bank import Bank
from sandbox.fields import Fields

MOST = 1_000_000


async def order(bank: Bank, body: Fields) -> dict[str, Any]:
    """`POST /control/faults {kind, count?, path?, item_id?, …}`: let something go wrong `count` times (default once).

    Kinds for requests, with `path` (such as `/transactions/sync`) and `item_id` narrowing them:
    `status` {status, error_type?, error_code?, after?}, `slow` {seconds}, `cut` {after is implied: the request is
    carried out, its answer breaks off in the middle}, `mutation` (the next page of a pagination under way).
    Kinds for webhooks, with `webhook_code` and `item_id`: `webhook_lost`, `webhook_doubled`, `webhook_reordered`.
    """
    kind = body.text("kind")
    if kind not in faults.REQUEST_KINDS + faults.WEBHOOK_KINDS:
        raise body.mistake("kind", f"must be one of {', '.join(faults.REQUEST_KINDS + faults.WEBHOOK_KINDS)}")
    count = body.integer("count", 1, 1, MOST)
    fault = faults.Fault(
        kind=kind,
        path=body.optional_text("path"),
        item_id=body.optional_text("item_id"),
        webhook_code=body.optional_text("webhook_code"),
        status=body.integer("status", 500, 400, 599),
        error_type=body.optional_text("error_type"),
        error_code=body.optional_text("error_code"),
        seconds=body.seconds("seconds", 1.0, 600.0),
        after=body.flag("after"),
    )
    async with bank.store.writing() as db:
        number = faults.order(db, fault, count)
    return {"fault_id": number}


async def list_faults(bank: Bank, body: Fields) -> dict[str, Any]:
    """`GET /control/faults`: what is still to go wrong."""
    return {"faults": faults.ordered(bank.store.db)}


async def cancel(bank: Bank, body: Fields) -> dict[str, Any]:
    """`DELETE /control/faults`: nothing more goes wrong."""
    async with bank.store.writing() as db:
        return {"cancelled": faults.cancel(db)}
