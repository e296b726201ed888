"""The contract's scalars. Input is taken to the letter: what has another form is refused, never bent."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, NewType

import strawberry
from strawberry.types.scalar import ScalarDefinition

from domain.currencies import minor_digits
from domain.money import parse_decimal
from domain.periods import Month, parse_month

CurrencyCode = NewType("CurrencyCode", str)
URL = NewType("URL", str)

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?(Z|[+-][0-9]{2}:[0-9]{2})")


def _text(value: Any, example: str) -> str:
    if not isinstance(value, str):
        raise ValueError(f"A string is needed here, such as {example}.")  # noqa: TRY004 (the client's value)
    return value


def _parse_decimal(value: Any) -> Decimal:
    return parse_decimal(_text(value, '"-12.50"'))


def _parse_date(value: Any) -> date:
    text = _text(value, '"2026-11-20"')
    if not _DAY.fullmatch(text):
        raise ValueError('A calendar day is needed here, such as "2026-11-20".')
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError("There is no such day.") from None


def _parse_instant(value: Any) -> datetime:
    text = _text(value, '"2026-11-20T12:00:00Z"')
    if not _INSTANT.fullmatch(text):
        raise ValueError('An instant with its offset is needed here, such as "2026-11-20T12:00:00Z".')
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError("There is no such instant.") from None


def _parse_month(value: Any) -> Month:
    return parse_month(_text(value, '"2026-11"'))


def _parse_currency(value: Any) -> CurrencyCode:
    text = _text(value, '"EUR"')
    minor_digits(text)
    return CurrencyCode(text)


def _parse_url(value: Any) -> URL:
    return URL(_text(value, '"https://example.com"'))


def _write_instant(value: datetime) -> str:
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _write_decimal(value: Decimal | str) -> str:
    return value if isinstance(value, str) else f"{value:f}"


SCALARS: Mapping[object, ScalarDefinition] = {
    Decimal: strawberry.scalar(
        name="Decimal",
        description=(
            'An exact decimal number as a string, such as "-12.50". '
            "Never a float: numbers, NaN and exponents are refused."
        ),
        serialize=_write_decimal,
        parse_value=_parse_decimal,
    ),
    date: strawberry.scalar(
        name="Date",
        description='A calendar day, ISO 8601: "2026-11-20".',
        serialize=date.isoformat,
        parse_value=_parse_date,
    ),
    datetime: strawberry.scalar(
        name="DateTime",
        description="An instant, RFC 3339 with offset; output is UTC.",
        specified_by_url="https://www.rfc-editor.org/rfc/rfc3339",
        serialize=_write_instant,
        parse_value=_parse_instant,
    ),
    Month: strawberry.scalar(
        name="Month",
        description='A calendar month: "2026-11".',
        serialize=str,
        parse_value=_parse_month,
    ),
    CurrencyCode: strawberry.scalar(
        name="CurrencyCode",
        description="An ISO 4217 currency code in upper case.",
        serialize=str,
        parse_value=_parse_currency,
    ),
    URL: strawberry.scalar(
        name="URL",
        description="An absolute URL.",
        specified_by_url="https://url.spec.whatwg.org/",
        serialize=str,
        parse_value=_parse_url,
    ),
}
