"""Days, months, and the periods of budgets."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.periods import (
    BudgetPeriod,
    Days,
    Month,
    PeriodProblem,
    check_day,
    day_range,
    months_and_cuts,
    parse_month,
    period_containing,
)
from tests.domain.periods import periods_from

days = st.dates(date(1900, 1, 1), date(2999, 12, 31))


def nearby(day: date) -> st.SearchStrategy[date]:
    return st.integers(0, 1500).map(lambda offset: day + timedelta(days=offset))


def test_a_month_is_read_and_shown() -> None:
    assert parse_month("2026-11") == Month(2026, 11)
    assert str(Month(2026, 3)) == "2026-03"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-13",
        "2026-00",
        "2026-1",
        "26-11",
        "2026-11-01",
        "2026/11",
        " 2026-11",
        "2026-11\n",
        "\u0662\u0660\u0662\u0666-11",
    ],
)
def test_anything_else_is_no_month(text: str) -> None:
    with pytest.raises(PeriodProblem, match="A month is written as"):
        parse_month(text)


@pytest.mark.parametrize("text", ["0000-01", "1899-12", "3000-01", "9999-12"])
def test_a_month_beyond_reason_is_refused(text: str) -> None:
    with pytest.raises(PeriodProblem, match="1900 to 2999"):
        parse_month(text)


@pytest.mark.parametrize("day", [date(1, 1, 1), date(1899, 12, 31), date(3000, 1, 1), date.max])
def test_a_day_beyond_reason_is_refused(day: date) -> None:
    with pytest.raises(PeriodProblem, match="1900 to 2999"):
        check_day(day)


def test_a_range_the_wrong_way_round_is_refused() -> None:
    with pytest.raises(PeriodProblem, match="after"):
        day_range(date(2026, 11, 2), date(2026, 11, 1))


def test_a_range_beyond_reason_is_refused() -> None:
    with pytest.raises(PeriodProblem, match="1900 to 2999"):
        day_range(date(2026, 11, 2), date.max)


def test_a_range_includes_both_ends() -> None:
    range_ = Days(date(2026, 2, 27), date(2026, 3, 2))

    assert range_.count == 4
    assert [day.day for day in range_] == [27, 28, 1, 2]
    assert date(2026, 3, 2) in range_
    assert date(2026, 3, 3) not in range_


def test_what_two_ranges_have_in_common() -> None:
    november = Month(2026, 11).days

    assert november.common(Days(date(2026, 11, 30), date(2026, 12, 6))) == Days(date(2026, 11, 30), date(2026, 11, 30))
    assert november.common(Month(2026, 12).days) is None


def test_months_are_counted_over_the_turn_of_the_year() -> None:
    assert Month(2026, 11).plus(2) == Month(2027, 1)
    assert Month(2026, 1).plus(-1) == Month(2025, 12)
    assert Month(2025, 12).until(Month(2027, 1)) == 13


def test_february_knows_leap_years() -> None:
    assert [Month(year, 2).days.count for year in (2023, 2024, 2000, 1900)] == [28, 29, 29, 28]


def test_whole_months_and_what_is_cut_off_on_both_sides() -> None:
    whole, cuts = months_and_cuts(Days(date(2026, 1, 15), date(2026, 4, 10)))

    assert whole == (Month(2026, 2), Month(2026, 3))
    assert cuts == [Days(date(2026, 1, 15), date(2026, 1, 31)), Days(date(2026, 4, 1), date(2026, 4, 10))]


def test_exactly_whole_months_have_no_cuts() -> None:
    assert months_and_cuts(Days(date(2026, 1, 1), date(2026, 2, 28))) == ((Month(2026, 1), Month(2026, 2)), [])


@pytest.mark.parametrize("last", [date(2026, 1, 20), date(2026, 2, 10)])
def test_no_whole_month_is_one_cut(last: date) -> None:
    range_ = Days(date(2026, 1, 15), last)

    assert months_and_cuts(range_) == (None, [range_])


@given(days.flatmap(lambda first: st.tuples(st.just(first), nearby(first))))
def test_months_and_cuts_hold_every_day_once(ends: tuple[date, date]) -> None:
    range_ = Days(*ends)

    whole, cuts = months_and_cuts(range_)

    months = [whole[0].plus(offset) for offset in range(whole[0].until(whole[1]) + 1)] if whole else []
    pieces = sorted([month.days for month in months] + cuts)
    assert len(cuts) <= 2
    assert [day for piece in pieces for day in piece] == list(range_)


def test_a_weekly_period_begins_on_the_weekday_of_the_start() -> None:
    # 2026-11-04 is a Wednesday.
    found = period_containing(BudgetPeriod.WEEKLY, date(2026, 11, 4), None, date(2026, 11, 17))

    assert found == Days(date(2026, 11, 11), date(2026, 11, 17))


def test_a_monthly_period_is_the_calendar_month_also_that_of_a_start_in_its_middle() -> None:
    found = period_containing(BudgetPeriod.MONTHLY, date(2026, 11, 15), None, date(2026, 11, 20))

    assert found == Days(date(2026, 11, 1), date(2026, 11, 30))


def test_an_annual_period_is_twelve_months_from_that_of_the_start() -> None:
    year = Days(date(2026, 3, 1), date(2027, 2, 28))

    assert period_containing(BudgetPeriod.ANNUAL, date(2026, 3, 15), None, date(2026, 3, 15)) == year
    assert period_containing(BudgetPeriod.ANNUAL, date(2026, 3, 15), None, date(2027, 2, 28)) == year
    assert period_containing(BudgetPeriod.ANNUAL, date(2026, 3, 15), None, date(2027, 3, 1)) == Days(
        date(2027, 3, 1), date(2028, 2, 29)
    )


def test_once_is_from_start_to_end() -> None:
    found = period_containing(BudgetPeriod.ONCE, date(2026, 11, 5), date(2026, 12, 24), date(2026, 11, 5))

    assert found == Days(date(2026, 11, 5), date(2026, 12, 24))


def test_once_without_an_end_is_a_problem() -> None:
    with pytest.raises(PeriodProblem, match="needs a day"):
        period_containing(BudgetPeriod.ONCE, date(2026, 11, 5), None, date(2026, 11, 5))


@pytest.mark.parametrize("period", list(BudgetPeriod))
@pytest.mark.parametrize("day", [date(2026, 11, 14), date(2026, 12, 25)])
def test_outside_the_days_of_the_budget_there_is_no_period(period: BudgetPeriod, day: date) -> None:
    assert period_containing(period, date(2026, 11, 15), date(2026, 12, 24), day) is None


@given(st.sampled_from(list(BudgetPeriod)), days, st.integers(0, 2000), st.integers(0, 2000))
def test_periods_follow_each_other_without_gap_and_contain_their_days(
    period: BudgetPeriod, starts_on: date, length: int, offset: int
) -> None:
    ends_on = starts_on + timedelta(days=length)
    day = starts_on + timedelta(days=min(offset, length))

    found = period_containing(period, starts_on, ends_on, day)
    chain = list(periods_from(period, starts_on, ends_on))

    assert found is not None
    assert day in found
    assert found in chain
    assert starts_on in chain[0]
    assert ends_on in chain[-1]
    assert all(later.first - earlier.last == timedelta(days=1) for earlier, later in pairwise(chain))
