"""The categories that the system provides and every household shares.

They are Plaid's personal finance categories, version 2, as a tree of two levels, with three of our own: two
Uncategorised ones and the balance adjustment. `data/categories.csv` holds them; a number there is given once and never
changed, because ids are made of it and transactions of every household point at them.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from uuid import UUID

from domain.categories.kind import CategoryKind

DATA = Path(__file__).resolve().parents[2] / "data" / "categories.csv"
_RESERVED = UUID("00000000-0000-7000-8000-000000000000").int
_NUMBERS = 1 << 48

# Items that began before version 2 still get version 1 from the provider; what it renamed is looked up by its new name.
_RENAMED = {
    "INCOME_WAGES": "INCOME_SALARY",
    "INCOME_OTHER_INCOME": "INCOME_OTHER",
    "TRANSFER_IN_CASH_ADVANCES_AND_LOANS": "LOAN_DISBURSEMENTS_OTHER_DISBURSEMENT",
}


@dataclass(frozen=True, slots=True)
class SystemCategory:
    """One row of the catalogue. `parent` is the id of the category above, or null at the top."""

    number: int
    id: UUID
    code: str
    name: str
    kind: CategoryKind
    parent: UUID | None


def system_category_id(number: int) -> UUID:
    """The fixed id of a system category, in the range reserved for them; ValueError for a number it has no room for."""
    if not 0 < number < _NUMBERS:
        raise ValueError(f"A system category's number is between 1 and {_NUMBERS - 1}, not {number}.")
    return UUID(int=_RESERVED + number)


def is_system(category_id: UUID) -> bool:
    """Whether an id lies in the reserved range, whether or not a category has that number."""
    return _RESERVED <= category_id.int < _RESERVED + _NUMBERS


def _read() -> Iterator[SystemCategory]:
    with DATA.open(encoding="utf-8", newline="") as file:
        ids: dict[str, UUID] = {}
        for row in csv.DictReader(file):
            number = int(row["number"])
            ids[row["code"]] = system_category_id(number)
            # A parent stands above its children in the file: an unknown or later one is a KeyError at import.
            parent = ids[row["parent"]] if row["parent"] else None
            yield SystemCategory(number, ids[row["code"]], row["code"], row["name"], CategoryKind(row["kind"]), parent)


ALL: tuple[SystemCategory, ...] = tuple(_read())
"""Every system category; parents stand before their children."""

_BY_CODE = {category.code: category for category in ALL}
_BY_NUMBER = {category.number: category for category in ALL}
UNCATEGORISED_OUT = _BY_CODE["UNCATEGORISED_OUT"]
UNCATEGORISED_IN = _BY_CODE["UNCATEGORISED_IN"]
BALANCE_ADJUSTMENT = _BY_CODE["BALANCE_ADJUSTMENT"]
_OWN = frozenset({UNCATEGORISED_OUT.code, UNCATEGORISED_IN.code, BALANCE_ADJUSTMENT.code})


def by_code(code: str) -> SystemCategory:
    """The category with that code; KeyError where there is none."""
    return _BY_CODE[code]


def by_number(number: int) -> SystemCategory:
    """The category with that number; KeyError where there is none."""
    return _BY_NUMBER[number]


def category_for_provider(primary: str | None, detailed: str | None) -> SystemCategory | None:
    """The category that a provider means. The provider's list grows without notice: an unknown detail falls back to its
    primary; where the primary is unknown too there is no category."""
    detail = _BY_CODE.get(_RENAMED.get(detailed, detailed)) if detailed else None
    if detail is not None and detail.parent is not None:
        return detail
    above = _BY_CODE.get(primary) if primary else None
    return above if above is not None and above.parent is None and above.code not in _OWN else None


def uncategorised(amount: Decimal) -> SystemCategory:
    """Where nothing decides: by the amount's sign from the account's point of view; zero counts as money out."""
    return UNCATEGORISED_IN if amount > 0 else UNCATEGORISED_OUT
