"""Whether two answers to one request are equal, as far as the specification fixes an answer.

Data must be equal to the order of their members. Errors are a multiset. Where a null was handed up to a parent, the
specification leaves open which of the errors below are told, so there must only be some on either side.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

_DATA = re.compile(rb"^data: ?(.*)$", re.MULTILINE)


@dataclass(frozen=True)
class Reply:
    """What came back over HTTP."""

    status: int
    content_type: str
    body: bytes


class Malformed(ValueError):
    """JSON that no strict reader takes."""


def differences(expected: Reply, actual: Reply) -> list[str]:
    """What differs, in words; nothing where the answers are equal."""
    found = []
    if expected.status != actual.status:
        found.append(f"status: {expected.status} expected, not {actual.status}")
    if expected.content_type != actual.content_type:
        found.append(f"media type: {expected.content_type} expected, not {actual.content_type}")
    if expected.content_type.startswith("text/event-stream"):
        return [*found, *_streams(expected, actual)]
    return [*found, *_answers(expected, actual)]


def _streams(expected: Reply, actual: Reply) -> list[str]:
    """The same events, whose data are equal answers."""
    (left, left_data), (right, right_data) = _events(expected.body), _events(actual.body)
    if left != right:
        return [f"events: {left!r} expected, not {right!r}"]
    pairs = zip(left_data, right_data, strict=True)
    return [
        words for one, other in pairs for words in _answers(replace(expected, body=one), replace(actual, body=other))
    ]


def _events(body: bytes) -> tuple[bytes, list[bytes]]:
    """A stream without its data, and its data."""
    return _DATA.sub(b"data", body), [one for one in _DATA.findall(body) if one]


def _answers(expected: Reply, actual: Reply) -> list[str]:
    found: list[str] = []
    try:
        left, right = parse(expected.body), parse(actual.body)
    except ValueError as error:
        if expected.body != actual.body:
            found.append(f"a body is not strict JSON: {error}")
        return found
    if not isinstance(left, dict) or not isinstance(right, dict):
        return found if left == right else [*found, "an answer is no object"]
    if left.keys() != right.keys():
        found.append(f"members: {sorted(left)} expected, not {sorted(right)}")
    found += _values((), left.get("data"), right.get("data"))
    found += _errors(left, right)
    found += _values(("extensions",), left.get("extensions"), right.get("extensions"))
    return found


def parse(body: bytes) -> Any:
    """Raises Malformed for a member that is there twice, and for NaN and the infinities."""
    return json.loads(body, object_pairs_hook=_members, parse_constant=_no_constant)


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise Malformed(f"a member is there twice among {[name for name, _ in pairs]}")
    return members


def _no_constant(word: str) -> Any:
    raise Malformed(f"{word} is no JSON")


def _values(path: tuple[Any, ...], left: Any, right: Any) -> Iterator[str]:
    where = ".".join(map(str, path)) or "data"
    if type(left) is not type(right):
        yield f"{where}: {_short(left)} expected, not {_short(right)}"
    elif isinstance(left, dict):
        if list(left) != list(right):
            yield f"{where}: members {list(left)} expected, not {list(right)}"
        for name in left.keys() & right.keys():
            yield from _values((*path, name), left[name], right[name])
    elif isinstance(left, list):
        if len(left) != len(right):
            yield f"{where}: {len(left)} items expected, not {len(right)}"
        for place, (one, other) in enumerate(zip(left, right, strict=False)):
            yield from _values((*path, place), one, other)
    elif left != right:
        yield f"{where}: {_short(left)} expected, not {_short(right)}"


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 200 else f"{text[:200]}…"


def _errors(left: dict[str, Any], right: dict[str, Any]) -> Iterator[str]:
    exact, handed_up = _sorted_errors(left)
    other_exact, other_handed_up = _sorted_errors(right)
    for error in (exact - other_exact).elements():
        yield f"an error is missing: {error}"
    for error in (other_exact - exact).elements():
        yield f"an error too many: {error}"
    for place in handed_up - other_handed_up:
        yield f"no error explains the null at {list(place)}"
    for place in other_handed_up - handed_up:
        yield f"an error too many below the null at {list(place)}"


def _sorted_errors(answer: dict[str, Any]) -> tuple[Counter[str], set[tuple[Any, ...]]]:
    """The errors that must be told as they are, and the nulls that only errors below them explain."""
    exact: Counter[str] = Counter()
    explained: set[tuple[Any, ...] | None] = set()
    handed_up: set[tuple[Any, ...]] = set()
    for error in answer.get("errors", []):
        path = error.get("path")
        place = None if path is None or "data" not in answer else _place_of_null(answer["data"], path)
        if place is None or len(place) == len(path):
            exact[json.dumps(_comparable(error), sort_keys=True)] += 1
            explained.add(place)
        else:
            handed_up.add(place)
    # A list that breaks off is an error of its own, beside those of the items before.
    return exact, handed_up - explained


def _comparable(error: dict[str, Any]) -> dict[str, Any]:
    """Without the correlation id, which is another one each time; that there is one is kept."""
    extensions = error.get("extensions")
    if isinstance(extensions, dict) and "correlationId" in extensions:
        return {**error, "extensions": {**extensions, "correlationId": "…"}}
    return error


def _place_of_null(data: Any, path: list[Any]) -> tuple[Any, ...] | None:
    """Where the walk along an error's path ends in null; None where it ends in no null at all."""
    value = data
    for length, step in enumerate(path):
        if value is None:
            return tuple(path[:length])
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            return None
    return tuple(path) if value is None else None
