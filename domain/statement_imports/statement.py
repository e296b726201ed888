"""What a bank's file says, whatever its format: accounts, rows, balances, and what could not be read.

A reader yields `StatementItem`s in the order of the file: a `StatementAccount` before the rows and balances that belong
to it (the same account may come again), and one `StatementEnd` last. Without that end nothing of the file may be kept.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from domain.mistakes import Problem

StatementAccountKind = Literal["CHECKING", "SAVINGS", "CREDIT_CARD", "LOAN", "OTHER"]
StatementFormatName = Literal["OFX", "QFX"]
OtherFormatName = Literal["QIF", "CSV", "CAMT053", "MT940"]


class StatementProblem(Problem):
    """The file as a whole cannot be taken. The words are for the person who sent it and say what to do."""


class OtherFormat(StatementProblem):
    """The file is of a format that banks give and that is not read yet."""

    def __init__(self, format: OtherFormatName, problem: str) -> None:
        super().__init__(problem)
        self.format = format


@dataclass(frozen=True, slots=True)
class StatementAccount:
    """The following rows are this account's. Whatever the file does not say is empty; `currency` then is None."""

    number: str
    bank_id: str
    kind: StatementAccountKind
    currency: str | None


@dataclass(frozen=True, slots=True)
class StatementRow:
    """One transaction. `amount` is negative where money left the account; `date` is the day in the bank's own zone.

    `id` is unique within the account and the same in every file that holds the row: store this one. `fitid` is what
    the bank wrote, which some leave empty and some use twice. `line` counts from 1. `type` is OFX's TRNTYPE.
    """

    id: str
    line: int
    fitid: str
    date: date
    amount: Decimal
    name: str
    memo: str
    check_number: str
    type: str


@dataclass(frozen=True, slots=True)
class DuplicateLine:
    """A row that stands in this file before, word for word; `id` is that row's."""

    line: int
    id: str


@dataclass(frozen=True, slots=True)
class RejectedLine:
    """A part of the file that could not be read; reading went on behind it. `text` has at most 200 characters."""

    line: int
    reason: str
    text: str


@dataclass(frozen=True, slots=True)
class BalanceLine:
    """The booked balance of the account at the end of `date`, or at an unknown day."""

    line: int
    amount: Decimal
    date: date | None


@dataclass(frozen=True, slots=True)
class StatementEnd:
    """The file was complete. Counts are of the whole file; `line` is its last one."""

    line: int
    format: StatementFormatName
    rows: int
    duplicates: int
    rejected: int


StatementItem = StatementAccount | StatementRow | DuplicateLine | RejectedLine | BalanceLine | StatementEnd
