"""Sums made by hand of transactions as the API lists them, to hold the API's own sums against."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tests.end_to_end.bank import Line

Transactions = Iterable[dict[str, Any]]


def lines(transactions: Transactions) -> Counter[Line]:
    """What happened, in the bank's own words, however often it is there."""
    return Counter(
        Line(one["date"], Decimal(one["amount"]["amount"]), one["originalDescription"]) for one in transactions
    )


def in_month(transactions: Transactions, month: str) -> list[dict[str, Any]]:
    return [one for one in transactions if one["date"].startswith(month)]


def of_kind(transactions: Transactions, kind: str) -> Decimal:
    """The sum of their amounts, signed."""
    return sum((Decimal(one["amount"]["amount"]) for one in transactions if one["category"]["kind"] == kind), Decimal())


@dataclass
class Spent:
    amount: Decimal = Decimal()
    count: int = 0


def spent_by_category(transactions: Transactions) -> dict[str, Spent]:
    """Of expense categories, money out counted positive, each without those below it."""
    found: dict[str, Spent] = defaultdict(Spent)
    for one in transactions:
        if one["category"]["kind"] == "EXPENSE":
            spent = found[one["category"]["id"]]
            spent.amount -= Decimal(one["amount"]["amount"])
            spent.count += 1
    return dict(found)


def spent_within(transactions: Transactions, category_id: str) -> Decimal:
    """Of a category and the expense categories directly below it: the provider's tree has two levels."""
    return sum(
        (
            -Decimal(one["amount"]["amount"])
            for one in transactions
            if one["category"]["kind"] == "EXPENSE"
            and category_id in (one["category"]["id"], (one["category"]["parent"] or {}).get("id"))
        ),
        Decimal(),
    )
