"""A file of the greatest size that may be sent needs no more memory than a constant."""

import tracemalloc
from collections.abc import Iterator

from domain.statement_imports.statement import StatementEnd
from integrations.statements.ofx import read_ofx
from tests.integrations.statements.documents import document, statement

MIB = 2**20


def chunks_of_a_large_file(size: int) -> Iterator[bytes]:
    head, tail = document(statement("@")).encode().split(b"@")
    yield head
    made = len(head) + len(tail)
    number = 0
    while made < size:
        rows = bytearray()
        for _ in range(300):
            number += 1
            rows += (
                b"<STMTTRN>\n<TRNTYPE>DEBIT</TRNTYPE>\n<DTPOSTED>202401%02d120000[-5:EST]</DTPOSTED>\n"
                b"<TRNAMT>-%d.%02d</TRNAMT>\n<FITID>2024010000%08d</FITID>\n<NAME>COFFEE SHOP %d</NAME>\n"
                b"<MEMO>Card purchase &amp; tip, %s</MEMO>\n</STMTTRN>\n"
            ) % (number % 28 + 1, number % 900, number % 100, number, number, b"terminal 0042 " * 6)
        made += len(rows)
        yield bytes(rows)
    yield tail


def test_20_mib_are_read_in_4_mib() -> None:
    rows = 0
    tracemalloc.start()
    try:
        for item in read_ofx(chunks_of_a_large_file(20 * MIB)):
            if isinstance(item, StatementEnd):
                rows = item.rows
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert rows > 60_000
    assert peak < 4 * MIB
