"""The intervals that reports are cut into."""

from collections.abc import Iterator
from datetime import date, timedelta
from enum import StrEnum

from domain.periods import Days, PeriodProblem, month_of

MOST_POINTS = 5_000
"""A report has at most so many points: 13 years of days, 95 years of weeks."""


class Interval(StrEnum):
    """How long a point of a report is. Weeks begin on Monday (ISO 8601), quarters in January, April, July, October."""

    DAY = "DAY"
    WEEK = "WEEK"
    MONTH = "MONTH"
    QUARTER = "QUARTER"
    YEAR = "YEAR"


_MONTHS = {Interval.MONTH: 1, Interval.QUARTER: 3, Interval.YEAR: 12}


def interval_points(days: Days, interval: Interval) -> list[Days]:
    """The range cut at the calendar's own borders, oldest first; the first and last piece end where the range does.

    Raises `PeriodProblem` for more than `MOST_POINTS`.
    """
    points: list[Days] = []
    for point in _pieces(days, interval):
        if len(points) == MOST_POINTS:
            raise PeriodProblem(f"A report has at most {MOST_POINTS} points: take a longer interval or fewer days.")
        points.append(point)
    return points


def _pieces(days: Days, interval: Interval) -> Iterator[Days]:
    day = days.first
    while day <= days.last:
        last = min(_last_day(day, interval), days.last)
        yield Days(day, last)
        day = last + timedelta(days=1)


def _last_day(day: date, interval: Interval) -> date:
    if interval is Interval.DAY:
        return day
    if interval is Interval.WEEK:
        return day + timedelta(days=6 - day.weekday())
    month, length = month_of(day), _MONTHS[interval]
    return month.plus(length - 1 - (month.number - 1) % length).last_day
