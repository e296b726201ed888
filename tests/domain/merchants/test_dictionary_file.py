import csv
from pathlib import Path

import pytest

from domain.categories.system import by_code, by_number
from domain.merchants import dictionary_file
from domain.merchants.dictionary_file import DictionaryRow, rows
from domain.merchants.rules import merchant_key

ROOT = Path(__file__).resolve().parents[3]


def test_every_row_can_be_loaded() -> None:
    found = list(rows())

    assert len(found) >= 30_000
    assert found == sorted(found, key=lambda row: (row.key, row.country))
    assert len({(row.key, row.country) for row in found}) == len(found)
    for row in found:
        assert row.key
        assert row.name.strip()
        assert row.country == "" or (len(row.country) == 2 and row.country.isalpha() and row.country.islower())
        assert by_number(row.category_number)
        assert "\x00" not in row.key + row.name


def test_every_key_has_a_row_that_holds_everywhere() -> None:
    found = list(rows())

    assert {row.key for row in found} == {row.key for row in found if not row.country}


def test_keys_are_as_the_lookup_makes_them() -> None:
    with (ROOT / "data" / "merchants_extra.csv").open(encoding="utf-8", newline="") as file:
        written = {merchant_key(row["descriptor"]): by_code(row["category"]).number for row in csv.DictReader(file)}
    shipped = {row.key: row.category_number for row in rows() if not row.country}

    assert {key: shipped.get(key) for key in written} == written


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Lidl", "FOOD_AND_DRINK_GROCERIES"),
        ("Aral", "TRANSPORTATION_GAS"),
        ("Decathlon", "GENERAL_MERCHANDISE_SPORTING_GOODS"),
        ("Whitbread", None),
        ("Tim Hortons", "FOOD_AND_DRINK_COFFEE"),
        ("Sainsbury's", "FOOD_AND_DRINK_GROCERIES"),
    ],
)
def test_known_names(name: str, code: str | None) -> None:
    shipped = {row.key: row.category_number for row in rows() if not row.country}

    assert shipped.get(merchant_key(name)) == (by_code(code).number if code else None)


def test_a_damaged_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    damaged = tmp_path / "merchants.csv.gz"
    damaged.write_bytes(dictionary_file.DATA.read_bytes()[:5_000])
    monkeypatch.setattr(dictionary_file, "DATA", damaged)

    with pytest.raises((OSError, EOFError)):
        list[DictionaryRow](rows())
