"""A plausible life, day by day: the same seed and day always give the same lines, whichever day is today."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

CENT = 10_000
CHECKING, CARD, SAVINGS = "checking", "card", "savings"


@dataclass(frozen=True, slots=True)
class Event:
    """One line of one account; `cents` positive for money out, as Plaid counts."""

    account: str
    cents: int
    description: str


# (chance a day, weekdays on which it may happen, least and most cents, the shops)
_HABITS: tuple[tuple[float, str, int, int, tuple[str, ...]], ...] = (
    (0.9, "5", 6_000, 14_500, ("TRADER JOE'S #552", "WHOLE FOODS MKT 10233", "SAFEWAY #1711")),
    (0.7, "2", 1_800, 5_200, ("TRADER JOE'S #552", "CORNER GROCERY", "ALDI 72041")),
    (0.6, "01234", 380, 790, ("STARBUCKS STORE 04512", "BLUE DOOR COFFEE", "DUNKIN #341772")),
    (0.35, "01234", 950, 1_780, ("CHIPOTLE 2231", "SUBWAY 31120", "NOODLE HOUSE RESTAURANT")),
    (0.7, "4", 2_600, 7_800, ("LUIGI'S PIZZA", "GREEN TABLE BISTRO", "SAKURA RESTAURANT")),
    (0.12, "0123456", 3_100, 5_600, ("SHELL OIL 57444", "CHEVRON 0093121")),
    (0.16, "0123456", 900, 9_400, ("AMAZON MKTPL*2K4LP", "TARGET 00012345", "BEST BUY 00004721", "IKEA EMERYVILLE")),
    (0.05, "0123456", 700, 3_900, ("CVS/PHARMACY #08812", "WALGREENS #4401")),
    (0.07, "456", 900, 3_400, ("UBER *TRIP", "LYFT *RIDE")),
    (0.04, "56", 1_100, 4_800, ("CITY CINEMA", "PAGE TURNER BOOKS")),
    (0.006, "0123", 18_000, 52_000, ("UNITED AIRLINES 0162345", "AIRBNB * HMXKQ2", "MARRIOTT DOWNTOWN")),
)
_EVERY_MONTH: dict[int, tuple[Event, ...]] = {
    1: (
        Event(CHECKING, -245_000, "ACME CORP PAYROLL DIRECT DEP"),
        Event(CHECKING, 165_000, "OAKWOOD APARTMENTS RENT"),
    ),
    2: (
        Event(CHECKING, 20_000, "ONLINE TRANSFER TO SAVINGS"),
        Event(SAVINGS, -20_000, "ONLINE TRANSFER FROM CHECKING"),
    ),
    3: (Event(CARD, 2_499, "PLANET FITNESS CLUB FEES"),),
    5: (Event(CHECKING, 11_840, "GEICO AUTO PAY"),),
    8: (Event(CHECKING, 5_999, "COMCAST XFINITY"),),
    9: (Event(CARD, 1_549, "NETFLIX.COM"),),
    15: (Event(CHECKING, -245_000, "ACME CORP PAYROLL DIRECT DEP"),),
    17: (Event(CARD, 1_099, "SPOTIFY USA"),),
    20: (Event(CHECKING, 4_500, "VERIZON WIRELESS PAYMENT"),),
    28: (Event(SAVINGS, -312, "INTEREST PAID"),),
}
_POWER_DAY, _PAYMENT_DAY = 12, 25


def day_of_life(seed: str, day: date) -> list[Event]:
    """What happened on that day, in order."""
    events = [*_EVERY_MONTH.get(day.day, ()), *_card_purchases(seed, day)]
    dice = _dice(seed, day, "checking")
    if day.day == _POWER_DAY:
        winter = day.month in (11, 12, 1, 2, 3)
        events.append(Event(CHECKING, dice.randint(6_000, 8_500) + winter * 4_500, "CITY POWER & LIGHT ELECTRIC"))
    if dice.random() < 0.03:
        events.append(Event(CHECKING, dice.choice((4_000, 6_000, 10_000)), "ATM WITHDRAWAL 004512"))
    if day.day == _PAYMENT_DAY:
        owed = sum(event.cents for event in _card_cycle(seed, day))
        events += [
            Event(CHECKING, owed, "CREDIT CARD PAYMENT AUTOPAY"),
            Event(CARD, -owed, "AUTOPAY PAYMENT RECEIVED"),
        ]
    return events


def spontaneous_purchase(seed: str) -> Event:
    """One card purchase such as a day may bring."""
    dice = random.Random(seed)  # noqa: S311 - a life, not a secret
    _, _, least, most, shops = dice.choice(_HABITS[:-1])
    return Event(CARD, dice.randint(least, most), dice.choice(shops))


def _card_purchases(seed: str, day: date) -> Iterator[Event]:
    dice = _dice(seed, day, "card")
    for chance, weekdays, least, most, shops in _HABITS:
        happens, cents, shop = dice.random() < chance, dice.randint(least, most), dice.choice(shops)
        if happens and str(day.weekday()) in weekdays:
            yield Event(CARD, cents, shop)


def _card_cycle(seed: str, payment: date) -> Iterator[Event]:
    last_month = payment.replace(day=1) - timedelta(days=1)
    day = last_month.replace(day=_PAYMENT_DAY)
    while day < payment:
        yield from (event for event in _EVERY_MONTH.get(day.day, ()) if event.account == CARD)
        yield from _card_purchases(seed, day)
        day += timedelta(days=1)


def _dice(seed: str, day: date, account: str) -> random.Random:
    return random.Random(f"{seed}/{account}/{day.isoformat()}")  # noqa: S311 - a life, not a secret
