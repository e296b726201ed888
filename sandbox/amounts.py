"""Amounts inside the bank are whole millionths, so that sums are exact; floats exist on the wire alone, as at Plaid."""

from decimal import ROUND_HALF_EVEN, Decimal

from sandbox.mistakes import invalid_field

MICROS = 1_000_000
LARGEST = Decimal(10_000_000_000)


def micros(value: object, field: str) -> int:
    """A JSON number (int or Decimal, in currency units) as millionths. Raises an INVALID_FIELD mistake."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise invalid_field(f"{field} must be a number")
    if isinstance(value, int):
        if abs(value) > LARGEST:
            raise invalid_field(f"{field} is out of range")
        return value * MICROS
    # Compared before any arithmetic: quantizing 1E+999999 would fill the memory.
    if not value.is_finite() or abs(value) > LARGEST:
        raise invalid_field(f"{field} is out of range")
    return int((value * MICROS).quantize(Decimal(1), rounding=ROUND_HALF_EVEN)) if value.adjusted() > -8 else 0


def wire(amount: int) -> float:
    """Millionths as the JSON number that Plaid sends, correctly rounded."""
    return amount / MICROS
