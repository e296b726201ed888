"""Money: an exact amount in one currency. There are no floats here, and no sum of two currencies."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import total_ordering

from domain.currencies import MINOR_DIGITS, minor_digits
from domain.mistakes import Problem

AMOUNT_BOUND = Decimal(10) ** 15
"""A single amount is smaller than this, either way: columns of amounts are numeric(19,4)."""

# A longer text cannot be an amount within the bound unless it is padded, and must not cost time in proportion.
_LONGEST = 40
# [0-9] and not \d: the latter takes the digits of every script.
_DECIMAL = re.compile(r"-?[0-9]+(\.[0-9]+)?")


# Wide enough that nothing within `Money` is ever rounded.
_wide = Context(prec=60)


class MoneyProblem(Problem):
    """An amount that cannot be taken as it is, or an operation that makes no sense with it."""


@total_ordering
@dataclass(frozen=True, slots=True, init=False)
class Money:
    """An amount with exactly its currency's minor digits. Sums may pass the bound of a single amount.

    Kept in the smallest unit, 1250 for 12.50 USD and for 1250 JPY: whole numbers add a few times faster than decimals.
    Raises `UnknownCurrency`, and `MoneyProblem` for anything but a finite Decimal that fits the minor digits.
    """

    minor_units: int
    currency: str

    def __init__(self, amount: Decimal, currency: str) -> None:
        digits = minor_digits(currency)
        if not isinstance(amount, Decimal):
            raise MoneyProblem("An amount is an exact decimal number.")
        # The adjusted exponent is looked at first: to rescale 1E+999999 would be a way to fill the memory.
        if not amount.is_finite() or amount.adjusted() > 30:
            raise MoneyProblem("An amount is a finite number.")
        # A column of numeric(19,4) gives 12.5000.
        exact = amount.scaleb(digits, _wide)
        units = int(exact)
        if units != exact:
            raise MoneyProblem(f"{currency} has {digits} digits behind the point; {amount} has more.")
        _set_units(self, units)
        _set_currency(self, currency)

    @property
    def amount(self) -> Decimal:
        """With exactly the minor digits: 12.50."""
        return Decimal(self.minor_units).scaleb(-MINOR_DIGITS[self.currency], _wide)

    def __str__(self) -> str:
        return f"{format_amount(self)} {self.currency}"

    def __bool__(self) -> bool:
        return self.minor_units != 0

    def __add__(self, other: "Money") -> "Money":
        return _made(self.minor_units + self._same(other).minor_units, self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return _made(self.minor_units - self._same(other).minor_units, self.currency)

    def __neg__(self) -> "Money":
        return _made(-self.minor_units, self.currency)

    def __abs__(self) -> "Money":
        return _made(abs(self.minor_units), self.currency)

    def __lt__(self, other: "Money") -> bool:
        return self.minor_units < self._same(other).minor_units

    def _same(self, other: "Money") -> "Money":
        if not isinstance(other, Money):
            raise MoneyProblem("Money goes together with money only.")
        if other.currency != self.currency:
            raise MoneyProblem(f"{self.currency} and {other.currency} cannot be put together.")
        return other


# What a frozen class is filled with, without its __setattr__.
_set_units, _set_currency = (vars(Money)[name].__set__ for name in ("minor_units", "currency"))


def _made(units: int, currency: str) -> Money:
    """Of a currency that is known to be one."""
    made = object.__new__(Money)
    _set_units(made, units)
    _set_currency(made, currency)
    return made


# What a column of numeric(19,4) writes beyond the currency's digits: "12.5000" of USD is "12.50".
_BEYOND = {code: "." * (digits == 0) + "0" * (4 - digits) for code, digits in MINOR_DIGITS.items()}


def exact_text(written: str, currency: str) -> str:
    """An amount as PostgreSQL writes numeric(19,4), with exactly the currency's digits. Raises MoneyProblem."""
    beyond = _BEYOND[currency]
    if not written.endswith(beyond):
        raise MoneyProblem(f"{written} has more digits than {currency}.")
    return written[: -len(beyond)] if beyond else written


