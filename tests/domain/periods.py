"""Budgets' periods, one after the other."""

from collections.abc import Iterator
from datetime import date, timedelta

from domain.periods import BudgetPeriod, Days, period_containing


def periods_from(period: BudgetPeriod, starts_on: date, ends_on: date) -> Iterator[Days]:
    """Of a budget for these days, oldest first."""
    day = starts_on
    while day <= ends_on:
        found = period_containing(period, starts_on, ends_on, day)
        assert found is not None
        yield found
        day = found.last + timedelta(days=1)
