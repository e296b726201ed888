"""The figures of reports."""

from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.intervals import Interval, interval_points
from domain.money import Money, from_minor_units, parse_amount
from domain.periods import Days, Month
from domain.reports.rules import cash_flow, net_worth_point, savings_rate, share_of, spending

A, B, C = (UUID(int=number) for number in (1, 2, 3))


def usd(text: str) -> Money:
    return parse_amount(text, "USD")


def test_spending_is_shared_out_largest_first() -> None:
    report = spending({A: (usd("100"), 3), B: (usd("300"), 1), C: (usd("100"), 2)}, "USD")

    assert report.total == usd("500")
    assert [(line.category_id, line.share, line.count) for line in report.lines] == [
        (B, Decimal("0.6000"), 1),
        (A, Decimal("0.2000"), 3),
        (C, Decimal("0.2000"), 2),
    ]


def test_no_spending_is_a_total_of_zero() -> None:
    report = spending({}, "JPY")

    assert (report.total, report.lines) == (parse_amount("0", "JPY"), [])


@pytest.mark.parametrize(
    ("amount", "whole", "share"),
    [
        ("1", "3", "0.3333"),
        ("2", "3", "0.6667"),
        ("1", "20000", "0.0001"),  # 0.00005 rounds up
        ("-10", "90", "0.0000"),
        ("100", "90", "1.0000"),
        ("5", "0", "0.0000"),
        ("5", "-1", "0.0000"),
        ("0", "5", "0.0000"),
    ],
)
def test_a_share_has_four_digits_and_stays_between_zero_and_one(amount: str, whole: str, share: str) -> None:
    assert str(share_of(usd(amount), usd(whole))) == share


@given(st.lists(st.integers(0, 10**12), min_size=1, max_size=20))
def test_shares_of_spending_without_refunds_add_up_to_one_but_for_rounding(units: list[int]) -> None:
    sums = {UUID(int=index): (from_minor_units(amount, "USD"), 1) for index, amount in enumerate(units)}

    report = spending(sums, "USD")

    whole = sum((line.share for line in report.lines), Decimal(0))
    assert abs(whole - (1 if any(units) else 0)) <= Decimal("0.00005") * len(units)


@pytest.mark.parametrize(
    ("income", "net", "rate"),
    [
        ("2000", "500", "0.2500"),
        ("3000", "1000", "0.3333"),
        ("1000", "-500", "-0.5000"),
        ("1000", "1000", "1.0000"),
        ("1000", "0", "0.0000"),
    ],
)
def test_the_savings_rate_is_net_by_income(income: str, net: str, rate: str) -> None:
    assert str(savings_rate(usd(income), usd(net))) == rate


@pytest.mark.parametrize("income", ["0", "-5"])
def test_without_income_there_is_no_savings_rate(income: str) -> None:
    assert savings_rate(usd(income), usd("-10")) is None


def test_cash_flow_has_a_point_for_each_interval_and_their_sums() -> None:
    points = interval_points(Days(date(2026, 9, 1), date(2026, 11, 15)), Interval.MONTH)
    september, october, november = points

    report = cash_flow(
        points,
        {september: usd("1000"), november: usd("200")},
        {september: usd("700.50"), october: usd("-20"), november: usd("100")},
        "USD",
    )

    assert [(point.days, point.income, point.expenses, point.net) for point in report.points] == [
        (Month(2026, 9).days, usd("1000"), usd("700.50"), usd("299.50")),
        (Month(2026, 10).days, usd("0"), usd("-20"), usd("20")),
        (Days(date(2026, 11, 1), date(2026, 11, 15)), usd("200"), usd("100"), usd("100")),
    ]
    assert (report.income, report.expenses, report.net) == (usd("1200"), usd("780.50"), usd("419.50"))
    assert report.savings_rate == Decimal("0.3496")  # 419.50 / 1200 = 0.34958


def test_net_worth_tells_assets_from_liabilities_by_type_and_sign() -> None:
    point = net_worth_point(
        date(2026, 11, 30),
        [
            ("CHECKING", usd("1000")),
            ("SAVINGS", usd("-50")),  # overdrawn: owed
            ("CREDIT_CARD", usd("-300")),
            ("CREDIT_CARD", usd("20")),  # a refund left it in credit
            ("LOAN", usd("-5000")),
            ("PROPERTY", usd("9000")),
        ],
        "USD",
    )

    assert (point.assets, point.liabilities, point.net) == (usd("10000"), usd("5330"), usd("4670"))


@given(st.lists(st.tuples(st.sampled_from(["CHECKING", "CREDIT_CARD", "LOAN"]), st.integers(-(10**9), 10**9))))
def test_net_worth_is_always_the_sum_of_all_balances(accounts: list[tuple[str, int]]) -> None:
    balances = [(kind, from_minor_units(units, "USD")) for kind, units in accounts]

    point = net_worth_point(date(2026, 1, 1), balances, "USD")

    assert point.net == from_minor_units(sum(units for _, units in accounts), "USD")
    assert point.assets.minor_units >= 0
