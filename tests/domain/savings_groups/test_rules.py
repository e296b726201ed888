"""Milestones and invite codes."""

import secrets

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.money import Money, from_minor_units, parse_amount
from domain.savings_groups.rules import InviteCodeProblem, milestones_crossed, new_invite_code, normalize_invite_code


def usd(text: str) -> Money:
    return parse_amount(text, "USD")


@pytest.mark.parametrize(
    ("before", "after", "crossed"),
    [
        ("0", "24.99", []),
        ("0", "25", [25]),
        ("24.99", "50", [25, 50]),
        ("25", "49", []),
        ("0", "1000", [25, 50, 75, 100]),
        ("99.99", "100", [100]),
        ("100", "200", []),
        ("60", "40", []),
        ("40", "40", []),
    ],
)
def test_a_milestone_is_crossed_on_the_way_up(before: str, after: str, crossed: list[int]) -> None:
    assert milestones_crossed(usd("100"), usd(before), usd(after)) == crossed


def test_a_milestone_is_reached_once_also_when_money_was_taken_back() -> None:
    assert milestones_crossed(usd("100"), usd("20"), usd("80"), {25, 50}) == [75]


def test_milestones_of_an_indivisible_target_are_exact() -> None:
    # A quarter of 0.03 is 0.0075: the first cent is beyond it, but not at the half of 0.015.
    assert milestones_crossed(usd("0.03"), usd("0"), usd("0.01")) == [25]


@given(st.integers(1, 10**6), st.lists(st.integers(-(10**5), 10**5), max_size=30))
def test_over_any_course_each_milestone_comes_at_most_once(target: int, moves: list[int]) -> None:
    saved, highest = 0, 0
    reached: list[int] = []
    for move in moves:
        after = max(saved + move, 0)
        reached += milestones_crossed(
            from_minor_units(target, "USD"),
            from_minor_units(saved, "USD"),
            from_minor_units(after, "USD"),
            frozenset(reached),
        )
        saved, highest = after, max(highest, after)

    assert reached == [percent for percent in (25, 50, 75, 100) if highest * 100 >= percent * target]


def test_a_code_spells_the_bits_of_its_source() -> None:
    assert new_invite_code(lambda count: bytes(count)) == "0" * 16
    assert new_invite_code(lambda count: b"\xff" * count) == "Z" * 16
    assert new_invite_code(lambda count: b"\x00" * (count - 1) + b"\x21") == "0" * 14 + "11"


def test_a_code_asks_its_source_for_eighty_bits() -> None:
    asked: list[int] = []

    def source(count: int) -> bytes:
        asked.append(count)
        return bytes(count)

    new_invite_code(source)

    assert asked == [10]


def test_codes_differ() -> None:
    assert len({new_invite_code(secrets.token_bytes) for _ in range(1000)}) == 1000


@pytest.mark.parametrize(
    "typed",
    [
        "0123456789ABCDEF",
        "0123456789abcdef",
        "0123-4567-89AB-CDEF",
        " 0123 4567 89ab cdef ",
        "oi23456789abcdef",
        "OL23-456789ABCDEF",
    ],
)
def test_a_typed_code_is_read_as_it_was_made(typed: str) -> None:
    assert normalize_invite_code(typed) == "0123456789ABCDEF"


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "0123456789ABCDE",
        "0123456789ABCDEFG",
        "U123456789ABCDEF",
        "0123456789ABCDE\x00",
        "\ud800" * 16,
        "\uff10" * 16,
    ],
)
def test_anything_else_is_no_code(typed: str) -> None:
    with pytest.raises(InviteCodeProblem):
        normalize_invite_code(typed)


def test_a_text_of_a_mebibyte_is_no_code() -> None:
    with pytest.raises(InviteCodeProblem):
        normalize_invite_code("-" * 2**20)


@given(st.binary(min_size=10, max_size=10))
def test_every_code_normalizes_to_itself(source: bytes) -> None:
    code = new_invite_code(lambda _: source)

    assert len(code) == 16
    assert normalize_invite_code(code) == code
