"""Reading what a client sent: nothing is believed before its type and size are checked."""

import json
import re
from datetime import date
from decimal import Decimal
from typing import Any

from sandbox.mistakes import PlaidMistake, invalid_body, invalid_field, missing_field

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)


def parse_json(raw: bytes | str) -> Any:
    """JSON with exact numbers. Raises an INVALID_BODY mistake for anything that is not strict JSON in UTF-8."""
    try:
        value = json.loads(raw, parse_float=Decimal, parse_constant=_no_constant)
        if b"\\ud" in (raw if isinstance(raw, bytes) else raw.encode()).lower():
            json.dumps(value, ensure_ascii=False, default=str).encode()
    except RecursionError:
        raise invalid_body("body is nested too deeply") from None
    except (ValueError, ArithmeticError):
        raise invalid_body("body could not be parsed as JSON") from None
    return value


def _no_constant(name: str) -> Any:
    raise ValueError(name)


class Fields:
    """A JSON object and where it stands in the request."""

    __slots__ = ("_at", "_values")

    def __init__(self, values: object, at: str = "") -> None:
        if not isinstance(values, dict):
            raise invalid_field(f"{at} must be an object") if at else invalid_body("body must be a JSON object")
        self._values: dict[str, Any] = values
        self._at = at

    def path(self, name: str) -> str:
        """The field's place, as it is named to the client."""
        return f"{self._at}.{name}" if self._at else name

    def has(self, name: str) -> bool:
        """Whether the field is there and not null."""
        return self._values.get(name) is not None

    def raw(self, name: str) -> Any:
        """The value as it came; raises MISSING_FIELDS if absent or null."""
        value = self._values.get(name)
        if value is None:
            raise missing_field(self.path(name))
        return value

    def mistake(self, name: str, expected: str) -> PlaidMistake:
        """INVALID_FIELD for this field."""
        return invalid_field(f"{self.path(name)} {expected}")

    def text(self, name: str, longest: int = 500) -> str:
        """A string of 1 to `longest` characters."""
        value = self.raw(name)
        if not isinstance(value, str) or not value:
            raise self.mistake(name, "must be a non-empty string")
        if len(value) > longest:
            raise self.mistake(name, f"must not be longer than {longest} characters")
        return value

    def optional_text(self, name: str, longest: int = 500) -> str | None:
        """A string, or None if absent, null or empty."""
        return self.text(name, longest) if self.has(name) and self._values[name] != "" else None

    def flag(self, name: str) -> bool:
        """A boolean; absent or null means false."""
        value = self._values.get(name)
        if value is not None and not isinstance(value, bool):
            raise self.mistake(name, "must be a boolean")
        return bool(value)

    def integer(self, name: str, default: int, least: int, most: int) -> int:
        """A whole number in a range."""
        if not self.has(name):
            return default
        value = self._values[name]
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise self.mistake(name, f"must be an integer between {least} and {most}")
        return value

    def seconds(self, name: str, default: float, most: float) -> float:
        """A duration in seconds."""
        if not self.has(name):
            return default
        value = self._values[name]
        if isinstance(value, bool) or not isinstance(value, int | Decimal) or not 0 <= value <= most:
            raise self.mistake(name, f"must be a number between 0 and {most:g}")
        return float(value)

    def day(self, name: str) -> date:
        """A calendar day, YYYY-MM-DD."""
        value = self.text(name, 10)
        if not _DATE.fullmatch(value):
            raise self.mistake(name, "must be a date in the form YYYY-MM-DD")
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise self.mistake(name, "is not a day of the calendar") from None

    def optional_day(self, name: str) -> date | None:
        """A calendar day or None."""
        return self.day(name) if self.has(name) else None

    def currency(self, name: str) -> str | None:
        """An ISO 4217 code in capitals, or None."""
        value = self.optional_text(name, 3)
        if value is not None and not _CURRENCY.fullmatch(value):
            raise self.mistake(name, "must be an ISO 4217 currency code")
        return value

    def url(self, name: str) -> str | None:
        """An http or https address, or None if absent, null or empty."""
        value = self.optional_text(name, 2_000)
        if value is not None and (not re.match(r"https?://[^/\s]", value) or not value.isascii() or " " in value):
            raise self.mistake(name, "must be a valid URL")
        return value

    def inner(self, name: str) -> "Fields":
        """An object; absent or null means an empty one."""
        return Fields(self._values[name] if self.has(name) else {}, self.path(name))

    def objects(self, name: str, most: int) -> list["Fields"]:
        """A list of objects; raises MISSING_FIELDS if absent."""
        return [Fields(value, f"{self.path(name)}[{place}]") for place, value in enumerate(self._list(name, most))]

    def texts(self, name: str, most: int = 100) -> list[str]:
        """A list of strings; raises MISSING_FIELDS if absent."""
        values = self._list(name, most)
        if not all(isinstance(value, str) and 0 < len(value) <= 200 for value in values):
            raise self.mistake(name, "must be a list of strings")
        return values

    def _list(self, name: str, most: int) -> list[Any]:
        values = self.raw(name)
        if not isinstance(values, list):
            raise self.mistake(name, "must be a list")
        if len(values) > most:
            raise self.mistake(name, f"must not have more than {most} entries")
        return values
