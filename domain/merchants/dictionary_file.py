"""The shipped dictionary of merchants: how the file that `scripts/build-dictionary` writes is read."""

import csv
import gzip
import io
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

DATA = Path(__file__).resolve().parents[2] / "data" / "merchants.csv.gz"
COLUMNS = ("key", "country", "name", "category", "source")


class DictionaryRow(NamedTuple):
    """`country` is an ISO 3166 code in lower case, or '' where the row holds everywhere; (key, country) is unique."""

    key: str
    country: str
    name: str
    category_number: int


def rows() -> Iterator[DictionaryRow]:
    """All rows, ordered by key and country. OSError or ValueError where the file is missing or damaged."""
    with gzip.open(DATA, "rb") as packed, io.TextIOWrapper(packed, encoding="utf-8", newline="") as text:
        lines = csv.reader(text)
        if tuple(next(lines)) != COLUMNS:
            raise ValueError("The merchant dictionary's columns are not the expected ones; build it anew.")
        for key, country, name, category, _source in lines:
            yield DictionaryRow(key, country, name, int(category))
