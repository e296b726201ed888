import hashlib
from collections import Counter
from decimal import Decimal
from uuid import UUID

import pytest

from domain.categories import system
from domain.categories.kind import CategoryKind
from domain.categories.system import ALL, by_code, category_for_provider, is_system, system_category_id, uncategorised


def test_the_tree_has_two_levels_and_parents_come_first() -> None:
    seen: dict[UUID, UUID | None] = {}
    for category in ALL:
        assert category.parent is None or seen[category.parent] is None
        seen[category.id] = category.parent
    assert len(seen) == len(ALL)


def test_codes_are_unique_and_names_are_unique_under_one_parent() -> None:
    assert max(Counter(category.code for category in ALL).values()) == 1
    assert max(Counter((category.parent, category.name) for category in ALL).values()) == 1


def test_numbers_never_change() -> None:
    # Transactions of every household hold these ids. A new category goes to the end of the file with a new number; then
    # this count and this digest change, and the digest of the first 149 must not.
    first = sorted((category.number, category.code) for category in ALL)[:149]
    digest = hashlib.sha256("\n".join(f"{number} {code}" for number, code in first).encode()).hexdigest()

    assert digest == "0453037462c494f2357f027f63580839124d21025dc6b81a4e34d6cfb3db9156"


def test_ids_are_made_of_numbers() -> None:
    assert system_category_id(1) == UUID("00000000-0000-7000-8000-000000000001")
    assert system_category_id(255) == UUID("00000000-0000-7000-8000-0000000000ff")
    assert all(category.id == system_category_id(category.number) for category in ALL)


@pytest.mark.parametrize("number", [0, -1, 1 << 48])
def test_a_number_outside_the_range_has_no_id(number: int) -> None:
    with pytest.raises(ValueError, match="number is between"):
        system_category_id(number)


def test_only_ids_in_the_reserved_range_are_the_systems() -> None:
    assert is_system(system.BALANCE_ADJUSTMENT.id)
    assert is_system(UUID("00000000-0000-7000-8000-ffffffffffff"))
    assert not is_system(UUID("00000000-0000-7000-8001-000000000000"))
    assert not is_system(UUID("019aa000-0000-7000-8000-000000000001"))


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("INCOME", CategoryKind.INCOME),
        ("INCOME_SALARY", CategoryKind.INCOME),
        ("TRANSFER_IN", CategoryKind.TRANSFER),
        ("TRANSFER_OUT_CRYPTO", CategoryKind.TRANSFER),
        ("LOAN_DISBURSEMENTS_MORTGAGE", CategoryKind.TRANSFER),
        ("LOAN_PAYMENTS", CategoryKind.EXPENSE),
        ("LOAN_PAYMENTS_MORTGAGE_PAYMENT", CategoryKind.EXPENSE),
        ("LOAN_PAYMENTS_CREDIT_CARD_PAYMENT", CategoryKind.TRANSFER),
        ("FOOD_AND_DRINK_GROCERIES", CategoryKind.EXPENSE),
        ("OTHER_OTHER", CategoryKind.EXPENSE),
        ("UNCATEGORISED_OUT", CategoryKind.EXPENSE),
        ("UNCATEGORISED_IN", CategoryKind.INCOME),
        ("BALANCE_ADJUSTMENT", CategoryKind.TRANSFER),
    ],
)
def test_kinds(code: str, kind: CategoryKind) -> None:
    assert by_code(code).kind is kind


def test_every_category_of_a_transfer_primary_is_a_transfer_and_no_other_but_two() -> None:
    transfers = {category.code for category in ALL if category.kind is CategoryKind.TRANSFER}
    others = {code for code in transfers if not code.startswith(("TRANSFER_IN", "TRANSFER_OUT", "LOAN_DISBURSEMENTS"))}

    assert others == {"LOAN_PAYMENTS_CREDIT_CARD_PAYMENT", "BALANCE_ADJUSTMENT"}


@pytest.mark.parametrize(
    ("primary", "detailed", "code"),
    [
        ("FOOD_AND_DRINK", "FOOD_AND_DRINK_COFFEE", "FOOD_AND_DRINK_COFFEE"),
        ("FOOD_AND_DRINK", "FOOD_AND_DRINK_BUBBLE_TEA", "FOOD_AND_DRINK"),
        ("FOOD_AND_DRINK", None, "FOOD_AND_DRINK"),
        ("TRANSFER_OUT", "TRANSFER_OUT_CRYPTO", "TRANSFER_OUT_CRYPTO"),
        ("INCOME", "INCOME_WAGES", "INCOME_SALARY"),
    ],
)
def test_what_a_provider_says(primary: str, detailed: str | None, code: str) -> None:
    category = category_for_provider(primary, detailed)

    assert category is not None
    assert category.code == code


@pytest.mark.parametrize(
    ("primary", "detailed"),
    [("SPACE", "SPACE_TRAVEL"), (None, None), ("", ""), ("FOOD_AND_DRINK_COFFEE", None), ("BALANCE_ADJUSTMENT", None)],
)
def test_what_a_provider_says_that_nobody_knows(primary: str | None, detailed: str | None) -> None:
    assert category_for_provider(primary, detailed) is None


def test_uncategorised_follows_the_sign() -> None:
    assert uncategorised(Decimal("-0.01")).code == "UNCATEGORISED_OUT"
    assert uncategorised(Decimal("0.01")).code == "UNCATEGORISED_IN"
    assert uncategorised(Decimal(0)).code == "UNCATEGORISED_OUT"
