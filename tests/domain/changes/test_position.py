"""Positions as text: opaque, of one journal, and nothing else is taken for one."""

import base64
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.changes.position import Position, PositionProblem, decode_position, encode_position

STREAM = UUID(int=7)


@given(st.uuids(), st.integers(1, 2**63 - 1), st.integers(0, 99))
def test_a_position_comes_back_as_it_went(stream: UUID, line: int, item: int) -> None:
    position = Position(line, item)

    assert decode_position(stream, encode_position(stream, position)) == position


@given(st.text() | st.binary(max_size=60).map(lambda some: base64.urlsafe_b64encode(some).decode()))
def test_anything_else_is_no_position(text: str) -> None:
    with pytest.raises(PositionProblem):
        decode_position(STREAM, text)


def test_a_position_of_another_journal_is_none() -> None:
    with pytest.raises(PositionProblem, match="another journal"):
        decode_position(STREAM, encode_position(UUID(int=8), Position(1)))


@pytest.mark.parametrize(
    "change", [lambda text: text + "=", lambda text: text + "A", lambda text: f" {text}", str.swapcase]
)
def test_a_position_has_one_spelling(change: object) -> None:
    text = encode_position(STREAM, Position(3, 2))

    with pytest.raises(PositionProblem):
        decode_position(STREAM, change(text))  # type: ignore[operator]


def test_positions_are_in_the_order_of_the_journal() -> None:
    assert Position.after(0) == Position(1) < Position(1, 1) < Position.after(1) == Position(2)
