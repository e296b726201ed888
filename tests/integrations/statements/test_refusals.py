"""Files that are refused as a whole, in words that a person can act on."""

import io
import tracemalloc
import zipfile

import pytest

from domain.statement_imports.statement import StatementEnd, StatementProblem
from integrations.statements.ofx import MOST_REJECTED, read_ofx
from tests.integrations.statements.documents import HEADER, document, file_of, in_chunks, items_of, row, statement

NO_STATEMENT = "The file is not an OFX or QFX statement"


def problem_of(data: bytes) -> str:
    with pytest.raises(StatementProblem) as caught:
        items_of(data)
    return str(caught.value)


def zipped() -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("a.ofx", file_of(row()))
    return held.getvalue()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", NO_STATEMENT),
        (b"Date,Amount\n2024-01-31,-6.60\n", NO_STATEMENT),
        (b"<html><body>Please sign in</body></html>", NO_STATEMENT),
        (b'{"a": 1}', NO_STATEMENT),
        (b"<BANKTRANLIST><STMTTRN></STMTTRN></BANKTRANLIST>", NO_STATEMENT),
        (b"word " * 5000, "is too long for an OFX field"),
        (b"x" * 100000, "a field of more than 65,536 characters"),
        (bytes(range(256)) * 100, "zero bytes"),
        (zipped(), "zero bytes"),
        (b"<!DOCTYPE html><html></html>", "a document type or entity declaration"),
        (HEADER.encode() + b"<OFX></OFX>", "holds no statement of a bank or card account"),
        (document("<STMTTRNRS><STATUS><CODE>2003</STATUS></STMTTRNRS>").encode(), "holds no statement"),
        (document("<INVSTMTRS><CURDEF>USD</INVSTMTRS>").encode(), "holds no statement"),
    ],
)
def test_what_is_no_statement(data: bytes, words: str) -> None:
    assert words in problem_of(data)


def test_a_cut_file_names_its_last_line() -> None:
    data = file_of(row(), row(fitid="F2")).partition(b"</BANKTRANLIST>")[0]

    assert problem_of(data) == "The file is cut off behind line 13: its end is missing. Download it again."


def test_a_file_cut_inside_its_last_tag_is_cut() -> None:
    assert "is cut off" in problem_of(file_of(row()).rstrip()[:-1])


def test_a_file_cut_behind_its_last_tag_is_whole() -> None:
    assert isinstance(items_of(file_of(row()).rstrip())[-1], StatementEnd)


def test_rows_behind_the_end() -> None:
    assert "goes on behind its end, at line 16" in problem_of(file_of(row()) + b"\n" + row().encode())


@pytest.mark.parametrize(
    "declaration",
    [
        '<!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;&lol;&lol;">]>',
        '<!doctype OFX SYSTEM "http://127.0.0.1/evil.dtd">',
        '<!ENTITY x SYSTEM "file:///etc/passwd">',
        "<![INCLUDE[",
    ],
)
@pytest.mark.parametrize("place", ["<OFX>", "<STMTTRN>", "Bakery"])
def test_declarations_are_refused_wherever_they_stand(declaration: str, place: str) -> None:
    data = file_of(row()).decode().replace(place, declaration + place)

    assert "a document type or entity declaration" in problem_of(data.encode())


def test_zero_bytes_name_their_place() -> None:
    assert "Behind line 12 the file holds zero bytes" in problem_of(file_of(row(name="a\0b")))


@pytest.mark.parametrize("tag", ["<A>", "<FI>", "<X1><X2>"])
def test_absurd_depth(tag: str) -> None:
    assert "nests more than 64 elements" in problem_of(document(tag * 100000).encode())


@pytest.mark.parametrize("filling", ["x", "<", "< ", "\n", "&amp;"])
def test_absurd_length(filling: str) -> None:
    problem = problem_of(file_of(row(name=filling * 70000)))

    assert "characters" in problem or "too long" in problem


def test_a_tag_without_end() -> None:
    assert "characters" in problem_of(document("<" + "a" * 100000).encode())


def test_an_account_number_of_absurd_length() -> None:
    account = f"<BANKACCTFROM><ACCTID>{'1' * 65}</BANKACCTFROM>"

    assert "ACCTID has more than 64 characters" in problem_of(document(statement(row(), account=account)).encode())


def test_an_unknown_currency() -> None:
    assert "“US$” at line 11 of the file is not the code" in problem_of(file_of(row(), currency="US$"))


def test_an_account_named_behind_its_rows() -> None:
    late = f"<STMTRS><CURDEF>USD<BANKTRANLIST>{row()}</BANKTRANLIST><BANKACCTFROM><ACCTID>1</BANKACCTFROM></STMTRS>"

    assert "names an account behind its transactions" in problem_of(document(late).encode())


def test_a_currency_named_behind_its_rows() -> None:
    data = file_of(row()).decode().replace("</STMTRS>", "<CURDEF>EUR</STMTRS>")

    assert "names another currency" in problem_of(data.encode())


def test_a_file_of_accounts() -> None:
    assert "more than 1,000 statements" in problem_of(document(statement("") * 1001).encode())


def test_a_file_of_broken_rows() -> None:
    assert "More than 1,000 rows of the file cannot be read" in problem_of(file_of(row(amount="x") * 1001))
    assert items_of(file_of(row(amount="x") * MOST_REJECTED))[-1] == StatementEnd(1013, "OFX", 0, 0, 1000)


@pytest.mark.parametrize("filling", [b"x", b"<A>", b"<!-- ", b"<![CDATA[<", b"<STMTTRN>", b"<", b"&lt;", b"\n"])
def test_hostile_files_cost_no_memory(filling: bytes) -> None:
    head = document("").encode().partition(b"</BANK")[0]
    tracemalloc.start()
    try:
        with pytest.raises(StatementProblem):
            for _ in read_ofx([head, *in_chunks(filling * (1_000_000 // len(filling)), 65536)]):
                pass
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    # The file itself is 1 MB of it.
    assert peak < 5_000_000
