import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.merchants.rules import (
    candidate_keys,
    clean_descriptor,
    fold,
    merchant_display_name,
    merchant_key,
    words_of,
)


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("SQ *BLUE BOTTLE #12 OAKLAND CA", "blue bottle"),
        ("TST* CHIPOTLE 1234 NEW YORK NY", "chipotle"),
        ("PAYPAL *STEAM GAMES 402-935-7733 WA", "steam games"),
        ("THE HOME DEPOT #7080", "home depot"),
        ("SHOPPERS DRUG MART0820", "shoppers drug mart"),
        ("AMZN MKTP US*2X3Y4Z5", "amzn mktp"),
        ("PURCHASE AUTHORIZED ON 10/11 STARBUCKS STORE 05412 SEATTLE WA S38123 CARD 1234", "starbucks"),
        ("CHECKCARD 0812 SHELL OIL 57442 DALLAS TX", "shell oil"),
        ("POS Purchase Zapper1*Pronto Ital  * 18 Aug", "pronto ital"),
        ("WWW.CANADIANTIRE.CA", "canadiantire"),
        ("#061 MARK'S", "marks"),
        ("7-ELEVEN 33411", "7 eleven"),
        ("Café Élysée SARL", "cafe elysee"),
        ("CARTE 12/03 CARREFOUR PARIS", "carrefour paris"),
        ("Łódź Piekarnia", "lodz piekarnia"),
        ("ローソン 12345", "ローソン"),
        ("TXN-0001 STARBUCKS", "starbucks"),
        ("W524 COSTCO", "costco"),
    ],
)
def test_a_line_is_reduced_to_the_name(line: str, name: str) -> None:
    assert clean_descriptor(line) == name


@pytest.mark.parametrize("line", ["", "12345", "* # -", "10/11/2026", "\x00", "\ud800", "800-555-1212"])
def test_a_line_without_a_name_is_empty(line: str) -> None:
    assert clean_descriptor(line) == ""


def test_a_lone_prefix_is_a_name() -> None:
    # A description that says nothing else: better its own word than nothing.
    assert clean_descriptor("POS DEBIT") == "debit"
    assert clean_descriptor("PAYPAL") == "paypal"


@given(st.text())
def test_cleaning_what_is_clean_changes_nothing(line: str) -> None:
    cleaned = clean_descriptor(line)

    assert clean_descriptor(cleaned) == cleaned
    assert len(cleaned) <= 120


@given(st.text(alphabet="abcC aA019#*/-.:'\u00e9\u0131 ", max_size=60))
def test_cleaning_is_stable_for_what_banks_write(line: str) -> None:
    assert clean_descriptor(clean_descriptor(line)) == clean_descriptor(line)


@pytest.mark.parametrize(
    "unit", ["a ", "a1", "#", "* ", "SQ *", "\ufdfa", "1/1 ", "www.a.com ", "\u0301", "POS ", "x*"]
)
def test_a_text_of_a_mebibyte_is_read_as_its_beginning(unit: str) -> None:
    long = unit * (1_048_576 // len(unit))

    assert clean_descriptor(long) == clean_descriptor(long[:400])
    assert len(fold(long)) <= 400


@given(st.text(), st.none() | st.text())
def test_keys_are_few_distinct_and_without_spaces(line: str, name: str | None) -> None:
    keys = candidate_keys(line, name)

    assert len(keys) <= 8
    assert len(set(keys)) == len(keys)
    assert all(key and not any(letter.isspace() for letter in key) for key in keys)


def test_keys_go_from_the_whole_name_to_its_first_word() -> None:
    assert candidate_keys("WAL-MART SUPERCENTER DALLAS") == [
        "walmartsupercenterdallas",
        "walmartsupercenter",
        "walmart",
        "wal",
    ]


def test_the_providers_name_is_the_first_key() -> None:
    assert candidate_keys("POS 1234 BLUE BOTTL", "Blue Bottle Coffee") == ["bluebottlecoffee", "bluebottl", "blue"]


def test_a_number_in_front_may_be_part_of_the_name_or_not() -> None:
    assert candidate_keys("12 STARBUCKS COFFEE") == [
        "12starbuckscoffee",
        "12starbucks",
        "12",
        "starbuckscoffee",
        "starbucks",
    ]


def test_a_long_name_is_tried_whole_and_from_its_longest_beginning_that_fits() -> None:
    keys = candidate_keys("one two three four five six seven eight nine ten")

    assert keys[0] == "onetwothreefourfivesixseveneightnineten"
    assert keys[1:] == [
        "onetwothreefourfivesixseven",
        "onetwothreefourfivesix",
        "onetwothreefourfive",
        "onetwothreefour",
        "onetwothree",
        "onetwo",
        "one",
    ]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Wal-Mart", "WALMART"),
        ("Barnes & Noble", "Barnes and Noble"),
        ("The Home Depot", "HOME DEPOT #12"),
        ("É.Leclerc", "e leclerc"),
    ],
)
def test_spellings_of_one_name_have_one_key(one: str, other: str) -> None:
    assert merchant_key(one) == merchant_key(other)


def test_words_are_folded_and_keep_their_order() -> None:
    assert words_of("Mark's CAFÉ, no. 7") == ["marks", "cafe", "no", "7"]


def test_the_providers_name_is_shown_first() -> None:
    assert merchant_display_name("SQ *BLUE BOTTL", " Blue  Bottle ", "Blue Bottle Coffee") == "Blue Bottle"


def test_the_dictionarys_name_is_shown_next() -> None:
    assert merchant_display_name("WM SUPERCENTER #12", None, "Walmart") == "Walmart"


def test_else_the_clean_name_is_shown_with_capitals() -> None:
    assert merchant_display_name("SQ *JOE'S DINER #12 OAKLAND CA") == "Joes Diner"


def test_a_description_that_names_nobody_shows_nobody() -> None:
    assert merchant_display_name("12345", "  ") is None
