"""What the merchant dictionary says about one transaction, given the entries that were found for its keys."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from domain.categories.phrases import SUREST, Phrase, find_phrase
from domain.merchants.rules import candidate_keys

_WHOLE_NAME = Decimal("0.90")
_BEGINNING = Decimal("0.75")
_PHRASE = {1: Decimal("0.90"), 2: Decimal("0.70"), 3: Decimal("0.50"), 4: Decimal("0.35")}
_SHORT = 4


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of the dictionary: what a merchant is called and the category of what it sells."""

    name: str
    category_id: UUID


@dataclass(frozen=True, slots=True)
class DictionaryHit:
    """`name` is the merchant's, or null where only a wording was recognised."""

    category_id: UUID
    confidence: Decimal
    name: str | None = None


def look_up(
    description: str, merchant_name: str | None, amount: Decimal, found: Mapping[str, Entry]
) -> DictionaryHit | None:
    """The best answer, or null: a bank's sure wording; the whole name or its longest known beginning of two words and
    more; a trade's word; the name's first word; a vague wording.

    `found` holds the entries for the transaction's `candidate_keys`; entries for other keys do no harm, so one
    mapping serves many transactions."""
    return answer(description, candidate_keys(description, merchant_name), amount, found)


def answer(description: str, keys: Sequence[str], amount: Decimal, found: Mapping[str, Entry]) -> DictionaryHit | None:
    """The same for whoever has the `candidate_keys` already."""
    phrase = find_phrase(description, amount)
    if phrase and phrase.rank == SUREST:
        return _said(phrase)
    known = [(index, found[key]) for index, key in enumerate(keys) if key in found]
    # A single first word ("Delta …") is weaker than a trade's own word ("… Cafe"), and a whole name is stronger.
    named = [(index, entry) for index, entry in known if index == 0 or index < len(keys) - 1]
    if named:
        index, entry = named[0]
        return DictionaryHit(entry.category_id, _BEGINNING if index else _WHOLE_NAME, entry.name)
    if phrase and phrase.rank == SUREST + 1:
        return _said(phrase)
    if known and len(keys[known[0][0]]) >= _SHORT:
        entry = known[0][1]
        return DictionaryHit(entry.category_id, _BEGINNING, entry.name)
    return _said(phrase) if phrase else None


def _said(phrase: Phrase) -> DictionaryHit:
    return DictionaryHit(phrase.category_id, _PHRASE[phrase.rank])
