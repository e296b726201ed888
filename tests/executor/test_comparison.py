"""The comparison finds the faults that an executor could have: each is planted once in a good answer."""

import copy
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import orjson
import pytest

from tests.executor.comparison import Reply, differences

JSON = "application/json; charset=utf-8"
INTERNAL = {"code": "INTERNAL", "correlationId": "0f"}
GOOD: dict[str, Any] = {
    "data": {
        "viewer": {
            "accounts": [{"id": "acc_1", "balance": {"amount": "1.00"}}, {"id": "acc_2", "balance": None}, None],
            "count": 1,
            "goal": None,
        }
    },
    "errors": [
        {
            "message": "Internal error",
            "locations": [{"line": 1, "column": 24}],
            "path": ["viewer", "accounts", 1, "balance"],
            "extensions": INTERNAL,
        },
        {"message": "No", "path": ["viewer", "accounts", 2, "balance", "amount"], "extensions": {"code": "A"}},
        {"message": "No", "path": ["viewer", "goal"], "extensions": {"code": "A"}},
        {"message": "No", "path": ["viewer", "goal"], "extensions": {"code": "A"}},
    ],
}


def reply(answer: Any, status: int = 200, content_type: str = JSON) -> Reply:
    return Reply(status, content_type, orjson.dumps(answer))


def changed(change: Callable[[dict[str, Any]], object]) -> Reply:
    answer = copy.deepcopy(GOOD)
    change(answer)
    return reply(answer)


def viewer(answer: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = answer["data"]["viewer"]
    return found


def reordered(answer: dict[str, Any]) -> None:
    one = viewer(answer)["accounts"][0]
    one["id"] = one.pop("id")


FAULTS: dict[str, Callable[[dict[str, Any]], object]] = {
    "a wrong value": lambda a: viewer(a)["accounts"][0].update(id="acc_9"),
    "a value of another type": lambda a: viewer(a).update(count=True),
    "a float for an integer": lambda a: viewer(a).update(count=1.0),
    "a missing key": lambda a: viewer(a).pop("count"),
    "a key too many": lambda a: viewer(a).update(more=None),
    "the wrong order of keys": reordered,
    "a missing item": lambda a: viewer(a)["accounts"].pop(),
    "items the other way round": lambda a: viewer(a)["accounts"].reverse(),
    "null handed up one level too far": lambda a: viewer(a)["accounts"].__setitem__(1, None),
    "null handed up one level too little": lambda a: viewer(a)["accounts"].__setitem__(2, {"balance": None}),
    "an empty list for null": lambda a: viewer(a).update(goal=[]),
    "data instead of null": lambda a: a.update(data=None),
    "no data": lambda a: a.pop("data"),
    "a wrong path": lambda a: a["errors"][0]["path"].__setitem__(2, 0),
    "a path without its place in the list": lambda a: a["errors"][0]["path"].pop(2),
    "an error without a path": lambda a: a["errors"][0].pop("path"),
    "a wrong message": lambda a: a["errors"][0].update(message="Something"),
    "a wrong location": lambda a: a["errors"][0]["locations"][0].update(column=1),
    "a location too many": lambda a: a["errors"][0]["locations"].append({"line": 1, "column": 1}),
    "a wrong code": lambda a: a["errors"][0].update(extensions={"code": "BAD_USER_INPUT"}),
    "no correlation id": lambda a: a["errors"][0].update(extensions={"code": "INTERNAL"}),
    "a missing error": lambda a: a["errors"].pop(0),
    "one error instead of two": lambda a: a["errors"].pop(),
    "an error too many": lambda a: a["errors"].append(a["errors"][0]),
    "no error for a null that was handed up": lambda a: a["errors"].pop(1),
    "no errors at all": lambda a: a.pop("errors"),
    "extensions": lambda a: a.update(extensions={"cost": 1}),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_found(fault: str) -> None:
    assert differences(reply(GOOD), changed(FAULTS[fault])) != []
    assert differences(changed(FAULTS[fault]), reply(GOOD)) != []


ALLOWED: dict[str, Callable[[dict[str, Any]], object]] = {
    "nothing": lambda a: None,
    "another correlation id": lambda a: a["errors"][0].update(extensions={**INTERNAL, "correlationId": "1e"}),
    "another order of the errors": lambda a: a["errors"].reverse(),
    "another error below a parent that became null": lambda a: a["errors"][1].update(
        path=["viewer", "accounts", 2, "id"], message="Other"
    ),
    "an error below a place that has one of its own": lambda a: a["errors"].append(
        {"message": "No", "path": ["viewer", "goal", "name"], "extensions": {"code": "A"}}
    ),
    "one more error below a parent that became null": lambda a: a["errors"].append(a["errors"][1]),
}


@pytest.mark.parametrize("difference", ALLOWED)
def test_what_the_specification_leaves_open_is_no_difference(difference: str) -> None:
    assert differences(reply(GOOD), changed(ALLOWED[difference])) == []


def test_status_and_media_type_belong_to_the_answer() -> None:
    assert differences(reply(GOOD), reply(GOOD, status=500)) == ["status: 200 expected, not 500"]
    assert differences(reply(GOOD), reply(GOOD, content_type="text/plain")) != []


@pytest.mark.parametrize("body", [b'{"data":{"a":1,"a":1}}', b'{"data":{"a":NaN}}', b'{"data":', b"[]", b""])
def test_what_is_no_strict_json_is_a_difference(body: bytes) -> None:
    assert differences(Reply(200, JSON, b'{"data":{"a":1}}'), Reply(200, JSON, body)) != []


def test_streams_are_compared_answer_by_answer() -> None:
    def stream(answer: dict[str, Any]) -> Reply:
        body = b"event: next\ndata: " + orjson.dumps(answer) + b"\n\nevent: complete\ndata:\n\n"
        return Reply(200, "text/event-stream; charset=utf-8", body)

    other = copy.deepcopy(GOOD)
    ALLOWED["another correlation id"](other)

    assert differences(stream(GOOD), stream(other)) == []
    FAULTS["a wrong value"](other)
    assert differences(stream(GOOD), stream(other)) != []
    assert differences(stream(GOOD), replace(stream(GOOD), body=b"event: complete\ndata:\n\n")) != []
