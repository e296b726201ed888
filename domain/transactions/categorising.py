"""Merchant and category of new transactions, many at once: rule, provider, dictionary, else Uncategorised."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select

from domain.categories.dictionary import DictionaryHit, Entry, answer
from domain.categories.models import CategoryRule
from domain.categories.rule_book import RuleBook
from domain.categories.rules import Decision, ProviderCategory, Rule, decide_category, description_words
from domain.categories.whole_dictionary import WholeDictionary, whole_dictionary
from domain.merchants.commands import known_merchants, merchants_named
from domain.merchants.remembered import dictionary_hits
from domain.merchants.rules import candidate_keys, merchant_display_name, merchant_key
from runtime.unit import Unit


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


class Catalogue:
    """All that decides, in memory: nothing is asked of the database for another row. It takes a dozen megabytes."""

    def __init__(self, book: RuleBook, merchants: Mapping[str, UUID], dictionary: WholeDictionary) -> None:
        """`merchants` are those that rules name, by key."""
        self._book = book
        self._merchants = merchants
        self._dictionary = dictionary

    def categorise(self, row: Uncategorised) -> Categorised:
        """The merchant's id is given only where a rule names it."""
        keys = candidate_keys(row.description, row.merchant_name)
        country = _country(row)
        found = {key: entry for key in keys if (entry := self._dictionary.entry(key, country)) is not None}
        hit = answer(row.description, keys, row.amount, found)
        named = _named(row, hit)
        merchant = NamedMerchant(*named, self._merchants.get(named[0])) if named else None
        return _decide(row, merchant, hit, self._book)


async def whole_catalogue(unit: Unit) -> Catalogue:
    connection = await unit.connection()
    rows = await connection.fetch(_MERCHANTS_OF_RULES, unit.household_id)
    return Catalogue(
        await _rule_book(unit), {row["key"]: row["id"] for row in rows}, await whole_dictionary(connection)
    )


_MERCHANTS_OF_RULES = """
select key, id from merchants
where household_id = $1 and id in (select merchant_id from category_rules where household_id = $1)
"""


async def categorise(unit: Unit, rows: Sequence[Uncategorised], *, make_merchants: bool = True) -> list[Categorised]:
    """An answer for each row, in their order. Makes the merchants that are not there yet, or only names them: then the
    caller makes them, which a long unit does at its end, because others who meet a new merchant wait for it.

    One statement for rules, one for the dictionary of each currency and at most three for merchants, however many rows.
    """
    keys = [candidate_keys(row.description, row.merchant_name) for row in rows]
    entries: dict[str, dict[str, Entry]] = {}
    for country in {_country(row) for row in rows}:
        asked = {key for row, its in zip(rows, keys, strict=True) if _country(row) == country for key in its}
        found = await dictionary_hits(unit.session, asked, country)
        entries[country] = {key: Entry(*said) for key, said in found.items()}
    hits = [
        answer(row.description, its, row.amount, entries[_country(row)]) for row, its in zip(rows, keys, strict=True)
    ]
    named = [_named(row, hit) for row, hit in zip(rows, hits, strict=True)]
    names = dict(reversed([one for one in named if one]))
    ids = await (merchants_named(unit, names) if make_merchants else known_merchants(unit, names))
    book = await _rule_book(unit)
    merchants = [NamedMerchant(key, names[key], ids.get(key)) if (key := one and one[0]) else None for one in named]
    return [_decide(*each, book) for each in zip(rows, merchants, hits, strict=True)]


def _named(row: Uncategorised, hit: DictionaryHit | None) -> tuple[str, str] | None:
    """Key and name of the merchant."""
    name = merchant_display_name(row.description, row.merchant_name, hit.name if hit else None)
    return (key, name) if name and (key := merchant_key(name)) else None


def _decide(
    row: Uncategorised, merchant: NamedMerchant | None, hit: DictionaryHit | None, book: RuleBook
) -> Categorised:
    words = frozenset[str]()
    if book.asks_for_words:
        words = description_words(row.description) | description_words(row.original_description)
    rule = book.category_for(merchant.id if merchant else None, words)
    return Categorised(decide_category(None, rule, row.provider, hit, row.amount), merchant)


async def _rule_book(unit: Unit) -> RuleBook:
    rules = await unit.session.execute(
        select(CategoryRule.category_id, CategoryRule.merchant_id, CategoryRule.words)
        .where(CategoryRule.household_id == unit.household_id)
        .order_by(CategoryRule.position, CategoryRule.id)
    )
    return RuleBook(Rule(*row) for row in rules)


def _country(row: Uncategorised) -> str:
    """The country that the currency names: ISO 4217 begins its codes with ISO 3166's ("eu" is nobody's)."""
    return row.currency[:2].lower()
