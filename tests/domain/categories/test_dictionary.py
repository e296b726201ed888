from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.categories.dictionary import DictionaryHit, Entry, look_up
from domain.categories.phrases import find_phrase
from domain.categories.system import by_code
from tests.domain.categories.shipped import shipped_entries

OUT = Decimal(-10)
IN = Decimal(10)
AIRLINE = Entry("Delta Air Lines", by_code("TRAVEL_FLIGHTS").id)
CHAIN = Entry("Delta Cafés", by_code("FOOD_AND_DRINK_FAST_FOOD").id)
COFFEE = by_code("FOOD_AND_DRINK_COFFEE").id


def test_a_whole_name_is_surer_than_a_beginning() -> None:
    found = {"delta": AIRLINE}

    assert look_up("DELTA #12", None, OUT, found) == DictionaryHit(AIRLINE.category_id, Decimal("0.90"), AIRLINE.name)
    assert look_up("DELTA ATLANTA", None, OUT, found) == DictionaryHit(
        AIRLINE.category_id, Decimal("0.75"), AIRLINE.name
    )


def test_a_trades_word_goes_before_a_first_word() -> None:
    assert look_up("DELTA CAFE", None, OUT, {"delta": AIRLINE}) == DictionaryHit(COFFEE, Decimal("0.70"))


def test_a_whole_name_goes_before_a_trades_word() -> None:
    hit = look_up("DELTA CAFE", None, OUT, {"delta": AIRLINE, "deltacafe": CHAIN})

    assert hit is not None
    assert hit.name == "Delta Cafés"


def test_the_providers_name_goes_before_the_description() -> None:
    hit = look_up("DELTA #12", "Delta Cafe", OUT, {"delta": AIRLINE, "deltacafe": CHAIN})

    assert hit is not None
    assert hit.name == "Delta Cafés"


def test_a_banks_own_wording_goes_before_any_name() -> None:
    assert look_up("DELTA OVERDRAFT FEE", None, OUT, {"delta": AIRLINE}) == DictionaryHit(
        by_code("BANK_FEES_OVERDRAFT_FEES").id, Decimal("0.90")
    )


def test_what_nobody_knows_has_no_answer() -> None:
    assert look_up("QWERTZ UIOP", None, OUT, {"delta": AIRLINE}) is None


@pytest.mark.parametrize(("amount", "code"), [(IN, "INCOME_INTEREST_EARNED"), (OUT, "BANK_FEES_INTEREST_CHARGE")])
def test_the_direction_decides_what_interest_is(amount: Decimal, code: str) -> None:
    phrase = find_phrase("INTEREST", amount)

    assert phrase is not None
    assert phrase.category_id == by_code(code).id


def test_a_wording_counts_only_as_whole_words() -> None:
    assert find_phrase("BARCELONA CABINETS", OUT) is None


@given(st.text(), st.none() | st.text(), st.decimals(allow_nan=False, allow_infinity=False))
def test_any_text_has_an_answer_or_none(line: str, name: str | None, amount: Decimal) -> None:
    hit = look_up(line, name, amount, shipped_entries())

    assert hit is None or Decimal(0) < hit.confidence < 1
