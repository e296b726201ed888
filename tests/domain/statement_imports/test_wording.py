"""What a row is called."""

from datetime import date
from decimal import Decimal

import pytest

from domain.statement_imports.statement import StatementRow
from domain.statement_imports.wording import describe, original_words


def row(name: str = "", memo: str = "", check_number: str = "", type: str = "OTHER") -> StatementRow:
    return StatementRow("id", 1, "F1", date(2024, 1, 31), Decimal(-1), name, memo, check_number, type)


@pytest.mark.parametrize(
    ("given", "description", "original"),
    [
        (row("Bakery"), "Bakery", "Bakery"),
        (row("", "Bakery"), "Bakery", "Bakery"),
        (row("Bakery", "Card 12"), "Bakery", "Bakery Card 12"),
        (row("Bakery", "BAKERY"), "BAKERY", "BAKERY"),
        (
            row("THE OLD BAKERY AT THE CORNER OF M", "The old bakery at the corner of Main"),
            *["The old bakery at the corner of Main"] * 2,
        ),
        (row("Bakery on Main", "on main"), "Bakery on Main", "Bakery on Main"),
        (row("Bakery", "Paid at Bakery"), "Bakery", "Paid at Bakery"),
        (row(type="FEE"), "Fee", "Fee"),
        (row(type="CHECK", check_number="42"), "Check 42", "Check 42"),
        (row(), "Transaction", "Transaction"),
    ],
)
def test_the_name_is_whole_and_the_banks_words_are_all_there(
    given: StatementRow, description: str, original: str
) -> None:
    assert (describe(given), original_words(given)) == (description, original)
