"""Amounts, dates and texts of OFX fields."""

from datetime import date
from decimal import Decimal

import pytest

from integrations.statements.values import ValueProblem, read_amount, read_day, read_words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("-6.60", "-6.60"),
        ("+444.55", "444.55"),
        ("-100", "-100"),
        ("12,34", "12.34"),
        (".5", "0.5"),
        ("5.", "5"),
        ("-1,234.56", "-1234.56"),
        ("1.234.567,89", "1234567.89"),
        ("0012.50", "12.50"),
        ("-0.00", "0.00"),
        ("10.5000", "10.5000"),
        ("9999999999999.99", "9999999999999.99"),
    ],
)
def test_amount(text: str, expected: str) -> None:
    assert str(read_amount(text, "USD")) == expected


@pytest.mark.parametrize(
    "text",
    [
        "abc",
        "1e5",
        "NaN",
        "Infinity",
        "-inf",
        "1_000",
        "--5",
        "+-5",
        "5-",
        ".",
        ",",
        "-",
        "+",
        "$5",
        "0x10",
        "1.2.3",
        "1,2,3",
        "1,23.4",
        "12,3456.7",
        "1,234",
        "1.23456",
        "1.234",
        "12345678901234.56",
        "\N{ARABIC-INDIC DIGIT THREE}",
        "1\xa0000.00",
        "1111111111111111111111111111111111111111111",
    ],
)
def test_what_is_no_exact_amount_is_refused(text: str) -> None:
    with pytest.raises(ValueProblem):
        read_amount(text, "USD")


def test_the_currency_says_how_many_decimals_there_can_be() -> None:
    assert read_amount("1,234", "KWD") == Decimal("1.234")
    assert read_amount("1.2345", None) == Decimal("1.2345")
    assert read_amount("500.00", "JPY") == Decimal(500)
    with pytest.raises(ValueProblem, match=r"“500\.50” has more decimals than JPY, which has 0"):
        read_amount("500.50", "JPY")


@pytest.mark.parametrize(
    "text",
    [
        "20240131",
        "20240131235959",
        "20240131235959.999",
        "20240131235959.999[-5:EST]",
        "20240131000000[+14]",
        "202401311200[0:GMT]",
        "20240131120000[-5:EST",
        "20240131998877.1",
    ],
)
def test_a_date_is_the_day_as_written_whatever_its_offset(text: str) -> None:
    assert read_day(text) == date(2024, 1, 31)


@pytest.mark.parametrize(
    "text",
    [
        "0",
        "2024",
        "240131",
        "2024-01-31",
        "20240132",
        "20241301",
        "20230229",
        "00000101",
        "99991231",
        "18991231",
        "22000101",
        "\N{FULLWIDTH DIGIT TWO}0240131",
        "20240131x",
        "202401311200001",
        "yesterday",
    ],
)
def test_what_is_no_day_is_refused(text: str) -> None:
    with pytest.raises(ValueProblem):
        read_day(text)


def test_words_come_in_one_line_without_controls() -> None:
    assert read_words(" Corner \t  Cafe\x07West\n\x00 ") == "Corner Cafe West"
