"""A bank's file: OFX 1.02 with lines that occur nowhere else."""

from decimal import Decimal

from tests.end_to_end.bank import Line

DAY = "20250615"
DATE = "2025-06-15"
ROWS = 40


def lines(number: int) -> list[Line]:
    """What is in the statement of that number."""
    return [Line(DATE, Decimal(-row) / 100, f"FILE {number:04} ROW {row:04}") for row in range(1, ROWS + 1)]


def ofx(number: int) -> bytes:
    rows = "\n".join(
        f"<STMTTRN>\n<TRNTYPE>DEBIT\n<DTPOSTED>{DAY}\n<TRNAMT>{line.amount}\n<FITID>{number}-{place}\n"
        f"<NAME>{line.words}\n</STMTTRN>"
        for place, line in enumerate(lines(number))
    )
    return f"""OFXHEADER:100
DATA:OFXSGML
VERSION:102
SECURITY:NONE
ENCODING:USASCII
CHARSET:1252
COMPRESSION:NONE
OLDFILEUID:NONE
NEWFILEUID:NONE

<OFX>
<SIGNONMSGSRSV1><SONRS><STATUS><CODE>0<SEVERITY>INFO</STATUS><DTSERVER>{DAY}<LANGUAGE>ENG</SONRS></SIGNONMSGSRSV1>
<BANKMSGSRSV1><STMTTRNRS><TRNUID>1<STATUS><CODE>0<SEVERITY>INFO</STATUS><STMTRS>
<CURDEF>USD
<BANKACCTFROM><BANKID>121099999<ACCTID>5550001234<ACCTTYPE>CHECKING</BANKACCTFROM>
<BANKTRANLIST><DTSTART>{DAY}<DTEND>{DAY}
{rows}
</BANKTRANLIST>
<LEDGERBAL><BALAMT>1000.00<DTASOF>{DAY}</LEDGERBAL>
</STMTRS></STMTTRNRS></BANKMSGSRSV1>
</OFX>
""".encode("ascii")
