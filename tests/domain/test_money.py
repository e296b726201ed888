"""Money is exact, in one currency, and read strictly."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.currencies import MINOR_DIGITS, UnknownCurrency, minor_digits
from domain.money import (
    Money,
    MoneyProblem,
    amount_of,
    format_amount,
    from_minor_units,
    from_ten_thousandths,
    parse_amount,
    parse_decimal,
    quantize,
    rounded_share,
    ten_thousandths,
    total,
    zero,
)

currencies = st.sampled_from(sorted(MINOR_DIGITS))
units = st.integers(1 - 10**15, 10**15 - 1)


@pytest.mark.parametrize(
    ("text", "currency", "shown"),
    [
        ("12.50", "USD", "12.50"),
        ("12.5", "USD", "12.50"),
        ("12", "USD", "12.00"),
        ("-0.05", "EUR", "-0.05"),
        ("-0", "EUR", "0.00"),
        ("007", "EUR", "7.00"),
        ("1250", "JPY", "1250"),
        ("1.234", "BHD", "1.234"),
        ("1.2345", "CLF", "1.2345"),
        ("999999999999999.99", "USD", "999999999999999.99"),
        ("-999999999999999.99", "USD", "-999999999999999.99"),
    ],
)
def test_an_amount_is_read_and_shown_with_all_minor_digits(text: str, currency: str, shown: str) -> None:
    assert format_amount(parse_amount(text, currency)) == shown


@pytest.mark.parametrize(
    "text", ["", " 1", "1 ", "1\n", "+1", "1.", ".5", "-", "1.2.3", "--1", "1.-5", "$1", "1,000", "1_000"]
)
def test_anything_but_a_plain_decimal_is_refused(text: str) -> None:
    with pytest.raises(MoneyProblem, match="exact decimal number"):
        parse_amount(text, "USD")


@pytest.mark.parametrize("text", ["1e3", "1E3", "NaN", "Infinity", "-inf", "0x10"])
def test_exponents_and_what_is_no_number_are_refused(text: str) -> None:
    with pytest.raises(MoneyProblem, match="exact decimal number"):
        parse_amount(text, "USD")


@pytest.mark.parametrize("text", ["\u0661\u0662", "\uff11", "1\x00", "\ud800"])
def test_digits_of_other_scripts_and_broken_text_are_refused(text: str) -> None:
    with pytest.raises(MoneyProblem, match="exact decimal number"):
        parse_amount(text, "USD")


@pytest.mark.parametrize("length", [41, 1_000_000])
def test_a_text_longer_than_any_amount_is_refused_unread(length: int) -> None:
    with pytest.raises(MoneyProblem, match="exact decimal number"):
        parse_amount("0" * length, "USD")


@pytest.mark.parametrize("value", [1, 1.5, True, None, Decimal(1), ["1"]])
def test_a_number_is_not_a_text(value: Any) -> None:
    with pytest.raises(MoneyProblem):
        parse_decimal(value)


@pytest.mark.parametrize(
    ("text", "currency"), [("1.234", "USD"), ("1.500", "USD"), ("1.0", "JPY"), ("0.0001", "BHD"), ("0.00001", "CLF")]
)
def test_more_digits_than_the_currency_has_are_refused_zeros_too(text: str, currency: str) -> None:
    with pytest.raises(MoneyProblem, match="digits behind the point"):
        parse_amount(text, currency)


@pytest.mark.parametrize("text", ["1000000000000000", "-1000000000000000", "9" * 40])
def test_what_the_column_cannot_hold_is_refused(text: str) -> None:
    with pytest.raises(MoneyProblem, match="too large"):
        parse_amount(text, "USD")


@pytest.mark.parametrize("currency", ["usd", "US", "", "XXX", "XTS", "XAU", "DEM", "USD ", "\u0395UR", "\x00"])
def test_an_unknown_currency_is_refused(currency: str) -> None:
    with pytest.raises(UnknownCurrency):
        parse_amount("1", currency)


def test_minor_digits_are_those_of_the_standard_and_not_of_custom() -> None:
    assert [minor_digits(code) for code in ("USD", "JPY", "BHD", "CLF", "IQD", "ISK", "HUF")] == [2, 0, 3, 4, 3, 0, 2]


@pytest.mark.parametrize("amount", [1.5, 1, "1.00", None, Decimal("NaN"), Decimal("Infinity"), Decimal("1E+999999")])
def test_money_is_made_of_finite_decimals_only(amount: Any) -> None:
    with pytest.raises(MoneyProblem):
        Money(amount, "USD")


def test_money_never_rounds_silently() -> None:
    with pytest.raises(MoneyProblem, match="more"):
        Money(Decimal("0.001"), "USD")


def test_a_columns_four_digits_become_the_currencys_own() -> None:
    assert format_amount(Money(Decimal("12.5000"), "USD")) == "12.50"
    assert format_amount(Money(Decimal("1250.0000"), "JPY")) == "1250"


def test_an_outside_decimal_has_no_more_digits_than_the_currency() -> None:
    assert amount_of(Decimal("12.5"), "USD") == Money(Decimal("12.50"), "USD")
    with pytest.raises(MoneyProblem):
        amount_of(Decimal("12.505"), "USD")


def test_two_currencies_are_never_put_together() -> None:
    dollars, euros = parse_amount("1", "USD"), parse_amount("1", "EUR")

    for attempt in (
        lambda: dollars + euros,
        lambda: dollars - euros,
        lambda: dollars < euros,
        lambda: total([dollars, euros], "USD"),
    ):
        with pytest.raises(MoneyProblem, match="cannot be put together"):
            attempt()
    assert dollars != euros


def test_money_and_a_bare_number_do_not_add() -> None:
    bare: Any = Decimal(1)

    with pytest.raises(MoneyProblem):
        parse_amount("1", "USD") + bare


def test_a_sum_of_nothing_is_zero() -> None:
    assert total([], "JPY") == zero("JPY")
    assert not zero("USD")


def test_a_calculated_value_rounds_half_away_from_zero() -> None:
    assert quantize(Decimal("0.125"), "USD") == parse_amount("0.13", "USD")
    assert quantize(Decimal("-0.125"), "USD") == parse_amount("-0.13", "USD")
    assert quantize(Decimal("0.5"), "JPY") == parse_amount("1", "JPY")


def test_a_share_rounds_half_away_from_zero() -> None:
    assert rounded_share(parse_amount("100", "USD"), 1, 3) == parse_amount("33.33", "USD")
    assert rounded_share(parse_amount("0.01", "USD"), 1, 2) == parse_amount("0.01", "USD")
    assert rounded_share(parse_amount("-0.01", "USD"), 1, 2) == parse_amount("-0.01", "USD")


@given(units, currencies)
def test_what_is_shown_is_read_back_the_same(number: int, currency: str) -> None:
    money = from_minor_units(number, currency)

    assert parse_amount(format_amount(money), currency) == money
    assert money.minor_units == number


@pytest.mark.parametrize(
    ("written", "currency", "shown"),
    [("12.5000", "USD", "12.50"), ("-0.0500", "EUR", "-0.05"), ("0.0000", "JPY", "0"), ("-1.2340", "BHD", "-1.234")],
)
def test_a_sum_of_a_column_is_read_exactly(written: str, currency: str, shown: str) -> None:
    assert format_amount(from_ten_thousandths(ten_thousandths(written), currency)) == shown


@pytest.mark.parametrize("number", [1, -1, 50, -99_9999])
def test_a_sum_with_more_digits_than_the_currency_is_refused(number: int) -> None:
    with pytest.raises(MoneyProblem, match="digits behind the point"):
        from_ten_thousandths(number, "USD")


@given(st.lists(units), currencies)
def test_sums_are_exact_however_they_are_taken(numbers: list[int], currency: str) -> None:
    moneys = [from_minor_units(number, currency) for number in numbers]

    one_by_one = zero(currency)
    for money in moneys:
        one_by_one += money

    assert total(moneys, currency) == one_by_one == from_minor_units(sum(numbers), currency)


@given(units, units)
def test_order_and_difference_agree(left: int, right: int) -> None:
    a, b = from_minor_units(left, "EUR"), from_minor_units(right, "EUR")

    assert (a < b) == (left < right) == ((a - b).minor_units < 0)
    assert abs(a - b) == abs(b - a)


@given(st.text(max_size=20))
def test_any_text_is_read_or_refused_with_a_problem(text: str) -> None:
    try:
        parse_amount(text, "USD")
    except MoneyProblem:
        return
    assert set(text) <= set("-.0123456789")
