"""`/sandbox/*`: what Plaid's own sandbox offers to tests."""

from typing import Any

from sandbox import items
from sandbox.accounts import accounts_of
from sandbox.bank import Bank, announce_changes
from sandbox.custom_user import read_entry
from sandbox.endpoints.link import read_products
from sandbox.fields import Fields
from sandbox.institutions import institution
from sandbox.ledger import book
from sandbox.mistakes import PlaidMistake, item_error
from sandbox.people import open_accounts, person

MOST_TRANSACTIONS = 10
_ITEM_CODES = (
    "NEW_ACCOUNTS_AVAILABLE",
    "USER_PERMISSION_REVOKED",
    "USER_ACCOUNT_REVOKED",
    "PENDING_DISCONNECT",
    "LOGIN_REPAIRED",
    "ERROR",
)
_CODES: dict[str, dict[str, Any]] = {
    "SYNC_UPDATES_AVAILABLE": {"initial_update_complete": True, "historical_update_complete": True},
    "DEFAULT_UPDATE": {"error": None, "new_transactions": 0},
    "INITIAL_UPDATE": {"error": None, "new_transactions": 0},
    "HISTORICAL_UPDATE": {"error": None, "new_transactions": 0},
    "RECURRING_TRANSACTIONS_UPDATE": {"account_ids": []},
    "NEW_ACCOUNTS_AVAILABLE": {"error": None},
    "USER_PERMISSION_REVOKED": {"error": None},
    "USER_ACCOUNT_REVOKED": {"account_id": ""},
    "PENDING_DISCONNECT": {"reason": "INSTITUTION_MIGRATION"},
    "LOGIN_REPAIRED": {},
    "ERROR": {"error": item_error(items.LOGIN_REQUIRED).body()},
}


async def create_public_token(bank: Bank, body: Fields) -> dict[str, Any]:
    """`/sandbox/public_token/create`: an item as the link dialogue would make it."""
    bank_id = institution(body.text("institution_id")).institution_id
    products = read_products(body, "initial_products")
    options = body.inner("options")
    webhook = options.url("webhook")
    username = options.optional_text("override_username") or "user_good"
    password = options.optional_text("override_password", 8_000_000)
    history = options.inner("transactions")
    accounts = person(username, password, history.optional_day("start_date"), history.optional_day("end_date"))
    async with bank.store.writing() as db:
        number = items.create_item(db, bank_id, username, webhook, products)
        open_accounts(db, number, accounts)
        public_token = items.make_public_token(db, number)
    return {"public_token": public_token}


async def fire_webhook(bank: Bank, body: Fields) -> dict[str, Any]:
    """`/sandbox/item/fire_webhook`: the webhook alone, without what it tells of."""
    code = body.text("webhook_code")
    if code not in _CODES:
        raise _webhook_invalid(f"webhook_code must be one of {', '.join(_CODES)}")
    kind = "ITEM" if code in _ITEM_CODES else "TRANSACTIONS"
    if (body.optional_text("webhook_type") or kind) != kind:
        raise _webhook_invalid(f"{code} is a webhook of the type {kind}")
    async with bank.store.writing() as db:
        item = items.by_access_token(db, body.text("access_token"))
        if not bank.courier.put(db, item, kind, code, **_CODES[code]):
            raise _webhook_invalid("webhook for this item is not set")
    return {"webhook_fired": True}


def _webhook_invalid(message: str) -> PlaidMistake:
    return PlaidMistake("SANDBOX_ERROR", "SANDBOX_WEBHOOK_INVALID", message)


async def reset_login(bank: Bank, body: Fields) -> dict[str, Any]:
    """`/sandbox/item/reset_login`: the item needs its person, until the update dialogue or `/control/items/repair`."""
    async with bank.store.writing() as db:
        item = items.by_access_token(db, body.text("access_token"))
        db.execute("update items set error = ? where number = ?", (items.LOGIN_REQUIRED, item["number"]))
        bank.courier.put(db, item, "ITEM", "ERROR", error=item_error(items.LOGIN_REQUIRED).body())
    return {"reset_login": True}


async def create_transactions(bank: Bank, body: Fields) -> dict[str, Any]:
    """`/sandbox/transactions/create`: things happen in the first depository account (or `account_id`).

    The balance moves with them, and the webhook is on its way when this answers.
    """
    entries = body.objects("transactions", MOST_TRANSACTIONS)
    if not entries:
        raise body.mistake("transactions", "must not be empty")
    chosen = body.optional_text("account_id")
    async with bank.store.writing() as db:
        item = items.by_access_token(db, body.text("access_token"))
        accounts = accounts_of(db, item["number"], None if chosen is None else [chosen])
        account = next((one for one in accounts if one["type"] == "depository"), accounts[0])
        book(
            db,
            item["number"],
            [read_entry(one, account["currency"], account["account_id"], "iso_currency_code") for one in entries],
        )
        announce_changes(bank, db, item["number"])
    return {}
