"""Documents over which the validation of overlapping fields takes long: it compares pairs."""

from collections.abc import Callable
from typing import Any

Attack = Callable[[int], dict[str, Any]]


def _query(parts: list[str], rest: str = "") -> dict[str, Any]:
    return {"query": "{ " + " ".join(parts) + " } " + rest, "variables": {}}


OVERLAPS: dict[str, Attack] = {
    "fields that differ": lambda size: _query([f'node(id: "{n}") {{ id }}' for n in range(400 * size)]),
    "fields that agree": lambda size: _query(["viewer { accounts { id name } }"] * 400 * size),
    "the same in each other": lambda size: _query(
        ["viewer { accounts { transactions { nodes { account { id name } } } } }"] * 200 * size
    ),
    "fragments against fragments": lambda size: _query(
        [f"...f{n}" for n in range(190 * size)],
        " ".join(f"fragment f{n} on Query {{ viewer {{ sequence }} }}" for n in range(190 * size)),
    ),
    "fragments that differ deep down": lambda size: _query(
        [f"...f{n}" for n in range(95 * size)],
        " ".join(
            f"fragment f{n} on Query {{ viewer {{ accounts {{ "
            f"transactions(first: {n % 90 + 1}) {{ nodes {{ id }} }} }} }} }}"
            for n in range(95 * size)
        ),
    ),
    "fragments in fragments": lambda size: _query(
        ["...f0", "...g0"],
        " ".join(
            f"fragment {letter}{n} on Query {{ {letter}{n}: viewer {{ sequence }} ...f{n + 1} ...g{n + 1} }}"
            for n in range(45 * size)
            for letter in "fg"
        )
        + f" fragment f{45 * size} on Query {{ __typename }} fragment g{45 * size} on Query {{ __typename }}",
    ),
    "on each type of an interface": lambda size: _query(
        [
            'node(id: "x") { '
            + " ".join(f"... on {one} {{ a: id b: id c: id }}" for one in ("Account", "Budget", "Goal", "Category"))
            + " }"
        ]
        * 60
        * size
    ),
    "arguments that are long": lambda size: _query([f'node(id: "{"x" * 200}{n}") {{ id }}' for n in range(90 * size)]),
}
