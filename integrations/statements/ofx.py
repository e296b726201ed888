"""Reads OFX and QFX statements, 1.x (SGML) and 2.x (XML), as a stream: bytes in, accounts, rows and balances out.

Why our own: ofxparse (MIT) makes a BeautifulSoup tree of the whole file and knows no line numbers; ofxtools (GPL)
wants the elements in the standard's order and refuses headers that banks do write. Neither reads in a memory that
does not depend on the file. Here at most one row and one field are held, and 12 bytes for each row to tell duplicates.

Sources: OFX 1.0.3, 1.6 and 2.3 (ofx.net), sections 2 (structure), 3.2.8 (amounts, dates) and 11.4 (statements).

Not read: investment statements (reported as rejected) and pending rows (STMTTRNP: they come again when posted).
"""

import re
from collections.abc import Iterable, Iterator

from domain.statement_imports.statement import (
    RejectedLine,
    StatementAccount,
    StatementEnd,
    StatementFormatName,
    StatementItem,
    StatementProblem,
    StatementRow,
)
from integrations.statements.account import OpenAccount, account_named_by
from integrations.statements.balance import OpenBalance
from integrations.statements.charset import peek_text, read_text
from integrations.statements.identity import RowIdentities
from integrations.statements.markup import read_tokens
from integrations.statements.nesting import ACCOUNTS, LISTS, STATEMENTS, Nesting
from integrations.statements.row import OpenRow
from integrations.statements.values import ValueProblem

MOST_REJECTED = 1000
"""A file with more broken rows is refused as a whole."""

MOST_STATEMENTS = 1000
"""A file with more statements is refused: it would make an account of each."""

_NO_OFX = "The file is not an OFX or QFX statement. Download it again and choose OFX or QFX."
_OFX_TAG = re.compile(r"<(?:\w+:)?OFX[\s>]|\bOFXHEADER\b", re.IGNORECASE | re.ASCII)


def sniff(head: bytes) -> StatementFormatName | None:
    """What a file is by its first kilobytes: OFX, QFX (OFX with Intuit's bank number), or neither. Never raises."""
    text = peek_text(head)
    if not _OFX_TAG.search(text):
        return None
    return "QFX" if "<INTU.BID>" in text.upper() else "OFX"


def read_ofx(chunks: Iterable[bytes]) -> Iterator[StatementItem]:
    """The file's items in its order, the last a `StatementEnd`. Pulls `chunks` of any size as it goes.

    A row that cannot be read is a `RejectedLine`, and reading goes on. Raises `StatementProblem` where the file as a
    whole is cut, damaged, harmful or none of ours: then what was yielded before must be given up.
    """
    reader = _Reader()
    for line, tag, text in read_tokens(read_text(chunks)):
        yield from reader.take(line, tag, text)


class _Reader:
    def __init__(self) -> None:
        self._nesting = Nesting()
        self._identities = RowIdentities()
        self._account: OpenAccount | None = None
        self._row: OpenRow | None = None
        self._balance: OpenBalance | None = None
        self._has_begun = self._has_ended = False
        self._format: StatementFormatName = "OFX"
        self._statements = self._rows = self._duplicates = self._rejected = 0

    def take(self, line: int, tag: str, text: str) -> Iterator[StatementItem]:
        """The items that the next token completes."""
        if not tag:
            yield self._end(line)
        elif tag[0] == "/":
            for name in self._nesting.ended_by_closing(tag[1:]):
                yield from self._ended(name)
        else:
            if tag != "OFX" and not self._has_begun:
                raise StatementProblem(_NO_OFX)
            if tag != "OFX" and self._has_ended:
                raise StatementProblem(
                    f"The file goes on behind its end, at line {line}: it is damaged. Download it again."
                )
            ended = self._nesting.ended_by_opening(tag, text)
            if ended is None:
                self._field(line, tag, text)
            else:
                for name in ended:
                    yield from self._ended(name)
                yield from self._begun(line, tag)

    def _begun(self, line: int, tag: str) -> Iterator[StatementItem]:
        if tag == "OFX":
            # Some banks put one document behind the other.
            self._has_begun, self._has_ended = True, False
        elif tag in STATEMENTS:
            self._account = OpenAccount(tag)
            if not self._account.is_read:
                reason = "An investment statement was left out: Coffer reads those of bank and card accounts."
                yield self._reject(RejectedLine(line, reason, f"<{tag}>"))
        elif tag in ACCOUNTS:
            self._account = self._account.begin_next(line, tag) if self._account else account_named_by(tag)
        elif tag in LISTS or tag == "STMTTRN":
            self._account = self._account or OpenAccount("")
            yield from self._told(self._account)
            if tag == "STMTTRN":
                self._row = OpenRow(line)
            elif tag == "LEDGERBAL":
                self._balance = OpenBalance(line)

    def _ended(self, name: str) -> Iterator[StatementItem]:
        account = self._account
        if name == "STMTTRN":
            row, self._row = self._row, None
            if row and account and account.is_read:
                yield self._row_ended(row, account)
        elif name == "LEDGERBAL":
            balance, self._balance = self._balance, None
            if balance and account and account.is_read:
                yield self._balance_ended(balance, account)
        elif name in STATEMENTS:
            if account:
                yield from self._told(account)
            self._account = None
        elif name == "OFX":
            self._has_ended = True
            self._account = None

    def _told(self, account: OpenAccount) -> Iterator[StatementAccount]:
        if account.is_read and not account.is_told:
            self._statements += 1
            if self._statements > MOST_STATEMENTS:
                raise StatementProblem(
                    f"The file has more than {MOST_STATEMENTS:,} statements. Export fewer at a time."
                )
            yield account.tell()

    def _field(self, line: int, tag: str, text: str) -> None:
        inside = self._nesting.inside
        if self._row:
            self._row.add(inside, tag, text)
        elif self._balance:
            self._balance.add(tag, text)
        elif tag == "INTU.BID":
            self._format = "QFX"
        elif self._account and inside in ACCOUNTS:
            self._account.add(line, tag, text)
        elif self._account and tag == "CURDEF":
            self._account.set_currency(line, text)

    def _row_ended(self, row: OpenRow, account: OpenAccount) -> StatementItem:
        try:
            item = row.finish(account.number, account.currency, self._identities)
        except ValueProblem as problem:
            return self._reject(row.rejected(str(problem)))
        if isinstance(item, StatementRow):
            self._rows += 1
        else:
            self._duplicates += 1
        return item

    def _balance_ended(self, balance: OpenBalance, account: OpenAccount) -> StatementItem:
        try:
            return balance.finish(account.currency)
        except ValueProblem as problem:
            return self._reject(balance.rejected(str(problem)))

    def _reject(self, rejected: RejectedLine) -> RejectedLine:
        self._rejected += 1
        if self._rejected > MOST_REJECTED:
            raise StatementProblem(
                f"More than {MOST_REJECTED:,} rows of the file cannot be read, the last one at line {rejected.line}. "
                f"{rejected.reason} Download it again."
            )
        return rejected

    def _end(self, line: int) -> StatementEnd:
        if not self._has_begun:
            raise StatementProblem(_NO_OFX)
        if not self._has_ended:
            raise StatementProblem(f"The file is cut off behind line {line}: its end is missing. Download it again.")
        if not self._statements:
            raise StatementProblem(
                "The file holds no statement of a bank or card account. Choose an account and a period when you "
                "download it."
            )
        return StatementEnd(line, self._format, self._rows, self._duplicates, self._rejected)
