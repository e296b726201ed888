from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.categories.dictionary import DictionaryHit
from domain.categories.rules import (
    Decision,
    ProviderCategory,
    Rule,
    decide_category,
    description_words,
    first_match,
    matches,
    provider_confidence,
    rule_words,
)
from domain.categories.source import CategorySource
from domain.categories.system import UNCATEGORISED_IN, UNCATEGORISED_OUT, by_code

CHOSEN = UUID("019aa000-0000-7000-8000-000000000001")
RULED = UUID("019aa000-0000-7000-8000-000000000002")
MERCHANT = UUID("019aa000-0000-7000-8000-000000000003")
COFFEE = by_code("FOOD_AND_DRINK_COFFEE").id
PROVIDER = ProviderCategory("FOOD_AND_DRINK", "FOOD_AND_DRINK_COFFEE", "HIGH")
HIT = DictionaryHit(by_code("TRANSPORTATION_GAS").id, Decimal("0.90"), "Shell")
OUT = Decimal("-4.50")


def test_a_person_goes_before_everything() -> None:
    assert decide_category(CHOSEN, RULED, PROVIDER, HIT, OUT) == Decision(CHOSEN, CategorySource.PERSON, None)


def test_a_rule_goes_before_the_provider() -> None:
    assert decide_category(None, RULED, PROVIDER, HIT, OUT) == Decision(RULED, CategorySource.RULE, None)


def test_the_provider_goes_before_the_dictionary() -> None:
    expected = Decision(COFFEE, CategorySource.PROVIDER, Decimal("0.90"))

    assert decide_category(None, None, PROVIDER, HIT, OUT) == expected


def test_a_provider_that_nobody_understands_leaves_it_to_the_dictionary() -> None:
    expected = Decision(HIT.category_id, CategorySource.MERCHANT, Decimal("0.90"))

    assert decide_category(None, None, ProviderCategory("SPACE", "SPACE_TRAVEL"), HIT, OUT) == expected


@pytest.mark.parametrize(("amount", "category"), [(OUT, UNCATEGORISED_OUT.id), (Decimal("4.50"), UNCATEGORISED_IN.id)])
def test_where_nothing_decides_it_is_uncategorised(amount: Decimal, category: UUID) -> None:
    assert decide_category(None, None, None, None, amount) == Decision(category, CategorySource.NONE, Decimal(0))


@pytest.mark.parametrize(
    ("level", "confidence"),
    [("VERY_HIGH", "0.98"), ("HIGH", "0.90"), ("MEDIUM", "0.70"), ("LOW", "0.40"), ("UNKNOWN", "0.50"), (None, "0.50")],
)
def test_levels_of_confidence(level: str | None, confidence: str) -> None:
    assert provider_confidence(level) == Decimal(confidence)


def test_a_merchants_rule_looks_at_the_merchant_alone() -> None:
    rule = Rule(RULED, merchant_id=MERCHANT)

    assert matches(rule, MERCHANT, frozenset())
    assert not matches(rule, CHOSEN, frozenset({"shell"}))
    assert not matches(rule, None, frozenset({"shell"}))


def test_a_words_rule_needs_all_of_its_words() -> None:
    rule = Rule(RULED, words="piano lesson")

    assert matches(rule, None, description_words("Lesson, piano: Mrs. Gray 12/11"))
    assert not matches(rule, None, description_words("PIANO TUNING"))


def test_a_rule_without_a_condition_never_matches() -> None:
    assert not matches(Rule(RULED), None, frozenset({"shell"}))
    assert not matches(Rule(RULED, words=" "), None, frozenset({"shell"}))


def test_the_first_rule_that_decides_the_category_wins() -> None:
    rules = [Rule(None, words="piano"), Rule(CHOSEN, words="piano"), Rule(RULED, words="lesson")]

    assert first_match(rules, None, frozenset({"piano", "lesson"})) == CHOSEN
    assert first_match(rules, None, frozenset({"lesson"})) == RULED
    assert first_match(rules, None, frozenset({"violin"})) is None


@pytest.mark.parametrize(
    ("description", "words"),
    [
        ("SQ *BLUE BOTTLE #12 OAKLAND CA", ("blue", "bottle")),
        ("Miete Wohnung 4711", ("miete", "wohnung")),
        ("POS", ("pos",)),
        ("24 HOUR PARKING", ("hour", "parking")),
        ("4711", ()),
        ("***", ()),
    ],
)
def test_the_words_of_a_rule(description: str, words: tuple[str, ...]) -> None:
    assert rule_words(description) == words


@given(st.text())
def test_a_rule_matches_the_description_that_it_was_made_from(description: str) -> None:
    words = rule_words(description)

    assert all(not word.isdigit() for word in words)
    assert not words or matches(Rule(RULED, words=" ".join(words)), None, description_words(description))
