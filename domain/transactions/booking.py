"""What follows from a transaction that comes, changes or goes: the sums, and the balance of an account kept by hand."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Self
from uuid import UUID

from domain.accounts.balances import move_balance
from domain.accounts.models import Account
from domain.spending.commands import SpendingDelta, change_spending
from domain.transactions.models import Transaction
from runtime.unit import Unit


@dataclass(frozen=True, slots=True)
class Booked:
    """As much of a transaction as sums and balances depend on."""

    account_id: UUID
    category_id: UUID
    currency: str
    date: date
    amount: Decimal
    counts: bool

    @classmethod
    def of(cls, row: Transaction) -> Self:
        # `counts` of the row is the database's, and old once the row was changed here.
        return cls(row.account_id, row.category_id, row.currency, row.date, row.amount, not row.is_excluded)


def move_spending(unit: Unit, before: Booked | None, after: Booked | None) -> None:
    """From what a transaction was, if it was there, to what it is, if it still is."""
    change_spending(unit, [*_deltas(before, -1), *_deltas(after, 1)])


def _deltas(booked: Booked | None, sign: int) -> Iterator[SpendingDelta]:
    if booked is not None and booked.counts:
        yield SpendingDelta(
            booked.account_id, booked.category_id, booked.currency, booked.date, sign * booked.amount, sign
        )


async def move_kept_balance(unit: Unit, account: Account, delta: Decimal) -> None:
    """An account kept by hand moves with its transactions; a linked one's balance is the bank's word."""
    if account.bank_link_id is None:
        await move_balance(unit, account.id, delta)
