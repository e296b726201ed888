"""A file that was read to its end and waits to be applied: its rows in a temporary file, the rest in memory.

Only the end tells whether a file may be kept, and reading a large one takes seconds in which no transaction should be
open. So it is read to here first; a unit that has to run again reads the rows again.
"""

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from types import TracebackType
from typing import IO, Self

import orjson

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

MOST_ACCOUNTS = 50
"""A file with more accounts is refused: it would make each of them."""


@dataclass(slots=True)
class StagedAccount:
    """An account of the file, once however often the file tells it, and its newest booked balance."""

    said: StatementAccount
    balance: BalanceLine | None = None


class StagedFile:
    """What a file says. To be closed; reading the rows can be repeated."""

    def __init__(self) -> None:
        self.accounts: list[StagedAccount] = []
        self.rejected: list[RejectedLine] = []
        self.duplicates = 0
        self.format = ""
        self._rows: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 (this class is the context manager)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        # Closing writes what is buffered, and may fail for want of room a second time.
        with suppress(OSError):
            self._rows.close()

    def rows(self) -> Iterator[tuple[int, StatementRow]]:
        """Each row with its account's place in `accounts`, in the file's order."""
        self._rows.seek(0)
        for line in self._rows:
            place, row = orjson.loads(line)
            row["date"], row["amount"] = date.fromisoformat(row["date"]), Decimal(row["amount"])
            yield place, StatementRow(**row)

    def _keep(self, place: int, row: StatementRow) -> None:
        self._rows.write(orjson.dumps((place, asdict(row)), default=str, option=orjson.OPT_APPEND_NEWLINE))

    def _account(self, said: StatementAccount) -> int:
        for place, account in enumerate(self.accounts):
            if account.said == said:
                return place
        if len(self.accounts) == MOST_ACCOUNTS:
            raise StatementProblem(f"The file has more than {MOST_ACCOUNTS} accounts. Export fewer at a time.")
        self.accounts.append(StagedAccount(said))
        return len(self.accounts) - 1

    def _fill(self, items: Iterable[StatementItem]) -> None:
        place = 0
        for item in items:
            match item:
                case StatementAccount():
                    place = self._account(item)
                case StatementRow():
                    self._keep(place, item)
                case BalanceLine():
                    before = self.accounts[place].balance
                    if before is None or (item.date or date.max) >= (before.date or date.max):
                        self.accounts[place].balance = item
                case RejectedLine():
                    self.rejected.append(item)
                case DuplicateLine():
                    self.duplicates += 1
                case StatementEnd():
                    self.format = item.format


def stage_file(items: Iterable[StatementItem]) -> StagedFile:
    """Read a file to its end. Blocking. Raises StatementProblem, and whatever reading the bytes raises."""
    staged = StagedFile()
    try:
        staged._fill(items)
        if not staged.format:
            raise StatementProblem("The file has no end. Download it again.")
    except BaseException:
        staged.close()
        raise
    return staged
