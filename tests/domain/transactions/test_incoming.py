"""A row from outside is a transaction that the tables can take, or it is refused in words."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from domain.mistakes import Problem
from tests.domain.transactions.incoming import row


@pytest.mark.parametrize(
    "given",
    [
        {"amount": Decimal("NaN")},
        {"amount": Decimal("Infinity")},
        {"amount": Decimal("1E+15")},
        {"amount": Decimal(-1000000000000000)},
        {"amount": Decimal("12.345")},
        {"amount": Decimal(1).scaleb(999_999)},
        {"amount": 12.5},
        {"amount": Decimal("0.5"), "currency": "JPY"},
        {"currency": "usd"},
        {"currency": "XXX"},
        {"date": date(1899, 12, 31)},
        {"date": date(9999, 1, 1)},
        {"source_id": ""},
        {"source_id": "x" * 301},
        {"source_id": "a\0"},
        {"source_id": "a\ud800"},
        {"pending_source_id": ""},
        {"status": "POSTPONED"},
    ],
)
def test_what_no_transaction_can_be_is_refused(given: dict[str, Any]) -> None:
    with pytest.raises(Problem):
        replace(row("a"), **given)


def test_zeros_behind_the_point_are_no_digits_more() -> None:
    assert str(row("a", "-12.5000").amount) == "-12.50"


def test_texts_lose_what_no_text_can_hold_and_are_cut() -> None:
    found = row("a", description=" Caf\0é \ud800", original_description="x" * 1_048_576, merchant_name="\0")

    assert (found.description, len(found.original_description), found.merchant_name) == ("Café", 500, "")
