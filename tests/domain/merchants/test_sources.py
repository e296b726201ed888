"""The hand-written lists that the dictionary is built from."""

import csv
from collections import Counter
from pathlib import Path

import pytest

from domain.categories.system import by_code
from domain.merchants.rules import merchant_key, words_of

DATA = Path(__file__).resolve().parents[3] / "data"


def read(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("name", ["merchants_extra.csv", "mcc_merchants.csv", "osm_tags.csv", "phrases.csv"])
def test_every_row_names_a_known_category(name: str) -> None:
    found = read(name)

    assert found
    assert [row for row in found if not by_code(row["category"])] == []


def test_no_name_stands_twice() -> None:
    keys = Counter(merchant_key(row["descriptor"]) for row in read("merchants_extra.csv"))

    assert [key for key, times in keys.items() if times > 1 or len(key) < 2] == []


def test_no_phrase_stands_twice_for_one_direction() -> None:
    found = Counter((tuple(words_of(row["phrase"])), row["direction"]) for row in read("phrases.csv"))

    assert [phrase for phrase, times in found.items() if times > 1] == []


def test_ranks_are_the_four_that_have_a_confidence() -> None:
    assert {row["rank"] for row in read("phrases.csv")} == {"1", "2", "3", "4"}
