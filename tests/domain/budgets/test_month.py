"""The budget page of one month."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.budgets.coverage import ExpenseTree
from domain.budgets.month import (
    BudgetMonth,
    SpentByMonth,
    budget_month,
    first_month_to_sum,
    part_of_limit,
    part_of_months,
    planned_in,
)
from domain.budgets.rules import BudgetPlan, BudgetState, RolloverMode, rolled_over
from domain.money import Money, from_minor_units, parse_amount, total, zero
from domain.periods import BudgetPeriod, Days, Month, month_of

LIVING, FOOD, COFFEE, RENT, REPAYMENT, INCOME = (UUID(int=number) for number in range(1, 7))
# Living > (Food > Coffee, Rent, Repayment); Repayment is a transfer.
TREE = ExpenseTree(
    {LIVING: None, FOOD: LIVING, COFFEE: FOOD, RENT: LIVING, REPAYMENT: LIVING, INCOME: None},
    {LIVING, FOOD, COFFEE, RENT},
)
NOVEMBER = Month(2026, 11)


def usd(text: str) -> Money:
    return parse_amount(text, "USD")


def plan(
    category: UUID,
    limit: str,
    period: BudgetPeriod = BudgetPeriod.MONTHLY,
    starts_on: date = date(2026, 11, 1),
    ends_on: date | None = None,
    rollover: RolloverMode = RolloverMode.NONE,
) -> BudgetPlan:
    return BudgetPlan(UUID(int=starts_on.toordinal()), category, period, usd(limit), rollover, starts_on, ends_on)


def page(budgets: list[BudgetPlan], spent: SpentByMonth, month: Month = NOVEMBER) -> BudgetMonth:
    return budget_month(month, TREE, budgets, usd("2000"), spent)


def in_november(**spent: str) -> SpentByMonth:
    return {globals()[name.upper()]: {NOVEMBER.first_day: usd(text)} for name, text in spent.items()}


def test_a_budget_covers_its_category_and_every_expense_below() -> None:
    assert TREE.covered_by(LIVING) == {LIVING, FOOD, COFFEE, RENT}
    assert TREE.covered_by(FOOD) == {FOOD, COFFEE}


def test_an_expense_below_another_kind_is_still_covered() -> None:
    tree = ExpenseTree({LIVING: None, REPAYMENT: LIVING, COFFEE: REPAYMENT}, {LIVING, COFFEE})

    assert tree.covered_by(LIVING) == {LIVING, COFFEE}


def test_a_ring_of_parents_ends() -> None:
    tree = ExpenseTree({FOOD: COFFEE, COFFEE: FOOD}, {FOOD, COFFEE})

    assert tree.covered_by(FOOD) == tree.above(FOOD) == {FOOD, COFFEE}


def test_a_line_adds_up_what_lies_below_it() -> None:
    lines = page([plan(FOOD, "300")], in_november(food="120.10", coffee="30.05")).lines

    assert [line.category_id for line in lines] == [FOOD, COFFEE]
    assert (lines[0].planned, lines[0].spent, lines[0].remaining) == (usd("300"), usd("150.15"), usd("149.85"))
    assert lines[0].state is BudgetState.ON_TRACK


def test_spending_without_a_budget_has_a_line_of_its_own_amount() -> None:
    lines = page([], in_november(food="120", coffee="30")).lines

    assert [(line.category_id, line.budget_id, line.spent) for line in lines] == [
        (FOOD, None, usd("120")),
        (COFFEE, None, usd("30")),
    ]
    assert (lines[0].planned, lines[0].remaining, lines[0].state) == (usd("0"), usd("-120"), BudgetState.ON_TRACK)


def test_totals_count_every_amount_once_in_the_outermost_line() -> None:
    # Living holds everything; Food's budget is a part of Living's.
    month = page([plan(LIVING, "1000"), plan(FOOD, "300")], in_november(food="120", coffee="30", rent="700"))

    assert (month.planned, month.spent, month.remaining) == (usd("1000"), usd("850"), usd("150"))
    assert [line.category_id for line in month.lines] == [LIVING, FOOD, COFFEE, RENT]


def test_an_unbudgeted_parent_holds_nothing_of_its_children() -> None:
    month = page([plan(COFFEE, "50")], in_november(living="5", food="120", coffee="30"))

    assert (month.planned, month.spent, month.remaining) == (usd("50"), usd("155"), usd("-105"))


def test_neither_income_nor_transfers_have_lines() -> None:
    month = page([plan(INCOME, "10"), plan(REPAYMENT, "10")], in_november(income="5", repayment="7"))

    assert month.lines == []
    assert (month.income, month.spent, month.planned) == (usd("2000"), usd("0"), usd("0"))


def test_a_sum_of_zero_is_no_spending() -> None:
    assert page([], in_november(food="0")).lines == []


def test_a_budget_without_spending_has_a_line() -> None:
    (line,) = page([plan(FOOD, "300")], {}).lines

    assert (line.spent, line.remaining) == (usd("0"), usd("300"))


def test_months_before_the_start_and_after_the_end_have_no_line() -> None:
    budgets = [plan(FOOD, "300", starts_on=date(2026, 11, 30), ends_on=date(2026, 12, 1))]

    assert [len(page(budgets, {}, Month(2026, month)).lines) for month in (10, 11, 12)] == [0, 1, 1]
    assert page(budgets, {}, Month(2027, 1)).lines == []


def test_what_is_left_rolls_into_the_next_month_and_its_totals() -> None:
    budgets = [plan(FOOD, "100", starts_on=date(2026, 9, 1), rollover=RolloverMode.SURPLUS_AND_OVERSPEND)]
    spent = {
        # September leaves 40; October 100 + 40 - 150, so -10; November 100 - 10 - 80, so 10, and 80 of 90 is nearing.
        FOOD: {date(2026, 9, 1): usd("60"), date(2026, 11, 1): usd("80")},
        COFFEE: {date(2026, 10, 1): usd("150")},
    }

    month = page(budgets, spent)

    assert (month.rolled_over, month.remaining) == (usd("-10"), usd("10"))
    assert (month.lines[0].rolled_over, month.lines[0].state) == (usd("-10"), BudgetState.NEARING)


def test_an_annual_limit_falls_on_months_by_their_days() -> None:
    # 365.00 over 2026: a dollar a day.
    budget = plan(FOOD, "365", BudgetPeriod.ANNUAL, date(2026, 1, 15))

    parts = [planned_in([budget], Month(2026, month), "USD") for month in (1, 2, 12)]

    assert parts == [usd("31"), usd("28"), usd("31")]


def test_parts_are_rounded_so_that_they_add_up() -> None:
    # 100.00 over ten days from November 27 on: four days and six, 40.00 and 60.00; 0.01 goes to the larger part.
    ten_days = (date(2026, 11, 27), date(2026, 12, 6))

    for limit, parts in (("100", ["40", "60"]), ("0.01", ["0", "0.01"]), ("0.33", ["0.13", "0.20"])):
        budget = plan(FOOD, limit, BudgetPeriod.ONCE, *ten_days)
        assert [planned_in([budget], month, "USD") for month in (NOVEMBER, Month(2026, 12))] == [
            usd(text) for text in parts
        ]


def test_weeks_fall_on_a_month_whole_and_cut() -> None:
    # Weeks from Monday 2026-11-02: four whole ones until the 29th, and one day of seven of the fifth.
    assert planned_in([plan(FOOD, "70", BudgetPeriod.WEEKLY, date(2026, 11, 2))], NOVEMBER, "USD") == usd("290")


def test_a_monthly_limit_is_whole_also_where_the_budget_starts_or_ends_within_the_month() -> None:
    assert planned_in([plan(FOOD, "70", starts_on=date(2026, 11, 30))], NOVEMBER, "USD") == usd("70")
    assert planned_in([plan(FOOD, "70", ends_on=date(2026, 11, 1))], NOVEMBER, "USD") == usd("70")


def test_a_budget_that_replaces_another_in_the_middle_of_a_month_replaces_its_plan() -> None:
    old, new = plan(FOOD, "500", ends_on=date(2026, 11, 15)), plan(FOOD, "600", starts_on=date(2026, 11, 16))

    (line,) = page([new, old], {}).lines

    assert (line.planned, line.budget_id) == (usd("600"), new.id)


def test_two_budgets_for_once_in_one_month_add_up() -> None:
    first = plan(FOOD, "100", BudgetPeriod.ONCE, date(2026, 11, 1), date(2026, 11, 10))
    second = plan(FOOD, "200", BudgetPeriod.ONCE, date(2026, 11, 20), date(2026, 11, 30))

    (line,) = page([first, second], in_november(food="250")).lines

    assert (line.planned, line.remaining, line.budget_id) == (usd("300"), usd("50"), second.id)


def test_what_follows_a_monthly_budget_for_once_takes_its_days_only() -> None:
    # Fifteen of November's thirty days are left to the monthly one.
    old = plan(FOOD, "300", ends_on=date(2026, 11, 15))
    event = plan(FOOD, "80", BudgetPeriod.ONCE, date(2026, 11, 16), date(2026, 11, 30))

    assert planned_in([old, event], NOVEMBER, "USD") == usd("230")


def test_the_past_is_needed_from_the_start_of_a_budget_that_hands_on() -> None:
    since_may = plan(FOOD, "1", starts_on=date(2026, 5, 20), rollover=RolloverMode.SURPLUS)
    since_january = plan(RENT, "1", starts_on=date(2026, 1, 1))
    ended = plan(COFFEE, "1", starts_on=date(2025, 1, 1), ends_on=date(2025, 12, 31), rollover=RolloverMode.SURPLUS)

    assert first_month_to_sum([since_may, since_january, ended], NOVEMBER) == Month(2026, 5)
    assert first_month_to_sum([since_january], NOVEMBER) == NOVEMBER


@given(
    st.sampled_from([BudgetPeriod.WEEKLY, BudgetPeriod.ANNUAL, BudgetPeriod.ONCE]),
    st.integers(0, 10**7),
    st.dates(date(1999, 1, 1), date(2030, 1, 1)),
    st.integers(0, 800),
)
def test_the_parts_of_a_period_add_up_to_its_limit(period: BudgetPeriod, limit: int, start: date, length: int) -> None:
    ends_on = start + timedelta(days=length) if period is BudgetPeriod.ONCE else None
    budget = BudgetPlan(UUID(int=1), FOOD, period, from_minor_units(limit, "JPY"), RolloverMode.NONE, start, ends_on)
    whole = budget.period_on(start)
    assert whole is not None
    months = [month_of(whole.first).plus(n) for n in range(month_of(whole.first).until(month_of(whole.last)) + 1)]

    cuts = [common for month in months if (common := whole.common(month.days))]

    assert total((part_of_limit(budget, cut) for cut in cuts), "JPY") == budget.limit
    assert all(part_of_limit(budget, cut) >= zero("JPY") for cut in cuts)


@given(
    st.lists(st.sampled_from([LIVING, FOOD, COFFEE, RENT]), unique=True),
    st.dictionaries(st.sampled_from([LIVING, FOOD, COFFEE, RENT]), st.integers(-(10**6), 10**6)),
    st.sampled_from(list(RolloverMode)),
)
def test_the_totals_spent_are_all_spending_whatever_is_budgeted(
    budgeted: list[UUID], units: dict[UUID, int], rollover: RolloverMode
) -> None:
    spent = {category: {NOVEMBER.first_day: from_minor_units(amount, "USD")} for category, amount in units.items()}

    month = page([plan(category, "10", rollover=rollover) for category in budgeted], spent)

    assert month.spent == from_minor_units(sum(units.values()), "USD")
    assert month.remaining == month.planned + month.rolled_over - month.spent
    assert all(line.remaining == line.planned + line.rolled_over - line.spent for line in month.lines)


@given(
    st.sampled_from(list(BudgetPeriod)),
    st.dates(date(2025, 1, 1), date(2026, 12, 31)),
    st.integers(0, 800),
    st.integers(0, 30),
    st.integers(0, 30),
)
def test_whole_months_have_the_part_of_their_days(
    period: BudgetPeriod, start: date, length: int, first: int, more: int
) -> None:
    budget = plan(FOOD, "99.99", period, start, start + timedelta(days=length))
    months = Month(2025, 1).plus(first), Month(2025, 1).plus(first + more)

    assert part_of_months(budget, *months) == part_of_limit(budget, Days(months[0].first_day, months[1].days.last))


@pytest.mark.parametrize("cut", range(1, 30))
def test_a_month_cut_anywhere_gives_the_same_sum(cut: int) -> None:
    budget = plan(FOOD, "99.99", BudgetPeriod.WEEKLY, date(2026, 10, 29))
    middle = date(2026, 11, cut)

    first = part_of_limit(budget, Days(date(2026, 11, 1), middle))
    second = part_of_limit(budget, Days(middle + timedelta(days=1), date(2026, 11, 30)))

    assert first + second == part_of_limit(budget, NOVEMBER.days)


@given(
    st.sampled_from([BudgetPeriod.WEEKLY, BudgetPeriod.MONTHLY, BudgetPeriod.ANNUAL]),
    st.sampled_from(list(RolloverMode)),
    st.integers(0, 20000),
    st.dates(date(2025, 1, 1), date(2026, 11, 30)),
    st.dictionaries(st.integers(0, 23), st.integers(-20000, 60000), max_size=8),
)
def test_what_rolls_in_is_what_each_month_by_itself_hands_on(
    period: BudgetPeriod, mode: RolloverMode, limit: int, start: date, units: dict[int, int]
) -> None:
    budget = BudgetPlan(UUID(int=9), FOOD, period, from_minor_units(limit, "USD"), mode, start)
    spent = {Month(2025, 1).plus(n).first_day: from_minor_units(amount, "USD") for n, amount in units.items()}

    carried, month = zero("USD"), month_of(start)
    while month < NOVEMBER:
        left = planned_in([budget], month, "USD") + carried - spent.get(month.first_day, zero("USD"))
        carried, month = rolled_over(mode, left), month.plus(1)

    assert page([budget], {COFFEE: spent}).lines[0].rolled_over == carried
