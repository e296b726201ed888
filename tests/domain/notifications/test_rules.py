"""What is told of a budget's period."""

from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest

from domain.budgets.rules import BudgetPlan, RolloverMode, budget_status
from domain.money import Money
from domain.notifications.rules import BudgetWarning, warning_of
from domain.periods import BudgetPeriod

BUDGET = UUID(int=7)
JANUARY, FEBRUARY = date(2026, 1, 31), date(2026, 2, 28)


def dollars(amount: str) -> Money:
    return Money(Decimal(amount), "USD")


def told(limit: str, spent: dict[date, str], on: date, mode: RolloverMode = RolloverMode.NONE) -> BudgetWarning | None:
    plan = BudgetPlan(BUDGET, UUID(int=1), BudgetPeriod.MONTHLY, dollars(limit), mode, date(2026, 1, 1))
    status = budget_status(plan, on, {day: dollars(amount) for day, amount in spent.items()})
    assert status is not None
    return warning_of(BUDGET, "Food", status)


@pytest.mark.parametrize(
    ("limit", "spent", "kind"),
    [
        ("100", "84.99", None),
        ("100", "85.00", "BUDGET_NEARING"),
        ("100", "100.00", "BUDGET_NEARING"),
        ("100", "100.01", "BUDGET_EXCEEDED"),
        ("0", "0.00", None),
        ("0", "0.01", "BUDGET_EXCEEDED"),
        ("100", "-5.00", None),
    ],
)
def test_from_85_percent_and_above_all(limit: str, spent: str, kind: str | None) -> None:
    found = told(limit, {JANUARY: spent}, JANUARY)

    assert (found and found.kind) == kind


def test_the_words_and_the_key() -> None:
    found = told("100", {JANUARY: "90"}, JANUARY)

    assert found == BudgetWarning(
        "BUDGET_NEARING",
        BUDGET,
        "2026-01-01",
        "Food: 85 % of the budget is spent",
        "90.00 USD of 100.00 USD is spent from 2026-01-01 to 2026-01-31: 10.00 USD is left.",
    )
    assert found.key(found.kind) == f"BUDGET_NEARING:{BUDGET}:2026-01-01"


def test_what_was_carried_in_tells_nothing_until_something_is_spent() -> None:
    carried = {JANUARY: "250"}

    assert told("100", carried, FEBRUARY, RolloverMode.SURPLUS_AND_OVERSPEND) is None
    found = told("100", {**carried, FEBRUARY: "1"}, FEBRUARY, RolloverMode.SURPLUS_AND_OVERSPEND)
    assert found is not None
    assert found.body == "1.00 USD is spent from 2026-02-01 to 2026-02-28: 51.00 USD more than there was."
