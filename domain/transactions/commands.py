"""Booking by hand, changing and deleting transactions, and choosing their category."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select

from domain.accounts.commands import locked_account
from domain.categories.commands import make_rule, require_category
from domain.categories.rules import rule_words
from domain.categories.source import CategorySource
from domain.events import TransactionCategorized, TransactionsAdded, TransactionsRemoved
from domain.mistakes import invalid, invalid_at, not_allowed, not_found
from domain.money import Money, amount_of, format_amount
from domain.periods import check_day
from domain.transactions.booking import Booked, move_kept_balance, move_spending
from domain.transactions.categorising import Uncategorised, categorise
from domain.transactions.marks import checked_description, checked_notes, checked_tags
from domain.transactions.models import Transaction
from runtime.ids import new_id
from runtime.unit import Unit


async def create_transaction(
    unit: Unit,
    *,
    account_id: UUID,
    date: date,
    amount: Decimal,
    description: str,
    category_id: UUID | None = None,
    notes: str | None = None,
    tags: Sequence[str] | None = None,
) -> UUID:
    """A posted transaction, typed by a person. Without a category it gets one as the bank's do.

    Moves the balance of an account kept by hand. NOT_ALLOWED on a closed account.
    """
    description, notes, tags = checked_description(description), checked_notes(notes), checked_tags(tags)
    with invalid_at("input", "date"):
        check_day(date)
    account = await locked_account(unit, account_id, "input", "accountId")
    if account.closed_at is not None:
        raise not_allowed("The account is closed.", "input", "accountId")
    money = checked_amount(amount, account.currency)
    if category_id is not None:
        await require_category(unit, category_id, "input", "categoryId")
    (found,) = await categorise(unit, [Uncategorised(description, money.amount, money.currency)])
    source = CategorySource.PERSON if category_id is not None else found.decision.source
    row = Transaction(
        household_id=unit.household_id,
        id=new_id(),
        account_id=account.id,
        date=date,
        amount=money.amount,
        currency=money.currency,
        status="POSTED",
        description=description,
        original_description=description,
        merchant_id=found.merchant_id,
        category_id=category_id or found.decision.category_id,
        categorized_by=source.value,
        confidence=None if category_id is not None else found.decision.confidence,
        notes=notes,
        tags=tags,
        described_by_person=True,
        is_excluded=False,
        created_at=unit.at,
    )
    unit.session.add(row)
    await unit.session.flush()
    move_spending(unit, None, Booked.of(row))
    unit.record(TransactionsAdded(ids=[row.id], account_id=account.id))
    await move_kept_balance(unit, account, row.amount)
    return row.id


async def delete_transaction(unit: Unit, transaction_id: UUID) -> UUID:
    """Gone, and out of every sum and balance. NOT_ALLOWED for a bank's (exclude it) and on a closed account."""
    account = await locked_account(unit, await account_of(unit, transaction_id), "input", "transactionId")
    row = await locked_transaction(unit, transaction_id)
    if row.source_id is not None:
        raise not_allowed("A bank's transaction cannot be deleted: exclude it.", "input", "transactionId")
    if account.closed_at is not None:
        raise not_allowed("The account is closed.", "input", "transactionId")
    amount = format_amount(Money(row.amount, row.currency))
    before = {"date": row.date, "amount": amount, "description": row.description}
    move_spending(unit, Booked.of(row), None)
    await unit.session.delete(row)
    unit.record(TransactionsRemoved(ids=[row.id], account_id=account.id, data={"before": before}))
    await move_kept_balance(unit, account, -row.amount)
    return row.id


async def categorize_transaction(unit: Unit, transaction_id: UUID, category_id: UUID, *, always: bool = False) -> UUID:
    """A person's choice, which the system never changes. `always` makes a rule for later transactions as well:
    for the merchant, or where there is none for the words that the transaction came with.

    INVALID where neither can be told; NOT_ALLOWED for a third party that is narrowed to some accounts.
    """
    if always and unit.viewer.account_ids is not None:
        raise not_allowed("A rule is for all accounts: some are not enough.", "input", "always")
    row = await locked_transaction(unit, transaction_id)
    await require_category(unit, category_id, "input", "categoryId")
    before = Booked.of(row)
    changes = {"category_id": category_id, "categorized_by": CategorySource.PERSON.value}
    changed = {
        column: {"before": getattr(row, column), "after": value}
        for column, value in changes.items()
        if value != getattr(row, column)
    }
    row.category_id, row.categorized_by, row.confidence = category_id, CategorySource.PERSON.value, None
    if changed:
        move_spending(unit, before, Booked.of(row))
        unit.record(TransactionCategorized(ids=[row.id], account_id=row.account_id, data=changed))
    if always:
        words = " ".join(rule_words(row.original_description))
        if row.merchant_id is None and not words:
            raise invalid("No rule can be made of a description without words.", "input", "always")
        await make_rule(
            unit,
            category_id=category_id,
            merchant_id=row.merchant_id,
            words=words if row.merchant_id is None else None,
        )
    return row.id


async def account_of(unit: Unit, transaction_id: UUID) -> UUID:
    """Which account a transaction is on: that never changes, so that the account can be locked first. NOT_FOUND."""
    statement = select(Transaction.account_id).where(
        Transaction.household_id == unit.household_id, Transaction.id == transaction_id
    )
    if (account_id := (await unit.session.scalars(statement)).one_or_none()) is None:
        raise not_found("There is no such transaction.", "input", "transactionId")
    return account_id


async def locked_transaction(unit: Unit, transaction_id: UUID) -> Transaction:
    """Which nobody else changes until the unit ends. NOT_FOUND, and NOT_ALLOWED on an account that is shared to look at
    only."""
    row = (
        await unit.session.scalars(
            select(Transaction)
            .where(Transaction.household_id == unit.household_id, Transaction.id == transaction_id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    ).one_or_none()
    if row is None:
        await account_of(unit, transaction_id)
        raise not_allowed("Its account is shared with you to look at, not to change.", "input", "transactionId")
    return row


def checked_amount(amount: Decimal, currency: str) -> Money:
    """Not zero: nothing moved is no transaction."""
    with invalid_at("input", "amount"):
        money = amount_of(amount, currency)
    if not money.amount:
        raise invalid("An amount of zero is no transaction.", "input", "amount")
    return money
