"""What banks do to SGML and XML, and what is read all the same."""

import pytest

from tests.integrations.statements.documents import ACCOUNT, HEADER, document, file_of, row, rows_of, statement

XML_HEADER = '<?xml version="1.0" encoding="UTF-8"?>\n<?OFX OFXHEADER="200" VERSION="211"?>\n'


def name_of(written: str) -> str:
    (item,) = rows_of(file_of(row(name=written)))
    return item.name


def test_xml_gives_what_sgml_gives() -> None:
    fields = {"TRNTYPE": "DEBIT", "DTPOSTED": "20240131", "TRNAMT": "-6.60", "FITID": "F1", "NAME": "Bakery"}
    closed = "".join(f"<{tag}>{value}</{tag}>" for tag, value in fields.items())
    xml = document(statement(f"<STMTTRN>\n{closed}\n</STMTTRN>\n"), XML_HEADER)

    (from_xml,) = rows_of(xml.encode())
    (from_sgml,) = rows_of(file_of(row()))

    assert (from_xml.id, from_xml.amount, from_xml.name) == (from_sgml.id, from_sgml.amount, from_sgml.name)


def test_closing_tags_may_all_be_missing_but_the_last() -> None:
    rows = "".join(row(fitid=fitid).replace("</STMTTRN>", "") for fitid in "123")
    data = f"{HEADER}<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>USD{ACCOUNT}<BANKTRANLIST>{rows}</OFX>"

    assert [item.fitid for item in rows_of(data.encode())] == ["1", "2", "3"]


def test_a_statement_may_be_closed_under_another_name() -> None:
    data = document(statement(row()) + statement(row(fitid="F2"))).replace("</STMTRS>", "</CCSTMTRS>")

    assert [item.fitid for item in rows_of(data.encode())] == ["F1", "F2"]


def test_fields_may_be_closed_late_as_if_they_nested() -> None:
    nested = (
        "<STMTTRN>\n<TRNTYPE>DEBIT\n <DTPOSTED>20240131\n  <TRNAMT>-6.60\n   <FITID>F1\n    <NAME>Bakery\n    </NAME>\n"
        "   </FITID>\n  </TRNAMT>\n </DTPOSTED>\n</TRNTYPE>\n</STMTTRN>\n"
    )

    assert [item.name for item in rows_of(file_of(nested, row(fitid="F2", name="Butcher")))] == ["Bakery", "Butcher"]


def test_empty_fields_without_closing_tags_hide_nothing() -> None:
    written = (
        "<STMTTRN><TRNTYPE>\n<CHECKNUM>\n<X.VENDOR>\n<DTPOSTED>20240131<TRNAMT>-6.60<FITID>F1<NAME>Bakery</STMTTRN>"
    )

    (item,) = rows_of(file_of(written))

    assert (item.type, item.check_number, item.name) == ("OTHER", "", "Bakery")


def test_tags_may_be_lower_case_prefixed_or_self_closing() -> None:
    written = "<o:stmttrn><DtPosted>20240131<o:TRNAMT>-6.60</o:TRNAMT><memo/><checknum /><Name>Bakery</o:stmttrn>"

    (item,) = rows_of(file_of(written))

    assert (item.name, item.memo, item.check_number) == ("Bakery", "", "")


def test_the_first_element_may_have_attributes() -> None:
    data = document(statement(row()), XML_HEADER).replace("<OFX>", '<OFX xmlns="http://ofx.net/types/2003/04">')

    assert len(rows_of(data.encode())) == 1


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Marks &amp; Spencer", "Marks & Spencer"),
        ("AT&T", "AT&T"),
        ("a &lt;b&gt; c", "a <b> c"),
        ("Caf&#233; &#xE9;", "Café é"),
        ("one&nbsp;two", "one two"),
        ("&#0;&#xD800;&#x110000;&#1114112;", "&#0;&#xD800;&#x110000;&#1114112;"),
        ("&lol;", "&lol;"),
        ("A < B", "A < B"),
        ("Jo <jo@example.com>", "Jo <jo@example.com>"),
        ("I <3 bread", "I <3 bread"),
        ("<![CDATA[Marks & <b>Spencer</b>]]>", "Marks & <b>Spencer</b>"),
        ("Mar<!-- a <NAME> in a -- comment > -->ket", "Market"),
        ("<?page 1?>Market", "Market"),
        ("two\n  lines", "two lines"),
    ],
)
def test_text(written: str, read: str) -> None:
    assert name_of(written) == read


def test_documents_may_stand_behind_each_other() -> None:
    data = file_of(row()) + file_of(row(fitid="F2"))

    assert [(item.fitid, item.line) for item in rows_of(data)] == [("F1", 12), ("F2", 26)]


@pytest.mark.parametrize("line_end", [b"\n", b"\r\n", b"\r"])
def test_lines_are_counted_whatever_ends_them(line_end: bytes) -> None:
    data = file_of(row(fitid="F1"), row(fitid="F2")).replace(b"\n", line_end)

    assert [item.line for item in rows_of(data)] == [12, 13]


def test_a_file_without_any_line_end_is_one_line() -> None:
    data = file_of(row()).replace(b"\n", b" ")

    assert [item.line for item in rows_of(data)] == [1]
