"""A group's milestones and its invite codes."""

from collections.abc import Callable
from collections.abc import Set as AbstractSet

from domain.mistakes import Problem
from domain.money import Money

MILESTONES = (25, 50, 75, 100)
"""Percent of the target."""

# Crockford's base 32 (https://www.crockford.com/base32.html): no I, L, O and U.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_READ_AS = str.maketrans("OIL", "011", "- ")
_CODE_BYTES = 10
_CODE_LENGTH = _CODE_BYTES * 8 // 5
# With its hyphens and blanks a code is not longer than this; more is not worth looking at.
_LONGEST = 64


class InviteCodeProblem(Problem):
    """A text that no invite code can be."""


def milestones_crossed(
    target: Money, before: Money, after: Money, reached: AbstractSet[int] = frozenset()
) -> list[int]:
    """The milestones (percent, ascending) between what was saved before a contribution and after it.

    Those in `reached` were celebrated already: a group that takes money back and gives it again reaches none twice.
    """
    goal = target.minor_units
    return [
        percent
        for percent in MILESTONES
        if percent not in reached and 100 * before.minor_units < percent * goal <= 100 * after.minor_units
    ]


def new_invite_code(random_bytes: Callable[[int], bytes]) -> str:
    """Sixteen characters of Crockford's base 32, 80 bits from a source such as `secrets.token_bytes`."""
    number = int.from_bytes(random_bytes(_CODE_BYTES), "big")
    return "".join(_ALPHABET[number >> shift & 31] for shift in range(5 * (_CODE_LENGTH - 1), -1, -5))


def normalize_invite_code(text: str) -> str:
    """The code as it was made, from what a person typed: any case, hyphens, blanks, O for 0, I and L for 1.

    Raises `InviteCodeProblem` where it cannot be a code.
    """
    if len(text) <= _LONGEST and text.isascii():
        code = text.upper().translate(_READ_AS)
        if len(code) == _CODE_LENGTH and set(code) <= set(_ALPHABET):
            return code
    raise InviteCodeProblem("This is not an invite code.")
