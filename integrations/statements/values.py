"""OFX's amounts, dates and texts (OFX 2.3, section 3.2.8). Each function raises `ValueProblem` for what it refuses."""

import re
from datetime import date
from decimal import Decimal

from domain.currencies import minor_digits

LONGEST_VALUE = 4096
"""Characters of a field that are taken; the standard allows 255 at most."""

_YEARS = range(1900, 2200)
_MOST_DECIMALS = 4
_MOST_DIGITS = 15
_LONGEST_NUMBER = 40

# [0-9] and not \d: the latter takes the digits of every script.
_PLAIN = re.compile(r"([+-]?)([0-9]*)(?:([.,])([0-9]*))?")
_GROUPED = re.compile(r"([+-]?)([0-9]{1,3}(?:,[0-9]{3})+)(\.)([0-9]+)|([+-]?)([0-9]{1,3}(?:\.[0-9]{3})+)(,)([0-9]+)")
_DATE_TIME = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})(?:[ T]?[0-9]{2}(?::?[0-9]{2}){0,2})?(?:\.[0-9]*)? ?(?:\[.*)?")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]+")


class ValueProblem(Exception):
    """A value that cannot be taken; the words complete "The row was left out: …"."""


def read_amount(text: str, currency: str | None) -> Decimal:
    """An exact amount; the decimal sign is a point or a comma, a plus may lead.

    Thousands separators are no part of OFX. They are taken where both signs stand; a comma before exactly three digits
    may be either and is refused, as 1,234 must not become 1.23 (unless the currency has three minor digits).
    """
    if not text:
        raise ValueProblem("it has no amount")
    if len(text) > _LONGEST_NUMBER:
        raise ValueProblem(f"“{text[:_LONGEST_NUMBER]}…” is not an amount")
    found = _PLAIN.fullmatch(text)
    digits_of_currency = minor_digits(currency) if currency else _MOST_DECIMALS
    if found is None:
        found = _GROUPED.fullmatch(text)
        if found is None:
            raise ValueProblem(f"“{text}” is not an amount")
        sign, whole, point, decimals = found.group(1, 2, 3, 4) if found[2] else found.group(5, 6, 7, 8)
        whole = whole.replace("." if point == "," else ",", "")
    else:
        sign, whole, point, decimals = found[1], found[2], found[3] or "", found[4] or ""
        if not whole and not decimals:
            raise ValueProblem(f"“{text}” is not an amount")
        if point == "," and len(decimals) == 3 and digits_of_currency != 3:
            raise ValueProblem(f"“{text}” may mean thousands or decimals")
    whole = whole.lstrip("0")
    if len(decimals) > _MOST_DECIMALS:
        raise ValueProblem(f"“{text}” has more than {_MOST_DECIMALS} decimals")
    if len(whole) + len(decimals) > _MOST_DIGITS:
        raise ValueProblem(f"“{text}” has more than {_MOST_DIGITS} digits")
    if len(decimals.rstrip("0")) > digits_of_currency:
        raise ValueProblem(f"“{text}” has more decimals than {currency}, which has {digits_of_currency}")
    amount = Decimal(f"{sign}{whole or 0}.{decimals or 0}" if decimals else f"{sign}{whole or 0}")
    return amount or abs(amount)


def read_day(text: str) -> date:
    """The calendar day as written: an offset such as [-5:EST] says which day the bank meant and moves nothing."""
    found = _DATE_TIME.fullmatch(text)
    if found is None:
        raise ValueProblem(f"“{text[:40]}” is not a date" if text else "it has no date")
    year, month, day = int(found[1]), int(found[2]), int(found[3])
    if year not in _YEARS:
        raise ValueProblem(f"the year {found[1]} cannot be right")
    try:
        return date(year, month, day)
    except ValueError:
        raise ValueProblem(f"there is no day {found[1]}-{found[2]}-{found[3]}") from None


def read_words(text: str) -> str:
    """Text in one line: controls become blanks, and blanks one."""
    if _CONTROLS.search(text):
        text = _CONTROLS.sub(" ", text)
    return " ".join(text.split())
