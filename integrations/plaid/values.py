"""Single values out of Plaid's JSON: checked, turned to our point of view, and never a float.

Every function raises ValueError (or what Python raises for a value of another type) for what the protocol does not
allow; the reader of a page turns that into one problem.
"""

import json
import re
from datetime import date
from decimal import Decimal
from typing import Any

from domain.currencies import MINOR_DIGITS
from domain.money import AMOUNT_BOUND, quantize

LONGEST_ID = 200
_NO_TEXT = re.compile("[\0\ud800-\udfff]")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def parse(raw: bytes) -> Any:
    """JSON with exact numbers. NaN and Infinity, which are none, are refused."""
    return json.loads(raw, parse_float=Decimal, parse_constant=_no_constant)


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def mapping(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ValueError("an object is missing")  # noqa: TRY004 (the provider's value, not our programme's)
    return value


def objects(value: Any) -> list[dict[str, Any]]:
    if not isinstance(value, list):
        raise ValueError("a list is missing")  # noqa: TRY004
    return [mapping(one) for one in value]


def identifier(value: Any) -> str:
    """An id of the provider's: opaque, but short and printable."""
    if not isinstance(value, str) or not 0 < len(value) <= LONGEST_ID or not value.isprintable():
        raise ValueError("an id is missing")
    return value


def words(value: Any, *, most: int) -> str | None:
    """Text in one line, cut to `most` characters; None where nothing is said."""
    if value is None:
        return None
    if not isinstance(value, str):
        raise ValueError("a text is missing")  # noqa: TRY004
    if not value.isprintable():
        value = _NO_TEXT.sub("", value)
    return " ".join(value.split())[:most].strip() or None


def currency(value: dict[str, Any]) -> str | None:
    """The ISO code; None for units such as crypto-currencies, and for what is no current currency."""
    code = value.get("iso_currency_code")
    return code if isinstance(code, str) and code in MINOR_DIGITS else None


def amount(value: Any, in_currency: str) -> Decimal:
    """As the provider counts, rounded to the currency's minor digits."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise ValueError("an amount is missing")  # noqa: TRY004
    exact = Decimal(value)
    if not exact.is_finite() or exact.adjusted() > 20 or exact.copy_abs() >= AMOUNT_BOUND:
        raise ValueError("an amount is out of bounds")
    return quantize(exact, in_currency).amount


def day(value: Any) -> date:
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        raise ValueError("a day is missing")
    return date.fromisoformat(value)
