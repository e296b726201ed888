"""Reports are cut at the calendar's borders."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.intervals import MOST_POINTS, Interval, interval_points
from domain.periods import Days, PeriodProblem


def cut(first: date, last: date, interval: Interval) -> list[tuple[str, str]]:
    return [(point.first.isoformat(), point.last.isoformat()) for point in interval_points(Days(first, last), interval)]


def test_months_are_clipped_at_both_ends() -> None:
    assert cut(date(2026, 1, 15), date(2026, 3, 10), Interval.MONTH) == [
        ("2026-01-15", "2026-01-31"),
        ("2026-02-01", "2026-02-28"),
        ("2026-03-01", "2026-03-10"),
    ]


def test_weeks_begin_on_monday() -> None:
    # 2026-11-21 is a Saturday.
    assert cut(date(2026, 11, 21), date(2026, 11, 30), Interval.WEEK) == [
        ("2026-11-21", "2026-11-22"),
        ("2026-11-23", "2026-11-29"),
        ("2026-11-30", "2026-11-30"),
    ]


def test_quarters_are_the_calendars() -> None:
    assert cut(date(2026, 2, 1), date(2026, 10, 1), Interval.QUARTER) == [
        ("2026-02-01", "2026-03-31"),
        ("2026-04-01", "2026-06-30"),
        ("2026-07-01", "2026-09-30"),
        ("2026-10-01", "2026-10-01"),
    ]


def test_years_are_the_calendars() -> None:
    assert cut(date(2025, 12, 31), date(2026, 1, 1), Interval.YEAR) == [
        ("2025-12-31", "2025-12-31"),
        ("2026-01-01", "2026-01-01"),
    ]


def test_days_are_single() -> None:
    assert cut(date(2026, 2, 28), date(2026, 3, 1), Interval.DAY) == [
        ("2026-02-28", "2026-02-28"),
        ("2026-03-01", "2026-03-01"),
    ]


def test_as_many_points_as_allowed_are_given() -> None:
    first = date(2000, 1, 1)

    points = interval_points(Days(first, first + timedelta(days=MOST_POINTS - 1)), Interval.DAY)

    assert len(points) == MOST_POINTS == 5000


def test_one_point_more_is_refused() -> None:
    first = date(2000, 1, 1)

    with pytest.raises(PeriodProblem, match="at most 5000 points"):
        interval_points(Days(first, first + timedelta(days=MOST_POINTS)), Interval.DAY)


def test_a_thousand_years_of_days_are_refused() -> None:
    with pytest.raises(PeriodProblem, match="at most 5000 points"):
        interval_points(Days(date(1900, 1, 1), date(2999, 12, 31)), Interval.DAY)


@given(st.dates(date(1900, 1, 1), date(2999, 12, 31)), st.integers(0, 800), st.sampled_from(list(Interval)))
def test_points_hold_every_day_once_and_in_order(first: date, length: int, interval: Interval) -> None:
    days = Days(first, first + timedelta(days=length))

    points = interval_points(days, interval)

    assert [day for point in points for day in point] == list(days)
