"""Ten months of an ordinary life, 32 lines a month: what the bank is told, and what must come of it."""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from tests.end_to_end.bank import Line

YEAR = 2025
MONTHS = range(1, 11)
FIRST, LAST = date(YEAR, 1, 1), date(YEAR, 10, 31)
CENT = Decimal("0.01")


class Habit(NamedTuple):
    """`amount` counts as Plaid does: money out is positive. Each month it is `step` more."""

    day: int
    amount: str
    words: str
    step: str = "0"


CHECKING = (
    Habit(1, "1450.00", "RENT OAK STREET APARTMENTS"),
    Habit(1, "-2810.40", "ACME CORP PAYROLL"),
    Habit(2, "61.37", "TRADER JOE'S #552 SEATTLE WA", "0.83"),
    Habit(3, "84.12", "COMCAST CABLE COMM 800-266-2278"),
    Habit(4, "4.85", "STARBUCKS STORE 00302", "0.05"),
    Habit(5, "96.20", "SEATTLE CITY LIGHT ELECTRIC", "-1.75"),
    Habit(6, "45.00", "SHELL OIL 57444212345", "0.60"),
    Habit(8, "38.94", "SAFEWAY #1551", "1.11"),
    Habit(9, "12.75", "CHIPOTLE 1249", "0.25"),
    Habit(11, "60.00", "VERIZON WIRELESS PAYMENT"),
    Habit(13, "23.18", "WALGREENS #04233", "0.37"),
    Habit(15, "-2810.40", "ACME CORP PAYROLL"),
    Habit(16, "72.45", "WHOLE FOODS MARKET 10203", "2.02"),
    Habit(17, "9.99", "MCDONALD'S F13506", "0.10"),
    Habit(19, "18.40", "UBER TRIP HELP.UBER.COM", "-0.30"),
    Habit(21, "41.60", "CHEVRON 0093244", "0.45"),
    Habit(22, "300.00", "ATM WITHDRAWAL 00482 5TH AVE"),
    Habit(24, "55.20", "KROGER #877", "0.07"),
    Habit(26, "6.15", "DUNKIN #334512", "0.05"),
    Habit(28, "-1.23", "INTEREST PAYMENT"),
)
CARD = (
    Habit(2, "15.49", "NETFLIX.COM"),
    Habit(3, "10.99", "SPOTIFY USA"),
    Habit(5, "34.70", "AMAZON MKTPLACE PMTS", "3.30"),
    Habit(7, "52.18", "TARGET 00014589", "1.01"),
    Habit(10, "27.95", "BURGER KING #11872", "0.20"),
    Habit(12, "89.99", "BEST BUY 00004853", "-2.50"),
    Habit(14, "64.32", "COSTCO WHSE #0110", "1.90"),
    Habit(18, "-20.00", "AMAZON MKTPLACE PMTS REFUND"),
    Habit(20, "43.50", "PETSMART # 0461", "0.15"),
    Habit(23, "31.26", "THE HOME DEPOT #8902", "4.40"),
    Habit(25, "22.08", "H&M 0144", "0.92"),
    Habit(27, "118.00", "MARRIOTT SEATTLE AIRPORT", "0.50"),
)


def custom_accounts() -> list[dict[str, Any]]:
    """A custom user's accounts, as Plaid's own format has them."""
    return [
        {"type": "depository", "subtype": "checking", "starting_balance": 5_000, "transactions": [*_told(CHECKING)]},
        {"type": "credit", "subtype": "credit card", "starting_balance": 700, "transactions": [*_told(CARD)]},
    ]


def expected() -> Counter[Line]:
    """What the household must see of it: money out negative, on the day it was posted, in the bank's words."""
    return Counter(
        Line(one["date_posted"], -Decimal(str(one["amount"])), one["description"])
        for one in (*_told(CHECKING), *_told(CARD))
    )


def _told(habits: tuple[Habit, ...]) -> Iterator[dict[str, Any]]:
    for month in MONTHS:
        for habit in habits:
            amount = Decimal(habit.amount) + (month - 1) * Decimal(habit.step)
            yield {
                "date_transacted": date(YEAR, month, habit.day).isoformat(),
                "date_posted": date(YEAR, month, habit.day).isoformat(),
                "amount": float(amount.quantize(CENT)),
                "description": habit.words,
                "currency": "USD",
            }
