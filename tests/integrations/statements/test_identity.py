"""Which rows are one row: the decisions stand in `integrations/statements/identity.py`."""

import pytest

from domain.statement_imports.statement import DuplicateLine, StatementEnd, StatementProblem, StatementRow
from integrations.statements import identity
from tests.integrations.statements.documents import ACCOUNT, document, file_of, items_of, row, rows_of, statement


def ids_of(*rows: str) -> list[str]:
    return [item.id for item in rows_of(file_of(*rows))]


def test_the_same_file_gives_the_same_ids_again() -> None:
    rows = [row(), row(fitid=""), row(fitid=""), row(amount="-7")]

    assert ids_of(*rows) == ids_of(*rows)


def test_equal_rows_without_fitid_are_two_and_stay_two() -> None:
    coffee = row("-3.20", fitid="")

    first, second = ids_of(coffee, coffee)

    assert first != second
    assert ids_of(coffee, row(fitid="other"), coffee)[::2] == [first, second]


def test_the_same_row_again_is_a_duplicate_in_its_line() -> None:
    _, booked, duplicate, end = items_of(file_of(row(), row()))

    assert isinstance(booked, StatementRow)
    assert duplicate == DuplicateLine(13, booked.id)
    assert end == StatementEnd(15, "OFX", rows=1, duplicates=1, rejected=0)


def test_an_amount_is_the_same_however_many_zeros_it_has() -> None:
    assert ids_of(row("-5")) == ids_of(row("-5.00"))


@pytest.mark.parametrize("other", [row(amount="-7"), row(day="20240229"), row(name="Butcher"), row(more="<MEMO>x")])
def test_a_fitid_used_for_another_transaction_keeps_both(other: str) -> None:
    ids = ids_of(row(), other)

    assert len(set(ids)) == 2


@pytest.mark.parametrize("other", [row(amount="-7"), row(day="20240229")])
def test_a_reused_fitid_gives_the_same_ids_in_any_order_and_window(other: str) -> None:
    first, second = ids_of(row(), other)

    assert ids_of(other, row()) == [second, first]
    assert ids_of(other) == [second]


def test_a_bank_that_rewords_a_row_keeps_its_id() -> None:
    assert ids_of(row(name="BAKERY 0042")) == ids_of(row(name="Bakery"))


def test_a_reused_fitid_with_the_same_words_twice_is_a_duplicate_of_the_variant() -> None:
    _, _, variant, duplicate, _ = items_of(file_of(row(), row(name="Butcher"), row(name="Butcher")))

    assert isinstance(variant, StatementRow)
    assert duplicate == DuplicateLine(14, variant.id)


def test_the_same_fitid_in_another_account_is_another_row() -> None:
    other = ACCOUNT.replace("345", "678")

    items = rows_of(document(statement(row()) + statement(row(), account=other)).encode())

    assert len({item.id for item in items}) == 2


def test_an_account_that_comes_twice_has_its_row_once() -> None:
    items = rows_of(document(statement(row()) + statement(row())).encode())

    assert len(items) == 1


def test_ids_stay_apart_for_more_rows_than_the_first_table_holds() -> None:
    ids = ids_of(*(row(fitid=f"F{number}") for number in range(10000)))

    assert len(set(ids)) == 10000


def test_more_rows_than_the_limit_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(identity, "MOST_ROWS", 2)

    with pytest.raises(StatementProblem, match="The file has more than 2 rows"):
        ids_of(row(fitid="1"), row(fitid="2"), row(fitid="3"))
