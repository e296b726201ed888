"""What holds for every file, however it is cut or spoilt."""

from collections.abc import Iterator
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from domain.statement_imports.statement import StatementEnd, StatementItem, StatementProblem
from integrations.statements.ofx import read_ofx, sniff
from tests.integrations.statements.documents import HEADER, document, file_of, in_chunks, row, statement

FILES = [
    file_of(
        row(name="Café"),
        row(),
        row(amount="?"),
        row(fitid=""),
        row(name="<![CDATA[A & <b>]]><!-- no > -->&amp; < B", more="<MEMO>x"),
    ),
    document(statement(row(name="Bäckerei"))).encode("utf-16"),
    document(statement(row(name="Bäckerei €")), HEADER).encode("cp1252").replace(b"\n", b"\r\n"),
    document(statement(row())).replace("Bakery", "a\0b").encode(),
    document(statement(row(name="x" * 70000))).encode(),
    b"<!DOCTYPE html><OFX></OFX>",
]
PIECES = [
    *[
        "<OFX>",
        "</OFX>",
        "<STMTTRN>",
        "</STMTTRN>",
        "<STMTRS>",
        "</STMTRS>",
        "<INVSTMTRS>",
        "<CCSTMTRS>",
        "<BANKTRANLIST>",
        "</BANKTRANLIST>",
    ],
    *[
        "<LEDGERBAL>",
        "<BALAMT>1",
        "<TRNAMT>1,5",
        "<TRNAMT>1e9",
        "<DTPOSTED>20240131",
        "<DTPOSTED>0",
        "<FITID>1",
        "<NAME>A",
        "<MEMO/>",
    ],
    *[
        "<BANKACCTFROM>",
        "<ACCTID>7",
        "<CCACCTFROM>",
        "<CURDEF>USD",
        "<CURDEF>JPY",
        "<CURRENCY>",
        "<CURSYM>EUR",
        "<PAYEE>",
        "</PAYEE>",
    ],
    *[
        "<!--",
        "-->",
        "<![CDATA[",
        "]]>",
        "<?",
        "?>",
        "<",
        ">",
        "&",
        "&#9;",
        "&#x0;",
        "é",
        "\x85",
        "\r",
        "\n",
        "\x00",
        "<A>",
        "</A>",
        "<!ENTITY",
    ],
]


def outcome(chunks: Iterator[bytes]) -> tuple[list[StatementItem], str]:
    """What was read and the problem that ended it. Anything but a problem is a failure."""
    items: list[StatementItem] = []
    try:
        for item in read_ofx(chunks):
            items.append(item)  # noqa: PERF402 - what came before the problem counts
    except StatementProblem as problem:
        return items, str(problem)
    return items, ""


@given(st.sampled_from(FILES), st.lists(st.integers(0, 100_000)), st.booleans())
def test_cutting_the_bytes_anywhere_changes_nothing(data: bytes, cuts: list[int], with_empty: bool) -> None:
    places = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    chunks = [data[start:end] for start, end in pairwise(places)]

    assert outcome(iter([b"", *chunks, b""] if with_empty else chunks)) == outcome(iter([data]))


@given(st.sampled_from(FILES), st.integers(1, 7))
def test_cutting_the_bytes_into_single_ones_changes_nothing(data: bytes, size: int) -> None:
    assert outcome(in_chunks(data, size)) == outcome(iter([data]))


@given(st.lists(st.sampled_from(PIECES), max_size=60), st.booleans(), st.integers(1, 9))
def test_any_sequence_of_tags_is_read_or_refused(pieces: list[str], begins: bool, size: int) -> None:
    data = ("<OFX>" * begins + "".join(pieces)).encode()

    items, problem = outcome(in_chunks(data, size))

    assert bool(problem) != (bool(items) and isinstance(items[-1], StatementEnd))
    assert sum(isinstance(item, StatementEnd) for item in items) <= 1
    assert (items, problem) == outcome(iter([data]))


@given(st.binary(max_size=300), st.sampled_from([b"", b"<OFX>", HEADER.encode() + b"<OFX>"]))
def test_any_bytes_are_read_or_refused(noise: bytes, head: bytes) -> None:
    sniff(head + noise)

    items, problem = outcome(iter([head + noise]))

    assert problem or isinstance(items[-1], StatementEnd)


@given(st.integers(0, 10_000), st.integers(0, 255))
def test_a_changed_byte_is_read_or_refused(place: int, byte: int) -> None:
    data = bytearray(FILES[0])
    data[place % len(data)] = byte

    items, problem = outcome(iter([bytes(data)]))

    assert problem or isinstance(items[-1], StatementEnd)
