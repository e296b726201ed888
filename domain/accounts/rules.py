"""What was on an account on a past day."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from datetime import date
from itertools import accumulate

from domain.money import Money, from_minor_units


def balances_on(
    days: Sequence[date], known: Mapping[date, Money], booked: Mapping[date, Money], current: Money, today: date
) -> list[Money]:
    """The balance at the end of each of `days`, in their order; `current` for today and later.

    The balance of a past day is the last one known on it or before. Before the first known one it is the current
    balance less what was booked on later days. `known` has the last balance known on a day, and must reach back to the
    last one before `days` where there is one; `booked` has the sum of each day's transactions, of all days after the
    first of `days`. All are in the account's currency.
    """
    known_days = sorted(known)
    booked_days = sorted(booked)
    booked_until = [0, *accumulate(booked[day].minor_units for day in booked_days)]

    def balance(day: date) -> Money:
        if day >= today:
            return current
        if index := bisect_right(known_days, day):
            return known[known_days[index - 1]]
        later = booked_until[-1] - booked_until[bisect_right(booked_days, day)]
        return from_minor_units(current.minor_units - later, current.currency)

    return [balance(day) for day in days]
