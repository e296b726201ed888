"""A file that was read to its end and waits."""

import tracemalloc
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest

from domain.statement_imports.staging import MOST_ACCOUNTS, stage_file
from domain.statement_imports.statement import (
    BalanceLine,
    DuplicateLine,
    RejectedLine,
    StatementAccount,
    StatementEnd,
    StatementItem,
    StatementProblem,
    StatementRow,
)

CHECKING = StatementAccount("1", "bank", "CHECKING", "USD")
SAVINGS = StatementAccount("2", "bank", "SAVINGS", None)
END = StatementEnd(9, "OFX", 2, 0, 0)


def row(id: str, amount: str = "-6.60") -> StatementRow:
    return StatementRow(id, 3, id, date(2024, 1, 31), Decimal(amount), "Bäckerei “Ost”", "", "", "DEBIT")


def test_rows_come_back_as_they_were_and_as_often_as_wanted() -> None:
    rows = [row("a"), row("b", "0.0001"), row("c", "999999999999999")]

    with stage_file([CHECKING, rows[0], SAVINGS, rows[1], CHECKING, rows[2], END]) as staged:
        found = [list(staged.rows()), list(staged.rows())]

    assert found == [[(0, rows[0]), (1, rows[1]), (0, rows[2])]] * 2
    assert [one.said for one in staged.accounts] == [CHECKING, SAVINGS]


def test_the_newest_balance_of_an_account_counts() -> None:
    january = BalanceLine(1, Decimal(1), date(2024, 1, 31))
    february = BalanceLine(2, Decimal(2), date(2024, 2, 29))

    with stage_file([CHECKING, february, january, SAVINGS, CHECKING, END]) as staged:
        assert [one.balance for one in staged.accounts] == [february, None]


def test_what_is_no_row_is_counted_or_kept() -> None:
    rejected = RejectedLine(4, "The row was left out: it has no date.", "<TRNAMT>1")

    with stage_file([CHECKING, DuplicateLine(3, "a"), rejected, DuplicateLine(5, "a"), END]) as staged:
        assert (staged.duplicates, staged.rejected, staged.format) == (2, [rejected], "OFX")


def test_without_its_end_a_file_is_nothing() -> None:
    with pytest.raises(StatementProblem):
        stage_file([CHECKING, row("a")])


def test_a_problem_after_the_rows_is_the_files() -> None:
    def items() -> Iterator[StatementItem]:
        yield CHECKING
        yield row("a")
        raise StatementProblem("The file is cut off.")

    with pytest.raises(StatementProblem, match="cut off"):
        stage_file(items())


def test_accounts_are_bounded() -> None:
    accounts = [StatementAccount(str(number), "", "OTHER", None) for number in range(MOST_ACCOUNTS + 1)]

    with stage_file([*accounts[:-1], *accounts[:-1], END]) as staged:
        assert len(staged.accounts) == MOST_ACCOUNTS
    with pytest.raises(StatementProblem):
        stage_file([*accounts, END])


def test_memory_does_not_grow_with_the_rows() -> None:
    def items() -> Iterator[StatementItem]:
        yield CHECKING
        for number in range(20_000):
            yield row(str(number))
        yield END

    tracemalloc.start()
    try:
        with stage_file(items()) as staged:
            assert sum(1 for _ in staged.rows()) == 20_000
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    # As a list these rows are more than 8 MiB.
    assert peak < 512 * 1024