def from_minor_units(units: int, currency: str) -> Money:
    """1250 of USD is 12.50 USD. Raises `UnknownCurrency`."""
    minor_digits(currency)
    return _made(units, currency)


def ten_thousandths(written: str) -> int:
    """A sum as PostgreSQL writes numeric with four digits: "12.5000" is 125000."""
    return int(written.replace(".", ""))


_BEYOND_MINOR = {code: 10 ** (4 - digits) for code, digits in MINOR_DIGITS.items()}


def from_ten_thousandths(number: int, currency: str) -> Money:
    """125000 of USD is 12.50 USD. Raises `UnknownCurrency`, and `MoneyProblem` for more digits than it has."""
    digits = minor_digits(currency)
    units, rest = divmod(number, _BEYOND_MINOR[currency])
    if rest:
        raise MoneyProblem(f"{currency} has {digits} digits behind the point.")
    return _made(units, currency)


def zero(currency: str) -> Money:
    """Nothing, in a currency. Raises `UnknownCurrency`."""
    return from_minor_units(0, currency)


def total(amounts: Iterable[Money], currency: str) -> Money:
    """The sum, zero of `currency` for none. Raises `MoneyProblem` where one is in another currency."""
    units = 0
    for amount in amounts:
        if amount.currency != currency:
            raise MoneyProblem(f"{currency} and {amount.currency} cannot be put together.")
        units += amount.minor_units
    return from_minor_units(units, currency)


def parse_decimal(text: str) -> Decimal:
    """Reads an optional minus, digits, and optionally a point and digits: no plus, exponent, blank or NaN.

    Raises `MoneyProblem`, also where the value is 10^15 or more either way.
    """
    if not isinstance(text, str) or len(text) > _LONGEST or not _DECIMAL.fullmatch(text):
        raise MoneyProblem('An exact decimal number is written as a string such as "-12.50".')
    value = Decimal(text)
    if value.copy_abs() >= AMOUNT_BOUND:
        raise MoneyProblem("The number is too large: it must have at most 15 digits before the point.")
    return value or Decimal(0)


def parse_amount(text: str, currency: str) -> Money:
    """Reads an amount as clients write it.

    Raises `UnknownCurrency`, and `MoneyProblem` as `parse_decimal` does or where there are more digits behind the point
    than the currency has (zeros are digits too).
    """
    return amount_of(parse_decimal(text), currency)


def amount_of(value: Decimal, currency: str) -> Money:
    """A decimal from outside as an amount; the same problems as `parse_amount`."""
    digits = minor_digits(currency)
    if not isinstance(value, Decimal) or not value.is_finite():
        raise MoneyProblem("An amount is an exact decimal number.")
    exponent = value.as_tuple().exponent
    if isinstance(exponent, int) and -exponent > digits:
        raise MoneyProblem(f"{currency} has {digits} digits behind the point, this amount has {-exponent}.")
    if value.copy_abs() >= AMOUNT_BOUND:
        raise MoneyProblem("The amount is too large: it must have at most 15 digits before the point.")
    return Money(value, currency)


def quantize(value: Decimal, currency: str) -> Money:
    """Rounds to the minor digits, halves away from zero: for calculated values, never for what somebody wrote."""
    return Money(value.quantize(Decimal(1).scaleb(-minor_digits(currency)), ROUND_HALF_UP, _wide), currency)


def rounded_share(whole: Money, part: int, of: int) -> Money:
    """`whole` x `part` / `of` (`of` above zero), rounded to the minor unit, halves away from zero."""
    numerator = whole.minor_units * part
    units = (2 * abs(numerator) + of) // (2 * of)
    return from_minor_units(units if numerator >= 0 else -units, whole.currency)


def format_amount(money: Money) -> str:
    """As clients read it, always with all minor digits: "12.50", "-0.05"; "1250" for yen."""
    digits = MINOR_DIGITS[money.currency]
    if not digits:
        return str(money.minor_units)
    sign, units = ("-", -money.minor_units) if money.minor_units < 0 else ("", money.minor_units)
    written = f"{units:0{digits + 1}}"
    return f"{sign}{written[:-digits]}.{written[-digits:]}"
