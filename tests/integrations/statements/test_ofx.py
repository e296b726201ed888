"""What a statement says: accounts, rows, balances and the end, in the file's order."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest

from domain.statement_imports.statement import (
    BalanceLine,
    RejectedLine,
    StatementAccount,
    StatementEnd,
    StatementRow,
)
from integrations.statements.ofx import read_ofx, sniff
from tests.integrations.statements.documents import (
    ACCOUNT,
    HEADER,
    document,
    file_of,
    items_of,
    rejected_of,
    row,
    rows_of,
    statement,
)

LEDGER = "<LEDGERBAL><BALAMT>100.50<DTASOF>20240201</LEDGERBAL>"


def test_a_row_has_every_field_as_the_bank_wrote_it() -> None:
    (item,) = rows_of(file_of(row("-12.30", "20240131120000[-5:EST]", "F7", "Bakery", "<MEMO>Bread<CHECKNUM>104")))

    assert item == StatementRow(
        id=item.id,
        line=12,
        fitid="F7",
        date=date(2024, 1, 31),
        amount=Decimal("-12.30"),
        name="Bakery",
        memo="Bread",
        check_number="104",
        type="DEBIT",
    )


def test_items_come_in_the_order_of_the_file_and_end_explicitly() -> None:
    card = "<CREDITCARDMSGSRSV1><CCSTMTTRNRS><CCSTMTRS><CURDEF>EUR<CCACCTFROM><ACCTID>999</CCACCTFROM>"
    data = document(statement(row()) + f"</BANKMSGSRSV1>{card}{LEDGER}</CCSTMTRS></CCSTMTTRNRS></CREDITCARDMSGSRSV1>")

    first, booked, second, balance, end = items_of(data.encode())

    assert first == StatementAccount("345", "12", "CHECKING", "USD")
    assert isinstance(booked, StatementRow)
    assert second == StatementAccount("999", "", "CREDIT_CARD", "EUR")
    assert balance == BalanceLine(14, Decimal("100.50"), date(2024, 2, 1))
    assert end == StatementEnd(14, "OFX", rows=1, duplicates=0, rejected=0)


def test_nothing_is_read_before_it_is_asked_for() -> None:
    pulled: list[int] = []

    def chunks() -> Iterator[bytes]:
        for number, chunk in enumerate([file_of(row()), b"never"]):
            pulled.append(number)
            yield chunk * 100000 if number else chunk.replace(b"</OFX>", b" " * 5000)

    items = read_ofx(chunks())
    assert pulled == []
    next(items)

    assert pulled == [0]


@pytest.mark.parametrize(
    ("kind", "expected"),
    [("CHECKING", "CHECKING"), ("MONEYMRKT", "SAVINGS"), ("cd", "SAVINGS"), ("CREDITLINE", "LOAN"), ("X", "OTHER")],
)
def test_the_kind_of_account_is_one_of_ours(kind: str, expected: str) -> None:
    account = f"<BANKACCTFROM><BANKID>1<ACCTID>2<ACCTTYPE>{kind}</BANKACCTFROM>"

    told = items_of(document(statement(row(), account=account)).encode())[0]

    assert isinstance(told, StatementAccount)
    assert told.kind == expected


def test_rows_without_any_account_belong_to_an_empty_one() -> None:
    data = f"{HEADER}<OFX><BANKTRANLIST>{row()}</BANKTRANLIST></OFX>".encode()

    told, booked, _ = items_of(data)

    assert told == StatementAccount("", "", "OTHER", None)
    assert isinstance(booked, StatementRow)


def test_the_available_balance_is_not_the_ledger_balance() -> None:
    data = f"{HEADER}<OFX><STMTRS><CURDEF>USD{ACCOUNT}{LEDGER}<AVAILBAL><BALAMT>7</AVAILBAL></STMTRS></OFX>"

    balances = [item.amount for item in items_of(data.encode()) if isinstance(item, BalanceLine)]

    assert balances == [Decimal("100.50")]


def test_pending_rows_are_left_to_the_file_that_has_them_posted() -> None:
    pending = "<BANKTRANLISTP><STMTTRNP><TRNAMT>-1<DTTRAN>20240131<NAME>Hotel</STMTTRNP></BANKTRANLISTP>"
    data = document(statement(row()).replace("</STMTRS>", f"{pending}</STMTRS>"))

    assert [item.name for item in rows_of(data.encode())] == ["Bakery"]


def test_an_investment_statement_beside_a_bank_statement_is_reported_and_left_out() -> None:
    fund = f"<INVSTMTTRNRS><INVSTMTRS><CURDEF>USD<INVTRANLIST><INVBANKTRAN>{row('-99')}</INVBANKTRAN></INVTRANLIST>"
    data = document(f"{fund}</INVSTMTRS></INVSTMTTRNRS>{statement(row())}").encode()

    assert [item.amount for item in rows_of(data)] == [Decimal("-6.60")]
    assert [(item.line, item.text) for item in rejected_of(data)] == [(11, "<INVSTMTRS>")]


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        (row(amount="abc"), "The row was left out: “abc” is not an amount."),
        (row(amount=""), "The row was left out: it has no amount."),
        (row(day="20240231"), "The row was left out: there is no day 2024-02-31."),
        (row(day="00000101"), "The row was left out: the year 0000 cannot be right."),
        (row(day="99991231"), "The row was left out: the year 9999 cannot be right."),
        (row(day=""), "The row was left out: it has no date."),
        (row(name="x" * 4097), "The row was left out: NAME has more than 4,096 characters."),
        (row(more="<TRNAMT>-7"), "The row was left out: it has two values for TRNAMT."),
        (
            row(more="<CURRENCY><CURRATE>1.1<CURSYM>EUR</CURRENCY>"),
            "The row was left out: its amount is in EUR, the account is in USD.",
        ),
        (
            row(more="<CORRECTFITID>F0<CORRECTACTION>REPLACE"),
            "The row was left out: it corrects a transaction of an earlier file: change that one by hand.",
        ),
        ("<STMTTRN></STMTTRN>\n", "The row was left out: it has no amount."),
    ],
)
def test_a_broken_row_is_rejected_with_its_line_and_the_rows_beside_it_are_read(broken: str, reason: str) -> None:
    data = file_of(row(fitid="before"), broken, row(fitid="behind"))

    assert [(item.line, item.reason) for item in rejected_of(data)] == [(13, reason)]
    assert [item.fitid for item in rows_of(data)] == ["before", "behind"]


def test_a_rejected_row_shows_its_text_clipped() -> None:
    (rejected,) = rejected_of(file_of(row(amount="abc", name="y" * 300)))

    assert rejected == RejectedLine(12, "The row was left out: “abc” is not an amount.", rejected.text)
    assert rejected.text.startswith("<TRNTYPE>DEBIT<DTPOSTED>20240131<TRNAMT>abc<FITID>F1<NAME>yyy")
    assert len(rejected.text) == 200


def test_a_converted_original_currency_changes_nothing() -> None:
    (item,) = rows_of(file_of(row(more="<ORIGCURRENCY><CURRATE>1.1<CURSYM>EUR</ORIGCURRENCY>")))

    assert item.amount == Decimal("-6.60")


def test_a_broken_balance_is_rejected_with_its_line() -> None:
    data = f"{HEADER}<OFX><STMTRS><CURDEF>USD{ACCOUNT}<LEDGERBAL><BALAMT>n/a</LEDGERBAL></STMTRS></OFX>"

    assert rejected_of(data.encode()) == [
        RejectedLine(11, "The balance was left out: “n/a” is not an amount.", "<BALAMT>n/a")
    ]


def test_a_payee_stands_in_for_the_name() -> None:
    payee = "<PAYEE><NAME>City Works<ADDR1>1 Main</PAYEE>"

    (item,) = rows_of(file_of(row(name="", more=payee)))

    assert item.name == "City Works"


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (HEADER.encode() + b"<OFX>", "OFX"),
        (HEADER.encode() + b"<OFX><FI><INTU.BID>3000</FI>", "QFX"),
        (b'<?xml version="1.0"?><?OFX OFXHEADER="200"?><OFX><intu.bid>1', "QFX"),
        ((HEADER + "<OFX>").encode("utf-16"), "OFX"),
        (b"Date,Amount\n2024-01-31,-6.60\n", None),
        (b"<!DOCTYPE html><html>", None),
        (b"", None),
        (b"\xff\xfe\x00", None),
    ],
)
def test_a_format_is_known_by_its_first_kilobytes(head: bytes, expected: str | None) -> None:
    assert sniff(head) == expected


def test_a_file_with_intuits_bank_number_is_qfx() -> None:
    data = document(statement(row())).replace("<BANKMSGSRSV1>", "<INTU.BID>3000<BANKMSGSRSV1>", 1)

    end = items_of(data.encode())[-1]

    assert isinstance(end, StatementEnd)
    assert end.format == "QFX"
