"""Which format a file is in, and what people are told of those that are not read."""

import pytest

from domain.statement_imports.statement import OtherFormat, StatementEnd, StatementProblem
from integrations.statements.formats import other_format, read_statement
from tests.integrations.statements.documents import file_of, in_chunks, row

QIF = b"!Type:Bank\nD1/31/24\nT-6.60\nPBakery\n^\n"
CSV = b"Date;Amount;Text\n31.01.2024;-6,60;Bakery\n"
CAMT = b'<?xml version="1.0"?>\n<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"></Document>'
MT940 = b":20:STARTUMS\r\n:25:10020030/1234567\r\n:28C:1/1\r\n:60F:C240131EUR100,00\r\n"


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (QIF, "QIF"),
        (b"### a remark\n" + QIF, "QIF"),
        (CSV, "CSV"),
        (CSV.decode().encode("utf-16"), "CSV"),
        (b"\xef\xbb\xbf" + CSV.replace(b";", b","), "CSV"),
        (CAMT, "CAMT053"),
        (MT940, "MT940"),
        (b"{1:F01BANKDEFFXXXX0000000000}\r\n" + MT940, "MT940"),
    ],
)
def test_other_formats_are_called_by_their_names(data: bytes, name: str) -> None:
    with pytest.raises(OtherFormat) as refused:
        list(read_statement([data]))

    assert refused.value.format == name
    assert "OFX" in str(refused.value)


@pytest.mark.parametrize("data", [b"", b"\0" * 5000, b"Dear customer,\nno table\n", b"<html><body>a,b,c\nd,e,f</body>"])
def test_what_is_no_format_at_all_is_none_of_ours(data: bytes) -> None:
    assert other_format(data) is None
    with pytest.raises(StatementProblem) as refused:
        list(read_statement([data]))
    assert not isinstance(refused.value, OtherFormat)


@pytest.mark.parametrize("size", [1, 7, 100_000])
def test_ofx_is_read_however_it_is_cut(size: int) -> None:
    # Fields with commas and semicolons make no table of it.
    data = file_of(row(name="a,b,c;d;e"), row(name="a,b,c;d;e", fitid="F2"))

    items = list(read_statement(in_chunks(data, size)))

    end = items[-1]
    assert isinstance(end, StatementEnd)
    assert (end.format, end.rows) == ("OFX", 2)
