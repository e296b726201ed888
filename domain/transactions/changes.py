"""Changing a transaction after it was booked."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any, TypedDict
from uuid import UUID

from domain.accounts.commands import locked_account
from domain.accounts.models import Account
from domain.categories.source import CategorySource
from domain.events import TransactionsModified
from domain.mistakes import invalid, invalid_at, not_allowed
from domain.money import Money
from domain.periods import check_day
from domain.transactions.booking import Booked, move_kept_balance, move_spending
from domain.transactions.categorising import Uncategorised, categorise
from domain.transactions.commands import account_of, checked_amount, locked_transaction
from domain.transactions.marks import checked_description, checked_notes, checked_tags
from domain.transactions.models import Transaction
from runtime.unit import Unit


class TransactionChanges(TypedDict, total=False):
    """Left out is unchanged. Null clears: the description becomes the bank's again, an excluded one counts again."""

    date: date | None
    amount: Decimal | None
    description: str | None
    notes: str | None
    tags: Sequence[str] | None
    is_excluded: bool | None


async def update_transaction(unit: Unit, transaction_id: UUID, changes: TransactionChanges) -> UUID:
    """NOT_ALLOWED for another date or amount of a bank's transaction, or another amount on a closed account."""
    account: Account | None = None
    if "amount" in changes:
        account = await locked_account(unit, await account_of(unit, transaction_id), "input", "transactionId")
    row = await locked_transaction(unit, transaction_id)
    booked, amount = Booked.of(row), Money(row.amount, row.currency)
    wanted = _checked(row, changes)
    _refuse_changing_the_banks_word(row, wanted)
    if account is not None and account.closed_at is not None and wanted["amount"] != row.amount:
        raise not_allowed("The account is closed.", "input", "amount")
    if _reads_otherwise(row, wanted):
        wanted |= await _categorised_anew(unit, row, wanted)

    changed = {
        column: {"before": getattr(row, column), "after": value}
        for column, value in wanted.items()
        if value != getattr(row, column)
    }
    for column, change in changed.items():
        setattr(row, column, change["after"])
    if "amount" in changed:
        changed["amount"] = {"before": str(amount.amount), "after": str(wanted["amount"])}
    if changed:
        await unit.session.flush()
        move_spending(unit, booked, Booked.of(row))
        unit.record(TransactionsModified(ids=[row.id], account_id=row.account_id, data=changed))
    if account is not None:
        await move_kept_balance(unit, account, wanted["amount"] - amount.amount)
    return transaction_id


def _checked(row: Transaction, changes: TransactionChanges) -> dict[str, Any]:
    """New values of columns, by name."""
    wanted: dict[str, Any] = {}
    for name in ("date", "amount"):
        if name in changes and changes[name] is None:
            raise invalid("This cannot be cleared.", "input", name)
    if (day := changes.get("date")) is not None:
        with invalid_at("input", "date"):
            wanted["date"] = check_day(day)
    if (amount := changes.get("amount")) is not None:
        wanted["amount"] = checked_amount(amount, row.currency).amount
    if "description" in changes:
        written = changes["description"]
        wanted["description"] = row.original_description if written is None else checked_description(written)
        wanted["described_by_person"] = written is not None or row.source_id is None
    if "notes" in changes:
        wanted["notes"] = checked_notes(changes["notes"])
    if "tags" in changes:
        wanted["tags"] = checked_tags(changes["tags"])
    if "is_excluded" in changes:
        wanted["is_excluded"] = bool(changes["is_excluded"])
    return wanted


def _refuse_changing_the_banks_word(row: Transaction, wanted: dict[str, Any]) -> None:
    for name in ("date", "amount"):
        if row.source_id is not None and name in wanted and wanted[name] != getattr(row, name):
            raise not_allowed(f"The {name} of a bank's transaction cannot be changed.", "input", name)


def _reads_otherwise(row: Transaction, wanted: dict[str, Any]) -> bool:
    """Whether one that a person typed now tells of another merchant or direction."""
    if row.source_id is not None or (row.merchant_id is None and row.categorized_by == CategorySource.PERSON):
        return False
    turned: bool = (wanted.get("amount", row.amount) > 0) != (row.amount > 0)
    return turned or row.description != wanted.get("description", row.description)


async def _categorised_anew(unit: Unit, row: Transaction, wanted: dict[str, Any]) -> dict[str, Any]:
    description, amount = wanted.get("description", row.description), wanted.get("amount", row.amount)
    (found,) = await categorise(unit, [Uncategorised(description, amount, row.currency)])
    if row.categorized_by == CategorySource.PERSON:
        return {"merchant_id": found.merchant_id}
    return {
        "merchant_id": found.merchant_id,
        "category_id": found.decision.category_id,
        "categorized_by": found.decision.source.value,
        "confidence": found.decision.confidence,
    }
