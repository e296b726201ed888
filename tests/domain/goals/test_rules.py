"""Goals: what they need, how they stand, what may be put in and taken back."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.goals.rules import (
    ContributionProblem,
    GoalPace,
    TargetProblem,
    check_contribution,
    check_target,
    goal_pace,
    monthly_needed,
)
from domain.money import Money, from_minor_units, parse_amount, zero
from domain.periods import PeriodProblem

TODAY = date(2026, 11, 21)


def usd(text: str) -> Money:
    return parse_amount(text, "USD")


@pytest.mark.parametrize(
    ("saved", "target_date", "needed"),
    [
        ("0", date(2026, 12, 1), "50.00"),  # November and December
        ("0", date(2027, 1, 31), "33.34"),  # three months, rounded up to the cent
        ("10", date(2027, 10, 1), "7.50"),  # 90 over twelve months
        ("10", date(2026, 11, 30), "90.00"),  # this month
        ("10", date(2020, 1, 1), "90.00"),  # past
        ("100", date(2027, 1, 1), "0.00"),  # reached
        ("150", date(2027, 1, 1), "0.00"),  # more than reached
    ],
)
def test_the_monthly_need_counts_this_month_and_that_of_the_date(saved: str, target_date: date, needed: str) -> None:
    assert monthly_needed(usd("100"), usd(saved), target_date, TODAY) == usd(needed)


def test_without_a_date_there_is_no_monthly_need() -> None:
    assert monthly_needed(usd("100"), usd("0"), None, TODAY) is None


def test_yen_are_rounded_up_to_whole_ones() -> None:
    target, nothing = parse_amount("1000", "JPY"), zero("JPY")

    assert monthly_needed(target, nothing, date(2027, 1, 31), TODAY) == parse_amount("334", "JPY")


@given(st.integers(1, 10**9), st.integers(0, 10**9), st.integers(0, 60))
def test_saving_the_need_each_month_suffices_and_is_no_cent_too_much(target: int, saved: int, months: int) -> None:
    date_ = date(2026 + (10 + months) // 12, (10 + months) % 12 + 1, 28)

    needed = monthly_needed(from_minor_units(target, "USD"), from_minor_units(saved, "USD"), date_, TODAY)

    assert needed is not None
    assert saved + needed.minor_units * (months + 1) >= target
    assert needed.minor_units == 0 or saved + (needed.minor_units - 1) * (months + 1) < target


@pytest.mark.parametrize(
    ("saved", "pace"),
    [
        # Made 50 days ago, 50 days to go: 500 of 1000 are expected, and 20 either way is on track.
        ("520.01", GoalPace.AHEAD),
        ("520", GoalPace.ON_TRACK),
        ("480", GoalPace.ON_TRACK),
        ("479.99", GoalPace.BEHIND),
        ("999.99", GoalPace.AHEAD),
        ("1000", GoalPace.REACHED),
    ],
)
def test_the_pace_compares_with_an_even_growth_by_days(saved: str, pace: GoalPace) -> None:
    assert goal_pace(usd("1000"), usd(saved), date(2026, 10, 2), date(2027, 1, 10), TODAY) is pace


def test_a_goal_made_today_is_on_track_with_nothing() -> None:
    assert goal_pace(usd("1000"), usd("0"), TODAY, date(2027, 11, 21), TODAY) is GoalPace.ON_TRACK


def test_a_goal_for_today_is_behind_until_nearly_all_is_there() -> None:
    assert goal_pace(usd("1000"), usd("979.99"), TODAY, TODAY, TODAY) is GoalPace.BEHIND
    assert goal_pace(usd("1000"), usd("980"), TODAY, TODAY, TODAY) is GoalPace.ON_TRACK


def test_past_its_date_what_is_not_reached_is_behind() -> None:
    assert goal_pace(usd("1000"), usd("999.99"), date(2026, 1, 1), date(2026, 11, 20), TODAY) is GoalPace.BEHIND
    assert goal_pace(usd("1000"), usd("1000"), date(2026, 1, 1), date(2026, 11, 20), TODAY) is GoalPace.REACHED


def test_without_a_date_there_is_no_pace_until_it_is_reached() -> None:
    assert goal_pace(usd("1000"), usd("0"), TODAY, None, TODAY) is GoalPace.NO_DATE
    assert goal_pace(usd("1000"), usd("1000"), TODAY, None, TODAY) is GoalPace.REACHED


@pytest.mark.parametrize("amount", ["0.01", "-10", "-0.01"])
def test_what_was_given_can_be_taken_back_to_the_last_cent(amount: str) -> None:
    check_contribution(usd("10"), usd(amount))


def test_more_than_was_given_cannot_be_taken_back() -> None:
    with pytest.raises(ContributionProblem, match="More cannot be taken back"):
        check_contribution(usd("10"), usd("-10.01"))


def test_zero_is_no_contribution() -> None:
    with pytest.raises(ContributionProblem, match="not zero"):
        check_contribution(usd("10"), usd("0"))


def test_a_contribution_is_in_the_goals_currency() -> None:
    with pytest.raises(ContributionProblem, match="in USD"):
        check_contribution(usd("10"), parse_amount("1", "EUR"))


@pytest.mark.parametrize("target", ["0", "-1"])
def test_a_target_is_more_than_zero(target: str) -> None:
    with pytest.raises(TargetProblem):
        check_target(usd(target), None)


def test_a_target_date_beyond_reason_is_refused() -> None:
    check_target(usd("1"), date(2999, 12, 31))
    with pytest.raises(PeriodProblem):
        check_target(usd("1"), date(9999, 12, 31))
