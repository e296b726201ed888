"""A transaction as Plaid sends it."""

import sqlite3
from typing import Any

from sandbox.amounts import wire as amount_wire
from sandbox.merchants import primary_of

_LOCATION = dict.fromkeys(("address", "city", "region", "postal_code", "country", "lat", "lon", "store_number"))
_PAYMENT = dict.fromkeys(
    ("reference_number", "ppd_id", "payee", "by_order_of", "payer", "payment_method", "payment_processor", "reason")
)
_TYPES = {"online": "digital", "in store": "place", "other": "unresolved"}


def wire(row: sqlite3.Row, *, original: bool) -> dict[str, Any]:
    """The row in Plaid's shape; `original` adds the bank's own words, as `include_original_description` asks."""
    category, merchant, confidence = row["category"], row["merchant"], row["confidence"]
    primary = primary_of(category) if category else None
    answer = {
        "account_id": row["account_id"],
        "account_owner": None,
        "amount": amount_wire(row["amount"]),
        "authorized_date": row["authorized_date"],
        "authorized_datetime": None,
        "category": None,
        "category_id": None,
        "check_number": None,
        "counterparties": [],
        "date": row["date"],
        "datetime": None,
        "iso_currency_code": row["currency"],
        "location": _LOCATION,
        "logo_url": None,
        "merchant_entity_id": None,
        "merchant_name": merchant,
        "name": row["description"],
        "payment_channel": row["channel"],
        "payment_meta": _PAYMENT,
        "pending": bool(row["pending"]),
        "pending_transaction_id": row["pending_transaction_id"],
        "personal_finance_category": None,
        "transaction_code": None,
        "transaction_id": row["transaction_id"],
        "transaction_type": _TYPES[row["channel"]],
        "unofficial_currency_code": None,
        "website": row["website"],
    }
    if category:
        answer["personal_finance_category"] = {
            "primary": primary,
            "detailed": category,
            "confidence_level": confidence,
            "version": "v2",
        }
        answer["personal_finance_category_icon_url"] = f"https://plaid-category-icons.plaid.com/PFC_{primary}.png"
    if row["website"]:
        answer["counterparties"] = [
            {
                "name": merchant,
                "type": "merchant",
                "logo_url": None,
                "website": row["website"],
                "entity_id": None,
                "confidence_level": confidence,
            }
        ]
    if original:
        answer["original_description"] = row["description"]
    return answer


def wire_removed(row: sqlite3.Row) -> dict[str, str]:
    """A removed transaction in Plaid's shape."""
    return {"transaction_id": row["transaction_id"], "account_id": row["account_id"]}
