"""Money and texts of changed objects, for endpoints whose person allowed it: as they are when the message is sent."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from domain.accounts.queries import accounts_by_ids
from domain.changes.lines import Line
from domain.money import Money
from domain.transactions.queries import transactions_by_ids
from domain.webhook_endpoints.subjects import SUBJECTS
from runtime.public_ids import encode
from runtime.reader import Reader


async def values_of(reader: Reader, lines: Sequence[Line]) -> dict[str, dict[str, Any]]:
    """By the object's id. Transactions and accounts only; without those that are gone, or may not be seen."""
    transactions = await transactions_by_ids(reader, _ids(lines, "Transaction"))
    accounts = await accounts_by_ids(reader, _ids(lines, "Account"))
    return {
        **{_written("Transaction", id): _of_transaction(row) for id, row in transactions.items()},
        **{_written("Account", id): _of_account(row) for id, row in accounts.items()},
    }


def _ids(lines: Sequence[Line], subject: str) -> list[UUID]:
    return list({id: None for line in lines if line.subject == subject for id in line.ids})


def _written(subject: str, id: UUID) -> str:
    return encode(SUBJECTS[subject][0], id)


def _of_transaction(row: Any) -> dict[str, Any]:
    return {
        "accountId": _written("Account", row.account_id),
        "date": row.date,
        "amount": _money(row.amount, row.currency),
        "description": row.description,
        "status": row.status,
    }


def _of_account(row: Any) -> dict[str, Any]:
    return {
        "name": row.name,
        "type": row.type,
        "balance": _money(row.balance, row.currency),
    }


def _money(amount: Decimal, currency: str) -> dict[str, str]:
    return {"amount": str(Money(amount, currency).amount), "currency": currency}
