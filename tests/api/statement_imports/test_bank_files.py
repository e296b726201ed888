"""Real exports of real banks, through the whole way that a person's file takes."""

import csv
from decimal import Decimal
from pathlib import Path

import pytest

from integrations.world import World
from tests.api.client import Person
from tests.api.statement_imports.files import import_file, transactions

FOLDER = Path(__file__).parents[4] / "shared" / "data" / "bank_files"

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="the shared bank files are not beside this clone")


def manifest() -> list[dict[str, str]]:
    if not FOLDER.is_dir():
        return []
    with (FOLDER / "manifest.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


READ = [line for line in manifest() if line["file"].endswith((".ofx", ".qfx"))]
NOT_READ = [line for line in manifest() if line not in READ]


def test_the_manifest_names_five_files_that_are_read() -> None:
    assert len(READ) == 5


@pytest.mark.parametrize("expected", READ, ids=lambda line: line["file"])
async def test_a_file_gives_the_manifests_counts_sums_and_dates_read_twice(
    expected: dict[str, str], person: Person, world: World
) -> None:
    count = int(expected["expected_transactions"])
    data = (FOLDER / expected["file"]).read_bytes()

    first = await import_file(world, person, data, fileName=expected["file"])
    booked = await transactions(person)
    second = await import_file(world, person, data, fileName=expected["file"])

    assert (first["status"], first["added"], first["duplicates"]) == ("DONE", count, 0)
    assert first["format"] == ("QFX" if b"<INTU.BID>" in data else "OFX")
    assert first["rejected"] == []
    assert first["problem"] is None
    assert len(booked) == count
    assert sum(Decimal(one["amount"]["amount"]) for one in booked) == Decimal(expected["expected_sum"])
    days = [one["date"] for one in booked]
    assert (min(days, default=""), max(days, default="")) == (expected["first_date"], expected["last_date"])
    assert {account["currency"] for account in first["accounts"]} == {expected["currency"]}
    assert (second["status"], second["added"], second["duplicates"]) == ("DONE", 0, count)
    assert second["accounts"] == first["accounts"]
    assert await transactions(person) == booked


@pytest.mark.parametrize("expected", NOT_READ, ids=lambda line: line["file"])
async def test_a_file_of_another_format_is_called_by_its_name(
    expected: dict[str, str], person: Person, world: World
) -> None:
    data = (FOLDER / expected["file"]).read_bytes()

    outcome = await import_file(world, person, data, fileName=expected["file"])

    name = expected["format"].split()[0].split(".")[0]
    assert (outcome["status"], outcome["added"], outcome["accounts"]) == ("FAILED", 0, [])
    assert outcome["format"] == {"CAMT": "CAMT053"}.get(name, name)
    assert "OFX" in outcome["problem"]
    assert await transactions(person) == []
