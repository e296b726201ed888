"""Balances of past days."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from domain.accounts.rules import balances_on
from domain.money import Money, from_minor_units, parse_amount, zero
from domain.periods import Days

TODAY = date(2026, 11, 21)


def usd(text: str) -> Money:
    return parse_amount(text, "USD")


def november(day: int) -> date:
    return date(2026, 11, day)


def test_the_last_known_balance_holds_until_the_next() -> None:
    known = {november(10): usd("100"), november(13): usd("80")}

    balances = balances_on([november(day) for day in (10, 11, 12, 13, 14)], known, {}, usd("75"), TODAY)

    assert balances == [usd("100"), usd("100"), usd("100"), usd("80"), usd("80")]


def test_before_the_first_known_one_later_bookings_are_taken_off_the_current_one() -> None:
    # 75 now; 5 were spent on the 15th and 200 came in on the 8th, both after the 7th.
    known = {november(10): usd("100")}
    booked = {november(8): usd("200"), november(15): usd("-5"), november(7): usd("-40")}

    balances = balances_on([november(6), november(7), november(8), november(9)], known, booked, usd("75"), TODAY)

    assert balances == [usd("-80"), usd("-120"), usd("80"), usd("80")]


def test_today_has_the_current_balance_and_so_have_later_days() -> None:
    known = {november(21): usd("100")}

    assert balances_on([TODAY, november(25)], known, {november(25): usd("9")}, usd("75"), TODAY) == [usd("75")] * 2


def test_an_account_without_any_past_always_had_what_it_has() -> None:
    assert balances_on([november(1), november(20)], {}, {}, usd("75"), TODAY) == [usd("75"), usd("75")]


@given(st.dictionaries(st.integers(1, 40), st.integers(-(10**9), 10**9)), st.integers(-(10**9), 10**9))
def test_where_nothing_is_known_each_day_differs_by_its_bookings(units: dict[int, int], current: int) -> None:
    days = list(Days(TODAY - timedelta(days=45), TODAY - timedelta(days=1)))
    booked = {TODAY - timedelta(days=back): from_minor_units(amount, "USD") for back, amount in units.items()}

    balances = balances_on(days, {}, booked, from_minor_units(current, "USD"), TODAY)

    assert balances[-1] == from_minor_units(current, "USD")
    for index in range(1, len(days)):
        assert balances[index] - balances[index - 1] == booked.get(days[index], zero("USD"))
