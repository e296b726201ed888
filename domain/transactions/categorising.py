"""Merchant and category of new transactions, many at once: rule, provider, dictionary, else Uncategorised."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select

from domain.categories.dictionary import DictionaryHit, Entry, look_up
from domain.categories.models import CategoryRule
from domain.categories.rule_book import RuleBook
from domain.categories.rules import Decision, ProviderCategory, Rule, decide_category, description_words
from domain.merchants.commands import known_merchants, merchants_named
from domain.merchants.remembered import dictionary_hits
from domain.merchants.rules import candidate_keys, merchant_display_name, merchant_key
from runtime.unit import Unit

MOST_REMEMBERED = 50_000
"""Keys of the dictionary and of merchants that one unit keeps in mind: a bound on its memory."""


@dataclass(frozen=True, slots=True)
class Uncategorised:
    """What is known of a transaction that nobody has categorised. `merchant_name` is the provider's, if any."""

    description: str
    amount: Decimal
    currency: str
    original_description: str = ""
    merchant_name: str | None = None
    provider: ProviderCategory | None = None


@dataclass(frozen=True, slots=True)
class NamedMerchant:
    """Whom a transaction names. `id` is null where the household has no such merchant yet and none was to be made."""

    key: str
    name: str
    id: UUID | None


@dataclass(frozen=True, slots=True)
class Categorised:
    """`merchant` is null where the description names nobody."""

    decision: Decision
    merchant: NamedMerchant | None

    @property
    def merchant_id(self) -> UUID | None:
        return self.merchant.id if self.merchant else None


@dataclass
class _Memory:
    """What a unit has learnt so far: a sync of many chunks asks for a merchant once."""

    book: RuleBook | None = None
    entries: dict[tuple[str, str], Entry | None] = field(default_factory=dict)
    merchants: dict[str, UUID] = field(default_factory=dict)


# Two transactions alike in all of this get the same answer: of the amount only the direction matters.
_Question = tuple[str, str, str | None, ProviderCategory | None, str, bool]


async def categorise(unit: Unit, rows: Sequence[Uncategorised], *, make_merchants: bool = True) -> list[Categorised]:
    """An answer for each row, in their order. Makes the merchants that are not there yet, or only names them: then the
    caller makes them, which a long unit does at its end, because others who meet a new merchant wait for it.

    At most one statement for rules, one for the dictionary of each currency and three for merchants, however many rows.
    """
    memory = unit.gathered("categorising", _Memory)
    questions = {_question(row): row for row in rows}
    hits = await _hits(unit, memory, questions)
    merchants = await _merchants(unit, memory, questions, hits, make_merchants)
    if memory.book is None:
        memory.book = await _rule_book(unit)
    answers: dict[_Question, Categorised] = {}
    for question, row in questions.items():
        merchant, words = merchants.get(question), frozenset[str]()
        if memory.book.asks_for_words:
            words = description_words(row.description) | description_words(row.original_description)
        rule = memory.book.category_for(merchant.id if merchant else None, words)
        decision = decide_category(None, rule, row.provider, hits[question], row.amount)
        answers[question] = Categorised(decision, merchant)
    return [answers[_question(row)] for row in rows]


def _question(row: Uncategorised) -> _Question:
    return (
        row.description,
        row.original_description,
        row.merchant_name,
        row.provider,
        row.currency,
        row.amount > 0,
    )


async def _rule_book(unit: Unit) -> RuleBook:
    rules = await unit.session.execute(
        select(CategoryRule.category_id, CategoryRule.merchant_id, CategoryRule.words)
        .where(CategoryRule.household_id == unit.household_id)
        .order_by(CategoryRule.position, CategoryRule.id)
    )
    return RuleBook(Rule(*row) for row in rules)


async def _hits(
    unit: Unit, memory: _Memory, questions: dict[_Question, Uncategorised]
) -> dict[_Question, DictionaryHit | None]:
    keys = {question: candidate_keys(row.description, row.merchant_name) for question, row in questions.items()}
    if len(memory.entries) > MOST_REMEMBERED:
        memory.entries.clear()
    for country in {_country(row) for row in questions.values()}:
        asked = {key for question, row in questions.items() if _country(row) == country for key in keys[question]}
        if unknown := [key for key in asked if (country, key) not in memory.entries]:
            found = await dictionary_hits(unit.session, unknown, country)
            for key in unknown:
                memory.entries[country, key] = Entry(*found[key]) if key in found else None
    return {
        question: look_up(row.description, row.merchant_name, row.amount, _known(memory, _country(row), keys[question]))
        for question, row in questions.items()
    }


def _known(memory: _Memory, country: str, keys: Iterable[str]) -> dict[str, Entry]:
    return {key: entry for key in keys if (entry := memory.entries[country, key]) is not None}


def _country(row: Uncategorised) -> str:
    """The country that the currency names: ISO 4217 begins its codes with ISO 3166's ("eu" is nobody's)."""
    return row.currency[:2].lower()


async def _merchants(
    unit: Unit,
    memory: _Memory,
    questions: dict[_Question, Uncategorised],
    hits: dict[_Question, DictionaryHit | None],
    make: bool,
) -> dict[_Question, NamedMerchant]:
    keys: dict[_Question, str] = {}
    names: dict[str, str] = {}
    for question, row in questions.items():
        hit = hits[question]
        name = merchant_display_name(row.description, row.merchant_name, hit.name if hit else None)
        if name and (key := merchant_key(name)):
            keys[question] = key
            names.setdefault(key, name)
    if len(memory.merchants) > MOST_REMEMBERED:
        memory.merchants.clear()
    unknown = {key: name for key, name in names.items() if key not in memory.merchants}
    memory.merchants |= await (merchants_named(unit, unknown) if make else known_merchants(unit, unknown))
    return {question: NamedMerchant(key, names[key], memory.merchants.get(key)) for question, key in keys.items()}
