"""Mistakes as data."""

import pytest

from domain.mistakes import Problem, UserErrorCode, UserMistake, conflict, invalid, invalid_at, not_found, too_many


def test_a_mistake_has_a_code_words_and_a_place() -> None:
    mistake = invalid("Too large.", "input", "amount")

    assert (mistake.code, mistake.message, mistake.path) == (UserErrorCode.INVALID, "Too large.", ("input", "amount"))
    assert str(mistake) == "Too large."


def test_each_constructor_gives_its_own_code() -> None:
    codes = [make("x", "input").code.value for make in (not_found, conflict, too_many)]

    assert codes == ["NOT_FOUND", "CONFLICT", "TOO_MANY"]


def test_a_rules_problem_becomes_an_invalid_mistake_at_its_place() -> None:
    with pytest.raises(UserMistake) as caught, invalid_at("input", "startsOn"):
        raise Problem("No such day.")

    assert (caught.value.code, caught.value.path) == (UserErrorCode.INVALID, ("input", "startsOn"))
    assert caught.value.message == "No such day."


def test_a_fault_of_ours_does_not_become_a_mistake() -> None:
    with pytest.raises(ValueError, match="ours"), invalid_at("input"):
        raise ValueError("ours")
