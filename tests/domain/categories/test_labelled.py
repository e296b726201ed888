"""The dictionary against real card and bank lines that somebody labelled."""

import csv
from decimal import Decimal
from pathlib import Path

import pytest

from domain.categories.dictionary import look_up
from domain.categories.system import ALL
from tests.domain.categories.shipped import shipped_entries

LABELLED = Path(__file__).resolve().parents[4] / "shared" / "data" / "labelled" / "descriptions.csv"


@pytest.mark.skipif(not LABELLED.exists(), reason="the labelled descriptions lie beside the repository, not in it")
def test_most_card_purchases_get_the_right_category() -> None:
    codes = {category.id: category.code for category in ALL}
    primaries = {category.id: codes[category.parent] if category.parent else category.code for category in ALL}
    purchases = answered = right = 0
    with LABELLED.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["source"] != "toronto_pcard":
                continue
            times = int(row["n"])
            hit = look_up(row["description"], None, Decimal(-1), shipped_entries())
            purchases += times
            answered += times if hit else 0
            right += times if hit and primaries[hit.category_id] == row["label_pfc_primary"] else 0

    assert answered / purchases > 0.70
    assert right / answered > 0.90
