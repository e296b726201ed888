"""Accounts and their balances."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sandbox.amounts import wire as amount_wire
from sandbox.identifiers import random_id
from sandbox.mistakes import invalid_input

SUBTYPES = {
    "depository": "checking|savings|hsa|cd|money market|paypal|prepaid|cash management|ebt|limited purpose checking",
    "credit": "credit card|paypal",
    "loan": "auto|business|commercial|construction|consumer|home equity|line of credit|loan|mortgage|other|overdraft"
    "|student",
    "investment": "401a|401k|403B|457b|529|brokerage|cash isa|crypto exchange|education savings account|fhsa"
    "|fixed annuity|gic|health reimbursement arrangement|hsa|ira|isa|keogh|lif|life insurance|lira|lrif|lrsp"
    "|mutual fund|non-custodial wallet|non-taxable brokerage account|other|other annuity|other insurance|pension|prif"
    "|profit sharing plan|qshr|rdsp|resp|retirement|rlif|roth|roth 401k|roth 403B|roth 457b|roth pension"
    "|roth profit sharing plan|roth thrift savings plan|rrif|rrsp|sarsep|sep ira|simple ira|sipp|stock plan|tfsa"
    "|thrift savings plan|trust|ugma|utma|variable annuity",
    "brokerage": "brokerage|other",
    "other": "other|payroll",
}
ALLOWED_SUBTYPES = {kind: frozenset(subtypes.split("|")) for kind, subtypes in SUBTYPES.items()}
OWED = frozenset({"credit", "loan"})


@dataclass(frozen=True, slots=True)
class NewAccount:
    """An account to open. `current` is in millionths; what is owed counts positive for credit and loan accounts."""

    type: str
    subtype: str | None
    name: str
    official_name: str | None
    mask: str | None
    currency: str
    current: int = 0
    limit: int | None = None
    fixed_available: int | None = None
    without_available: bool = False


def open_account(db: sqlite3.Connection, item: int, place: int, new: NewAccount) -> str:
    """Insert the account as the item's `place`-th; returns its id."""
    account_id = random_id()
    db.execute(
        "insert into accounts values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            *(account_id, item, place, new.type, new.subtype, new.name, new.official_name, new.mask, new.currency),
            *(new.current, new.limit, new.fixed_available, new.without_available),
        ),
    )
    return account_id


def accounts_of(db: sqlite3.Connection, item: int, only: Sequence[str] | None = None) -> list[sqlite3.Row]:
    """The item's accounts in order; with `only`, those; raises INVALID_ACCOUNT_ID for one that is not the item's."""
    rows = db.execute("select * from accounts where item = ? order by place", (item,)).fetchall()
    if only is None:
        return rows
    if not set(only) <= {row["account_id"] for row in rows}:
        raise invalid_input("INVALID_ACCOUNT_ID", "one or more of the account IDs is invalid")
    return [row for row in rows if row["account_id"] in only]


def balance_change(kind: str, amount: int) -> int:
    """How a transaction moves `current`. Plaid's amounts are positive for money going out."""
    return amount if kind in OWED else -amount


def wire(account: sqlite3.Row) -> dict[str, Any]:
    """The account as Plaid sends it."""
    limit = account["credit_limit"]
    available: int | None = account["current"]
    if account["fixed_available"] is not None:
        available = account["fixed_available"]
    elif account["type"] in OWED:
        available = None if limit is None else limit - account["current"]
    if account["without_available"]:
        available = None
    return {
        "account_id": account["account_id"],
        "balances": {
            "available": None if available is None else amount_wire(available),
            "current": amount_wire(account["current"]),
            "limit": None if limit is None else amount_wire(limit),
            "iso_currency_code": account["currency"],
            "unofficial_currency_code": None,
        },
        "mask": account["mask"],
        "name": account["name"],
        "official_name": account["official_name"],
        "type": account["type"],
        "subtype": account["subtype"],
    }
