"""Wordings of banks and trades that tell a category wherever they stand in a description ("PAYROLL", "OVERDRAFT FEE",
"PIZZERIA"). `data/phrases.csv` holds them; `rank` 1 is surer than any merchant's name, 4 is better than nothing."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from uuid import UUID

from domain.categories.system import by_code
from domain.merchants.rules import words_of

DATA = Path(__file__).resolve().parents[2] / "data" / "phrases.csv"
SUREST = 1
_LONGEST = 4


@dataclass(frozen=True, slots=True)
class Phrase:
    """`direction` is 1 for money in, -1 for money out, 0 for both."""

    words: tuple[str, ...]
    direction: int
    rank: int
    category_id: UUID


@cache
def _phrases() -> dict[str, list[Phrase]]:
    """By their first words."""
    found: dict[str, list[Phrase]] = {}
    with DATA.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            words = tuple(words_of(row["phrase"]))
            if not 0 < len(words) <= _LONGEST:
                raise ValueError(f"The phrase {row['phrase']!r} has no or too many words.")
            direction = {"IN": 1, "OUT": -1, "": 0}[row["direction"]]
            phrase = Phrase(words, direction, int(row["rank"]), by_code(row["category"]).id)
            found.setdefault(words[0], []).append(phrase)
    return found


def find_phrase(description: str, amount: Decimal) -> Phrase | None:
    """The best phrase in a description for that direction of money: the surest, then the longest, then the last one,
    because a name says at its end what it is ("Delta Cafe", "School Bus Garage")."""
    direction = 1 if amount > 0 else -1
    fitting = [
        (phrase.rank, -len(phrase.words), -position, phrase)
        for position, phrase in _phrases_in(words_of(description))
        if phrase.direction in (0, direction)
    ]
    return min(fitting, key=lambda entry: entry[:3])[3] if fitting else None


def _phrases_in(words: list[str]) -> Iterator[tuple[int, Phrase]]:
    known = _phrases()
    for start, word in enumerate(words):
        for phrase in known.get(word, ()):
            if phrase.words == tuple(words[start : start + len(phrase.words)]):
                yield start, phrase
