"""Real exports of real banks, against what their origins say is in them."""

import csv
import re
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.statement_imports.statement import (
    BalanceLine,
    RejectedLine,
    StatementAccount,
    StatementEnd,
    StatementItem,
    StatementProblem,
    StatementRow,
)
from integrations.statements.ofx import read_ofx, sniff
from tests.integrations.statements.documents import in_chunks, items_of

FOLDER = Path(__file__).parents[4] / "shared" / "data" / "bank_files"

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="the shared bank files are not beside this clone")


def manifest() -> list[dict[str, str]]:
    if not FOLDER.is_dir():
        return []
    with (FOLDER / "manifest.csv").open(newline="", encoding="utf-8") as file:
        return [line for line in csv.DictReader(file) if line["file"].endswith((".ofx", ".qfx"))]


MANIFEST = manifest()
NAMES = [line["file"] for line in MANIFEST] or ["none"]


def bank_file(name: str) -> bytes:
    return (FOLDER / name).read_bytes()


def rows_in(items: list[StatementItem]) -> list[StatementRow]:
    return [item for item in items if isinstance(item, StatementRow)]


def test_the_manifest_names_the_five_files() -> None:
    assert len(MANIFEST) == 5


@pytest.mark.parametrize("expected", MANIFEST, ids=lambda line: line["file"])
def test_a_file_gives_the_manifests_counts_sums_and_dates_read_twice(expected: dict[str, str]) -> None:
    data = bank_file(expected["file"])

    items = items_of(data)

    rows = rows_in(items)
    days = [row.date.isoformat() for row in rows]
    assert len(rows) == int(expected["expected_transactions"])
    assert sum((row.amount for row in rows), Decimal(0)) == Decimal(expected["expected_sum"])
    assert (min(days, default=""), max(days, default="")) == (expected["first_date"], expected["last_date"])
    assert {item.currency for item in items if isinstance(item, StatementAccount)} == {expected["currency"]}
    assert not [item for item in items if isinstance(item, RejectedLine)]
    assert len({row.id for row in rows}) == len(rows)
    assert list(read_ofx(in_chunks(data, 5))) == items


@pytest.mark.parametrize("name", NAMES)
def test_balances_and_accounts_are_all_those_that_a_plain_search_finds(name: str) -> None:
    text = bank_file(name).decode()
    items = items_of(bank_file(name))

    balances = [item.amount for item in items if isinstance(item, BalanceLine)]
    accounts = [item.number for item in items if isinstance(item, StatementAccount)]
    kinds = [item.kind == "CREDIT_CARD" for item in items if isinstance(item, StatementAccount)]

    assert balances == [Decimal(found) for found in re.findall(r"<LEDGERBAL>\s*<BALAMT>([-.0-9]+)", text)]
    assert accounts == [found.strip() for found in re.findall(r"<ACCTID>([^<\n]+)", text)]
    assert kinds == [bool(found) for found in re.findall(r"<(CC)?(?:BANK)?ACCTFROM>", text)]


def test_the_odd_nesting_of_a_card_gives_the_origins_golden_rows() -> None:
    golden = (FOLDER / "oracle" / "ofx3_amex_card.import_results.txt").read_text()
    pattern = (
        r"^  Liabilities:\S+ +(\S+) USD\n    date: (\S+)\n    ofx_fitid: \"(.*)\"\n"
        r"    ofx_memo: \"(.*)\"\n    ofx_name: \"(.*)\"\n"
    )

    rows = rows_in(items_of(bank_file("ofx3_amex_card.ofx")))

    found = [(str(row.amount), row.date.isoformat(), row.fitid, row.memo, row.name) for row in rows]
    assert found == re.findall(pattern, golden, re.MULTILINE)


def test_lines_are_those_of_the_file() -> None:
    rows = rows_in(items_of(bank_file("ofx4_ofx211_xml_three_lists.ofx")))
    lines = bank_file("ofx4_ofx211_xml_three_lists.ofx").splitlines()

    assert [lines[row.line - 1].strip() for row in rows] == [b"<STMTTRN>"] * 4


@pytest.mark.parametrize("name", NAMES)
def test_a_format_is_known_by_the_first_kilobyte(name: str) -> None:
    expected = "QFX" if b"<INTU.BID>" in bank_file(name) else "OFX"

    assert sniff(bank_file(name)[:1024]) == expected


@pytest.mark.parametrize("name", sorted(path.name for path in FOLDER.glob("*.*")) if FOLDER.is_dir() else [])
def test_files_of_other_formats_are_none_of_ours(name: str) -> None:
    if name in NAMES:
        return

    assert sniff(bank_file(name)[:4096]) is None
    with pytest.raises(StatementProblem):
        items_of(bank_file(name))


@pytest.mark.parametrize("name", NAMES)
@given(place=st.integers(0, 10_000))
def test_a_file_cut_anywhere_is_a_problem(name: str, place: int) -> None:
    data = bank_file(name).rstrip()

    with pytest.raises(StatementProblem):
        items_of(data[: place % len(data)])


@pytest.mark.parametrize("name", NAMES)
@given(place=st.integers(0, 10_000), byte=st.integers(0, 255))
def test_a_spoilt_byte_is_read_or_refused(name: str, place: int, byte: int) -> None:
    data = bytearray(bank_file(name))
    data[place % len(data)] = byte

    try:
        items = items_of(bytes(data))
    except StatementProblem:
        return

    assert isinstance(items[-1], StatementEnd)
