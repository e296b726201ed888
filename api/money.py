"""Money in the graph: an exact amount in one currency. The run-time value is domain.money.Money."""

from decimal import Decimal
from typing import Any

import strawberry

from api.fields import Part, Parts, column, value
from api.scalars import CurrencyCode
from api.scopes import requires
from domain import money
from domain.mistakes import invalid_at


@requires("any")
@strawberry.type(description="An exact amount in one currency.")
class Money:
    amount: Decimal = column("With exactly the currency's minor digits.")
    currency: CurrencyCode = column("The currency it is in.")


@strawberry.input(description="An exact amount in one currency.")
class MoneyInput:
    amount: Decimal = strawberry.field(description="At most as many digits behind the point as the currency has.")
    currency: CurrencyCode = strawberry.field(description="The currency it is in.")


def read_money(given: MoneyInput, *path: str) -> money.Money:
    """The amount of an input. INVALID at `path` + amount for more digits than the currency has, or too large."""
    with invalid_at("input", *path, "amount"):
        return money.amount_of(given.amount, given.currency)


def money_of(description: str, amount: str, currency: str) -> Any:
    """A field of type Money (or Money | None, where the column may be null) made of two columns of the row."""
    parts = Parts(
        present=amount,
        fields={
            "amount": Part((amount, currency), frozenset([amount]), money.exact_text),
            "currency": Part((currency,)),
        },
    )
    return value(description, _money, amount, currency, parts=parts)


def _money(amount: Decimal | None, currency: str) -> money.Money | None:
    return None if amount is None else money.Money(amount, currency)
