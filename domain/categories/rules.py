"""Which category a transaction gets, and who decided. Pure functions."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from domain.categories.dictionary import DictionaryHit
from domain.categories.source import CategorySource
from domain.categories.system import category_for_provider, uncategorised
from domain.merchants.rules import clean_descriptor, words_of

_MOST_WORDS = 6
_NOBODY = Decimal(0)
# The provider gives a level, the contract a number. No level is neither trust nor distrust.
_LEVELS = {
    "VERY_HIGH": Decimal("0.98"),
    "HIGH": Decimal("0.90"),
    "MEDIUM": Decimal("0.70"),
    "LOW": Decimal("0.40"),
}
_NO_LEVEL = Decimal("0.50")


@dataclass(frozen=True, slots=True)
class ProviderCategory:
    """What the provider says, in its own words; nothing of it is checked yet."""

    primary: str | None
    detailed: str | None
    confidence_level: str | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """A person's rule: for one merchant, or for descriptions that contain all of these space-separated words."""

    category_id: UUID | None
    merchant_id: UUID | None = None
    words: str | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """`confidence` is 0 to 1; null where a person or a rule decided, 0 where nobody did."""

    category_id: UUID
    source: CategorySource
    confidence: Decimal | None


def provider_confidence(level: str | None) -> Decimal:
    """A provider's level as a number from 0 to 1; 0.5 where it gives none or one that is not known."""
    return _LEVELS.get(level, _NO_LEVEL) if level else _NO_LEVEL


def decide_category(
    person_choice: UUID | None,
    rule_match: UUID | None,
    provider: ProviderCategory | None,
    dictionary_hit: DictionaryHit | None,
    amount: Decimal,
) -> Decision:
    """The first that knows decides: the person, a rule of theirs, the provider, the dictionary; else Uncategorised."""
    if person_choice is not None:
        return Decision(person_choice, CategorySource.PERSON, None)
    if rule_match is not None:
        return Decision(rule_match, CategorySource.RULE, None)
    if provider is not None:
        category = category_for_provider(provider.primary, provider.detailed)
        if category is not None:
            return Decision(category.id, CategorySource.PROVIDER, provider_confidence(provider.confidence_level))
    if dictionary_hit is not None:
        return Decision(dictionary_hit.category_id, CategorySource.MERCHANT, dictionary_hit.confidence)
    return Decision(uncategorised(amount).id, CategorySource.NONE, _NOBODY)


def rule_words(description: str) -> tuple[str, ...]:
    """The words that a rule made from this description asks for, at most six: the merchant's name as far as it can be
    told, else whatever is not a number. Empty where the description has no word at all: no rule can be made of it."""
    words = [word for word in clean_descriptor(description).split() if not word.isdigit()]
    words = words or [word for word in words_of(description) if not word.isdigit()]
    return tuple(dict.fromkeys(words))[:_MOST_WORDS]


def description_words(description: str) -> frozenset[str]:
    """The words by which rules find a description: those that stand there and those of the cleaned name."""
    return frozenset(words_of(description)) | frozenset(clean_descriptor(description).split())


def matches(rule: Rule, merchant_id: UUID | None, words: frozenset[str]) -> bool:
    """Whether a rule applies; `words` are the transaction's `description_words`. One without condition never does."""
    if rule.merchant_id is not None:
        return rule.merchant_id == merchant_id
    asked = (rule.words or "").split()
    return bool(asked) and words.issuperset(asked)


def first_match(rules: Iterable[Rule], merchant_id: UUID | None, words: frozenset[str]) -> UUID | None:
    """The category that the first matching rule names, in the order given; null where none decides it."""
    for rule in rules:
        if rule.category_id is not None and matches(rule, merchant_id, words):
            return rule.category_id
    return None
