"""Days, months and the periods of budgets. Nothing here knows what day it is today.

Days are days of the household's zone, ranges include both ends.
"""

import re
from calendar import isleap
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from domain.mistakes import Problem

FIRST_DAY = date(1900, 1, 1)
LAST_DAY = date(2999, 12, 31)
"""Days from outside lie within these: beyond is a slip of the hand, and the calendar's own ends break arithmetic."""

_LENGTHS = (0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_MONTH = re.compile(r"[0-9]{4}-[0-9]{2}")


class PeriodProblem(Problem):
    """A day, month or range that cannot be taken."""


@dataclass(frozen=True, slots=True, order=True)
class Days:
    """The days from `first` to `last`, both included. Raises `PeriodProblem` where the first is after the last."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.first > self.last:
            raise PeriodProblem("The first day is after the last.")

    @property
    def count(self) -> int:
        """How many days, at least one."""
        return (self.last - self.first).days + 1

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    def __iter__(self) -> Iterator[date]:
        return (self.first + timedelta(days=offset) for offset in range(self.count))

    def common(self, other: "Days") -> "Days | None":
        """The days that both hold; null where there are none."""
        first, last = max(self.first, other.first), min(self.last, other.last)
        return Days(first, last) if first <= last else None


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A calendar month."""

    year: int
    number: int

    def __str__(self) -> str:
        return f"{self.year:04}-{self.number:02}"

    @property
    def days(self) -> Days:
        """From its first day to its last."""
        return Days(self.first_day, self.last_day)

    @property
    def first_day(self) -> date:
        """The day that stands for the month where a month is kept as a date."""
        return date(self.year, self.number, 1)

    @property
    def last_day(self) -> date:
        """The day before the next month."""
        is_longer = self.number == 2 and isleap(self.year)
        return date(self.year, self.number, _LENGTHS[self.number] + is_longer)

    def plus(self, months: int) -> "Month":
        """So many months later, earlier where negative."""
        years, index = divmod(self.number - 1 + months, 12)
        return Month(self.year + years, index + 1)

    def until(self, later: "Month") -> int:
        """How many months from this one to `later`: 0 for itself, negative where it is earlier."""
        return (later.year - self.year) * 12 + later.number - self.number


class BudgetPeriod(StrEnum):
    """How often a budget begins anew."""

    WEEKLY = "WEEKLY"
    MONTHLY = "MONTHLY"
    ANNUAL = "ANNUAL"
    ONCE = "ONCE"


def check_day(day: date) -> date:
    """The day itself. Raises `PeriodProblem` before 1900 and after 2999."""
    if not FIRST_DAY <= day <= LAST_DAY:
        raise PeriodProblem("A day lies in the years 1900 to 2999.")
    return day


def parse_month(text: str) -> Month:
    """Reads "2026-11" and nothing else. Raises `PeriodProblem`, also before 1900 and after 2999."""
    if not _MONTH.fullmatch(text) or not 1 <= int(text[5:]) <= 12:
        raise PeriodProblem('A month is written as "2026-11".')
    return month_of(check_day(date(max(int(text[:4]), 1), int(text[5:]), 1)))


def day_range(first: date, last: date) -> Days:
    """A range from outside. Raises `PeriodProblem` where it is the wrong way round or leaves 1900 to 2999."""
    check_day(first)
    check_day(last)
    if first > last:
        raise PeriodProblem("`from` is after `to`.")
    return Days(first, last)


def month_of(day: date) -> Month:
    """The month that a day lies in."""
    return Month(day.year, day.month)


def months_and_cuts(days: Days) -> tuple[tuple[Month, Month] | None, list[Days]]:
    """The first and last whole month of a range, null where it has none, and the ranges left before and after them (at
    most two).

    Whole months can be summed from monthly aggregates, the cuts cannot.
    """
    first_month = month_of(days.first)
    start = first_month if days.first.day == 1 else first_month.plus(1)
    last_month = month_of(days.last)
    end = last_month if days.last == last_month.last_day else last_month.plus(-1)
    if start > end:
        # Either inside one month, or the end of one and the beginning of the next: neighbours, so one range.
        return None, [days]
    cuts = []
    if days.first < start.first_day:
        cuts.append(Days(days.first, start.first_day - timedelta(days=1)))
    if days.last > end.last_day:
        cuts.append(Days(end.last_day + timedelta(days=1), days.last))
    return (start, end), cuts


def period_containing(period: BudgetPeriod, starts_on: date, ends_on: date | None, day: date) -> Days | None:
    """The period that contains `day`; null outside `starts_on` to `ends_on`.

    A period is always whole: `starts_on` and `ends_on` say on which days there is a budget, they do not cut the
    calendar month of a MONTHLY budget that starts in its middle, nor the week or year in which it ends. So the limit is
    never prorated, and what was spent earlier in the first month counts.
    Raises `PeriodProblem` for ONCE without an end.
    """
    if day < starts_on or (ends_on is not None and day > ends_on):
        return None
    match period:
        case BudgetPeriod.WEEKLY:
            first = day - timedelta(days=(day - starts_on).days % 7)
            return Days(first, first + timedelta(days=6))
        case BudgetPeriod.MONTHLY:
            return month_of(day).days
        case BudgetPeriod.ANNUAL:
            origin = month_of(starts_on)
            first_month = origin.plus(origin.until(month_of(day)) // 12 * 12)
            return Days(first_month.first_day, first_month.plus(11).last_day)
        case BudgetPeriod.ONCE:
            if ends_on is None:
                raise PeriodProblem("A budget for ONCE needs a day on which it ends.")
            return Days(starts_on, ends_on)
