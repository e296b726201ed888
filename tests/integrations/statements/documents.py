"""Small OFX files for the tests, as banks write them."""

from collections.abc import Iterator

from domain.statement_imports.statement import RejectedLine, StatementItem, StatementRow
from integrations.statements.ofx import read_ofx

HEADER = (
    "OFXHEADER:100\nDATA:OFXSGML\nVERSION:102\nSECURITY:NONE\nENCODING:USASCII\nCHARSET:1252\nCOMPRESSION:NONE\n"
    "OLDFILEUID:NONE\nNEWFILEUID:NONE\n\n"
)
ACCOUNT = "<BANKACCTFROM><BANKID>12<ACCTID>345<ACCTTYPE>CHECKING</BANKACCTFROM>"


def row(
    amount: str = "-6.60",
    day: str = "20240131",
    fitid: str = "F1",
    name: str = "Bakery",
    more: str = "",
) -> str:
    """One STMTTRN in one line, without closing tags on its fields."""
    fields = f"<TRNTYPE>DEBIT<DTPOSTED>{day}<TRNAMT>{amount}<FITID>{fitid}<NAME>{name}{more}"
    return f"<STMTTRN>{fields}</STMTTRN>\n"


def statement(rows: str, currency: str = "USD", account: str = ACCOUNT) -> str:
    """A bank statement with these rows."""
    return f"<STMTTRNRS><STMTRS><CURDEF>{currency}{account}<BANKTRANLIST>\n{rows}</BANKTRANLIST></STMTRS></STMTTRNRS>\n"


def document(statements: str, header: str = HEADER) -> str:
    """A whole file. Its first row, by `row`, stands in line 12."""
    return f"{header}<OFX><BANKMSGSRSV1>{statements}</BANKMSGSRSV1></OFX>\n"


def file_of(*rows: str, currency: str = "USD") -> bytes:
    """A whole file of one checking account with these rows."""
    return document(statement("".join(rows), currency)).encode()


def items_of(data: bytes) -> list[StatementItem]:
    """Everything that the file says. Raises `StatementProblem`."""
    return list(read_ofx([data]))


def rows_of(data: bytes) -> list[StatementRow]:
    """The rows alone."""
    return [item for item in items_of(data) if isinstance(item, StatementRow)]


def rejected_of(data: bytes) -> list[RejectedLine]:
    """The rejected lines alone."""
    return [item for item in items_of(data) if isinstance(item, RejectedLine)]


def in_chunks(data: bytes, size: int) -> Iterator[bytes]:
    """The bytes, cut every `size`."""
    for start in range(0, len(data), size):
        yield data[start : start + size]
