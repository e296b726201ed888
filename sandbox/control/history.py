"""`/control/history`: an item's history out of a file of any size."""

import csv
import gzip
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from itertools import islice
from pathlib import Path
from typing import Any, TextIO

from sandbox import items
from sandbox.accounts import NewAccount, accounts_of, open_account
from sandbox.amounts import micros
from sandbox.bank import Bank, announce_changes
from sandbox.fields import Fields
from sandbox.institutions import institution
from sandbox.ledger import Entry, book, today
from sandbox.mistakes import PlaidMistake, invalid_field

COLUMNS = ("date", "merchant", "amount", "currency")
MOST_ROWS = 5_000_000


@dataclass(frozen=True, slots=True)
class Order:
    """Which file goes where."""

    path: Path
    item_id: str | None
    institution_id: str
    webhook: str | None
    currency: str
    rows: int


async def load(bank: Bank, body: Fields) -> dict[str, Any]:
    """`POST /control/history {path, item_id?, institution_id?, webhook?, currency?, rows?}`.

    The file is CSV, plain or gzipped, UTF-8, with a header: `date` (YYYY-MM-DD), `merchant` (becomes the description,
    verbatim), `amount` (positive for money out, as Plaid counts), `currency` (ISO 4217; blank means
    the account's) and optionally `mcc`; other
    columns are ignored. All rows are booked as posted in their order, at most `rows` of them, or, after a broken one,
    none. Without `item_id` a new item with one checking account is made (in `currency`, default that of the first row;
    at `ins_109508` unless said otherwise) and its `public_token` returned; with it the rows go to that item's first
    depository account and are announced. Answers `{item_id, account_id, rows}` and, for a new item, `public_token`.
    """
    path = _file(body.text("path", 4_000))
    order = Order(
        path=path,
        item_id=body.optional_text("item_id"),
        institution_id=institution(body.optional_text("institution_id") or "ins_109508").institution_id,
        webhook=body.url("webhook"),
        currency=body.currency("currency") or _first_currency(path),
        rows=body.integer("rows", MOST_ROWS, 1, MOST_ROWS),
    )
    answer = await bank.store.writing_on_thread(lambda db: _book_file(db, order))
    if order.item_id is not None:
        async with bank.store.writing() as db:
            announce_changes(bank, db, items.by_item_id(db, order.item_id)["number"])
    return answer


def _book_file(db: sqlite3.Connection, order: Order) -> dict[str, Any]:
    answer: dict[str, Any] = {}
    if order.item_id is None:
        currency = order.currency
        number = items.create_item(db, order.institution_id, "history", order.webhook, ["transactions"])
        account_id = open_account(
            db, number, 0, NewAccount("depository", "checking", "Plaid Checking", None, "0000", order.currency)
        )
        db.execute("update items set lived_until = ? where number = ?", (today().isoformat(), number))
        answer["public_token"] = items.make_public_token(db, number)
        answer["item_id"] = db.execute("select item_id from items where number = ?", (number,)).fetchone()[0]
    else:
        number = items.by_item_id(db, order.item_id)["number"]
        accounts = accounts_of(db, number)
        account = next((one for one in accounts if one["type"] == "depository"), accounts[0])
        account_id, currency = account["account_id"], account["currency"]
        answer["item_id"] = order.item_id
    rows = book(db, number, islice(_entries(order.path, account_id, currency), order.rows))
    return answer | {"account_id": account_id, "rows": rows}


def _first_currency(path: Path) -> str:
    first = next(_entries(path, "", "USD"), None)
    if first is None:
        raise invalid_field("the file has no rows")
    return first.currency


def _entries(path: Path, account_id: str, default: str) -> Iterator[Entry]:
    reader: csv.DictReader[str] | None = None
    try:
        with _opened(path) as text:
            reader = csv.DictReader(text)
            if not set(COLUMNS) <= set(reader.fieldnames or ()):
                raise invalid_field(f"the file needs the columns {', '.join(COLUMNS)}")
            for row in reader:
                yield _entry(row, account_id, default)
    except (
        PlaidMistake,
        ValueError,
        ArithmeticError,
        AttributeError,
        TypeError,
        csv.Error,
        EOFError,
        OSError,
    ) as error:
        line = reader.line_num if reader else 1
        reason = error.message if isinstance(error, PlaidMistake) else type(error).__name__
        raise invalid_field(f"line {line} of the file: {reason}") from None


def _file(name: str) -> Path:
    path = Path(name)
    # A pipe would never end, and block the bank.
    if not path.is_file():
        raise invalid_field("path is not a file that can be read")
    return path


def _opened(path: Path) -> TextIO:
    with path.open("rb") as file:
        zipped = file.read(2) == b"\x1f\x8b"
    if zipped:
        return gzip.open(path, "rt", encoding="utf-8", newline="")
    return path.open("r", encoding="utf-8", newline="")


def _entry(row: dict[str, str], account_id: str, default: str) -> Entry:
    day = Fields({"date": row["date"]}).day("date").isoformat()
    try:
        amount = Decimal(row["amount"])
    except InvalidOperation:
        raise invalid_field("amount must be a number") from None
    currency = row["currency"] or default
    if len(currency) != 3 or not currency.isalpha():
        raise invalid_field("currency must be an ISO 4217 code")
    description = row["merchant"]
    if not description or len(description) > 1_000:
        raise invalid_field("merchant must have 1 to 1000 characters")
    return Entry(account_id, micros(amount, "amount"), currency, day, description, industry=row.get("mcc"))
