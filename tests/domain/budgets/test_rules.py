"""One budget over its periods."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.budgets.rules import (
    BudgetPlan,
    BudgetProblem,
    BudgetState,
    RolloverMode,
    budget_state,
    budget_status,
    check_days,
    check_limit,
    days_to_sum,
    overlap,
    rolled_over,
)
from domain.money import Money, from_minor_units, parse_amount, total
from domain.periods import BudgetPeriod, Days, Month, PeriodProblem
from tests.domain.periods import periods_from


def usd(text: str) -> Money:
    return parse_amount(text, "USD")


def monthly(rollover: RolloverMode, limit: str = "100", ends_on: date | None = None) -> BudgetPlan:
    return BudgetPlan(UUID(int=1), UUID(int=2), BudgetPeriod.MONTHLY, usd(limit), rollover, date(2026, 1, 10), ends_on)


# February's in two days; January's under a day before the budget's own, but within its first period.
SPENT = {
    date(2026, 1, 1): usd("60"),
    date(2026, 2, 1): usd("100"),
    date(2026, 2, 28): usd("90"),
    date(2026, 3, 31): usd("30"),
}


@pytest.mark.parametrize(
    ("rollover", "carried"),
    [
        # January leaves 40; February 100 + 40 - 190 = -50; March 100 - 50 - 30 = 20.
        (RolloverMode.SURPLUS_AND_OVERSPEND, ["0", "40", "-50", "20"]),
        # The overspend of February is forgotten: March leaves 100 + 0 - 30 = 70.
        (RolloverMode.SURPLUS, ["0", "40", "0", "70"]),
        (RolloverMode.NONE, ["0", "0", "0", "0"]),
    ],
)
def test_each_period_hands_on_what_its_mode_says(rollover: RolloverMode, carried: list[str]) -> None:
    budget = monthly(rollover)

    statuses = [budget_status(budget, date(2026, month, 15), SPENT) for month in (1, 2, 3, 4)]

    assert [status.rolled_over for status in statuses if status] == [usd(text) for text in carried]


def test_a_status_tells_the_whole_period() -> None:
    status = budget_status(monthly(RolloverMode.SURPLUS), date(2026, 2, 3), SPENT)

    assert status is not None
    assert status.days == Days(date(2026, 2, 1), date(2026, 2, 28))
    assert (status.limit, status.rolled_over, status.spent) == (usd("100"), usd("40"), usd("190"))
    assert (status.remaining, status.state) == (usd("-50"), BudgetState.OVER)


def test_a_surplus_grows_over_quiet_periods() -> None:
    status = budget_status(monthly(RolloverMode.SURPLUS), date(2026, 12, 1), {})

    assert status is not None
    assert (status.rolled_over, status.remaining) == (usd("1100"), usd("1200"))


def test_refunds_that_outweigh_add_to_what_remains() -> None:
    status = budget_status(monthly(RolloverMode.NONE), date(2026, 1, 15), {date(2026, 1, 20): usd("-20")})

    assert status is not None
    assert (status.remaining, status.state) == (usd("120"), BudgetState.ON_TRACK)


@pytest.mark.parametrize("day", [date(2026, 1, 9), date(2026, 3, 6)])
def test_outside_its_days_a_budget_has_no_status(day: date) -> None:
    budget = monthly(RolloverMode.SURPLUS, ends_on=date(2026, 3, 5))

    assert budget_status(budget, day, SPENT) is None
    assert days_to_sum(budget, day) is None


def test_only_a_budget_that_hands_on_needs_the_past() -> None:
    day = date(2026, 3, 20)

    assert days_to_sum(monthly(RolloverMode.NONE), day) == Month(2026, 3).days
    assert days_to_sum(monthly(RolloverMode.SURPLUS), day) == Days(date(2026, 1, 1), date(2026, 3, 31))


def test_a_weekly_budget_rolls_from_week_to_week() -> None:
    # Weeks from Wednesday 2026-11-04: 70 - 50 leaves 20, then 70 + 20 - 100 leaves -10.
    budget = BudgetPlan(
        UUID(int=1),
        UUID(int=2),
        BudgetPeriod.WEEKLY,
        usd("70"),
        RolloverMode.SURPLUS_AND_OVERSPEND,
        date(2026, 11, 4),
    )
    spent = {date(2026, 11, 10): usd("50"), date(2026, 11, 11): usd("100"), date(2026, 11, 24): usd("5")}

    status = budget_status(budget, date(2026, 11, 20), spent)

    assert status is not None
    assert status.days == Days(date(2026, 11, 18), date(2026, 11, 24))
    assert (status.rolled_over, status.remaining) == (usd("-10"), usd("55"))


@pytest.mark.parametrize(
    ("available", "spent", "state"),
    [
        ("100", "84.99", BudgetState.ON_TRACK),
        ("100", "85", BudgetState.NEARING),
        ("100", "100", BudgetState.NEARING),
        ("100", "100.01", BudgetState.OVER),
        ("0.01", "0", BudgetState.ON_TRACK),
        ("0", "0", BudgetState.ON_TRACK),
        ("0", "0.01", BudgetState.OVER),
        ("0", "-5", BudgetState.ON_TRACK),
        ("-50", "0", BudgetState.OVER),
        ("-50", "-50", BudgetState.ON_TRACK),
        ("-50", "-49.99", BudgetState.OVER),
    ],
)
def test_the_state_follows_from_what_there_was_and_what_was_spent(
    available: str, spent: str, state: BudgetState
) -> None:
    assert budget_state(usd(available), usd(spent)) is state


def test_a_negative_limit_is_refused_and_zero_is_a_plan() -> None:
    check_limit(usd("0"))
    with pytest.raises(BudgetProblem, match="negative"):
        check_limit(usd("-0.01"))


def test_a_budget_may_end_on_the_day_it_starts() -> None:
    check_days(BudgetPeriod.ONCE, date(2026, 1, 1), date(2026, 1, 1))


def test_a_budget_that_ends_before_it_starts_is_refused() -> None:
    with pytest.raises(BudgetProblem, match="before it starts"):
        check_days(BudgetPeriod.MONTHLY, date(2026, 1, 2), date(2026, 1, 1))


def test_once_needs_an_end() -> None:
    with pytest.raises(BudgetProblem, match="needs a day"):
        check_days(BudgetPeriod.ONCE, date(2026, 1, 2), None)


@pytest.mark.parametrize(("starts_on", "ends_on"), [(date(1, 1, 1), None), (date(2026, 1, 1), date(9999, 12, 31))])
def test_days_beyond_reason_are_refused(starts_on: date, ends_on: date | None) -> None:
    with pytest.raises(PeriodProblem, match="1900 to 2999"):
        check_days(BudgetPeriod.MONTHLY, starts_on, ends_on)


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "expected"),
    [
        (date(2026, 3, 6), None, False),
        (date(2026, 3, 5), None, True),
        (date(2025, 1, 1), date(2026, 1, 9), False),
        (date(2025, 1, 1), date(2026, 1, 10), True),
        (date(2025, 1, 1), None, True),
    ],
)
def test_two_budgets_overlap_where_a_day_has_both(starts_on: date, ends_on: date | None, expected: bool) -> None:
    existing = monthly(RolloverMode.NONE, ends_on=date(2026, 3, 5))

    assert overlap(starts_on, ends_on, existing) is expected


@given(
    st.sampled_from([BudgetPeriod.WEEKLY, BudgetPeriod.MONTHLY, BudgetPeriod.ANNUAL]),
    st.sampled_from(list(RolloverMode)),
    st.integers(0, 20_000),
    st.dictionaries(st.integers(0, 900), st.integers(-20_000, 60_000), max_size=10),
)
def test_what_rolls_in_is_what_each_period_by_itself_hands_on(
    period: BudgetPeriod, mode: RolloverMode, limit: int, units: dict[int, int]
) -> None:
    start = date(2024, 2, 29)
    on = start + timedelta(days=900)
    budget = BudgetPlan(UUID(int=1), UUID(int=2), period, from_minor_units(limit, "USD"), mode, start)
    spent = {start + timedelta(days=offset): from_minor_units(amount, "USD") for offset, amount in units.items()}

    carried = usd("0")
    for each in list(periods_from(period, start, on))[:-1]:
        outgone = total((amount for day, amount in spent.items() if day in each), "USD")
        carried = rolled_over(mode, budget.limit + carried - outgone)
    status = budget_status(budget, on, spent)

    assert status is not None
    assert status.rolled_over == carried
    assert status.remaining == status.limit + status.rolled_over - status.spent


@given(st.integers(0, 10**9), st.dictionaries(st.integers(0, 2000), st.integers(-(10**6), 10**9), max_size=12))
def test_with_both_handed_on_nothing_is_ever_lost(limit: int, units: dict[int, int]) -> None:
    start = date(2024, 3, 1)
    mode = RolloverMode.SURPLUS_AND_OVERSPEND
    budget = BudgetPlan(UUID(int=1), UUID(int=2), BudgetPeriod.WEEKLY, from_minor_units(limit, "USD"), mode, start)
    spent = {start + timedelta(days=offset): from_minor_units(amount, "USD") for offset, amount in units.items()}

    status = budget_status(budget, start + timedelta(days=7 * 286), spent)

    assert status is not None
    assert status.remaining == from_minor_units(limit * 287, "USD") - total(spent.values(), "USD")
