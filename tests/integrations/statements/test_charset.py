"""Characters, as declared and as sent."""

import pytest

from domain.statement_imports.statement import StatementProblem
from tests.integrations.statements.documents import HEADER, document, items_of, row, rows_of, statement

XML_HEADER = '<?xml version="1.0" encoding="{}"?>\n<?OFX OFXHEADER="200" VERSION="211"?>\n'


def declared(charset: str, encoding: str = "USASCII") -> str:
    return HEADER.replace("CHARSET:1252", f"CHARSET:{charset}").replace("ENCODING:USASCII", f"ENCODING:{encoding}")


@pytest.mark.parametrize(
    ("header", "codec"),
    [
        (declared("1252"), "cp1252"),
        (declared("1252"), "utf-8"),
        (declared("NONE", "UTF-8"), "utf-8"),
        (declared("NONE", "UTF-8"), "cp1252"),
        (declared("NONE", "UNICODE"), "utf-8"),
        (declared("NONE", "UNICODE"), "utf-16"),
        (declared("NONE", "UNICODE"), "utf-16-le"),
        (declared("NONE", "UNICODE"), "utf-16-be"),
        (declared("ISO-8859-1"), "latin-1"),
        (declared("8859-15"), "iso8859-15"),
        (declared("1250"), "cp1250"),
        (XML_HEADER.format("UTF-8"), "utf-8"),
        (XML_HEADER.format("UTF-8"), "utf-8-sig"),
        (XML_HEADER.format("ISO-8859-1"), "latin-1"),
        (XML_HEADER.format("UTF-16"), "utf-16"),
        ("", "utf-8"),
        ("", "cp1252"),
    ],
)
def test_accents_are_read_as_sent(header: str, codec: str) -> None:
    data = document(statement(row(name="Bäckerei für é")), header).encode(codec)

    assert [item.name for item in rows_of(data)] == ["Bäckerei für é"]


@pytest.mark.parametrize(("charset", "codec", "name"), [("1251", "cp1251", "Пекарня"), ("932", "cp932", "パン屋")])
def test_rarer_character_sets_are_read_as_declared(charset: str, codec: str, name: str) -> None:
    data = document(statement(row(name=name)), declared(charset)).encode(codec)

    assert [item.name for item in rows_of(data)] == [name]


def test_the_euro_sign_of_windows_1252_stands_beside_utf_8() -> None:
    data = document(statement(row(name="@ é"))).encode().replace(b"@", b"\x80")

    assert [item.name for item in rows_of(data)] == ["€ é"]


@pytest.mark.parametrize("charset", ["KLINGON", "hex", "zlib_codec", "rot13", "idna", "99999"])
def test_an_unknown_character_set_is_named(charset: str) -> None:
    data = document(statement(row()), declared(charset)).encode()

    with pytest.raises(StatementProblem, match=f"its characters are “{charset.upper()}”"):
        items_of(data)


def test_a_damaged_utf_16_file_gives_no_half_characters() -> None:
    data = document(statement(row(name="A@B"))).encode("utf-16").replace("@".encode("utf-16-le"), b"\x00\xd8")

    (item,) = rows_of(data)

    assert item.name == "A\ufffdB"
