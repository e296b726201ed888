"""Bodies and documents that are no request, or one that is too much."""

import httpx
import pytest

from tests.hostile.answers import post, send
from tests.hostile.scene import Scene

BODIES = {
    "empty": b"",
    "number": b"5",
    "null": b"null",
    "array": b"[]",
    "text": b'"x"',
    "cut": b'{"query": "{ viewer',
    "bytes": b"\xff\xfe\x00",
    "nan": b'{"query": "{ viewer { user { id } } }", "variables": {"a": NaN}}',
    "infinity": b'{"query": "{ viewer { user { id } } }", "variables": {"a": 1e999}}',
    "deep": b'{"query": "{ viewer { user { id } } }", "variables": {"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}}",
    "no query": b"{}",
    "query of a number": b'{"query": 5}',
    "empty query": b'{"query": ""}',
    "variables of a text": b'{"query": "{ viewer { user { id } } }", "variables": "x"}',
    "name of a number": b'{"query": "{ viewer { user { id } } }", "operationName": 5}',
    "surrogate": b'{"query": "{ viewer { user { id } } }\\ud800"}',
    "nul": b'{"query": "{ viewer { user { id } } }\\u0000"}',
    "too long": b'{"query": "' + b"x" * (1024 * 1024) + b'"}',
}


@pytest.mark.parametrize("name", BODIES)
async def test_a_body_that_is_no_request_is_refused(
    name: str, scene: Scene, http: httpx.AsyncClient, unchanged: None
) -> None:
    answer = await post(http, scene.person.access_token, BODIES[name])

    assert answer.codes
    assert set(answer.codes) == {"BAD_USER_INPUT"}
    assert 400 <= answer.status < 500 or answer.status == 200


_NESTED = "{ account { transactions { nodes "

DOCUMENTS = {
    "syntax": "{",
    "unknown field": "{ viewer { secrets } }",
    "unknown argument": "{ viewer { accounts(all: true) { id } } }",
    "unknown operation": "remove { all }",
    "two without a name": "query A { viewer { user { id } } } query B { viewer { household { id } } }",
    "cycle": "{ viewer { ...a } } fragment a on Viewer { ...b } fragment b on Viewer { ...a }",
    "deep": f"{{ viewer {{ transactions {{ nodes {_NESTED * 400} {{ id }} {'} } }' * 400} }} }} }}",
    "brackets": "{" * 50_000,
    "list": f"{{ nodes(ids: {'[' * 5_000}{']' * 5_000}) {{ id }} }}",
    "number": f"{{ viewer {{ transactions(first: {'9' * 100_000}) {{ nodes {{ id }} }} }} }}",
    "comment": "#" + "x" * 900_000,
    "subscription": "subscription { changes { id } }",
}


@pytest.mark.parametrize("name", DOCUMENTS)
async def test_a_document_that_is_none_is_refused(
    name: str, scene: Scene, http: httpx.AsyncClient, unchanged: None
) -> None:
    answer = await send(http, scene.person.access_token, DOCUMENTS[name])

    assert answer.codes
    assert set(answer.codes) <= {"BAD_USER_INPUT", "LIMITED"}


async def test_fragments_that_multiply_are_answered_in_time(
    scene: Scene, http: httpx.AsyncClient, unchanged: None
) -> None:
    """22 levels of two spreads each are four million fields to whoever follows them one by one."""
    levels = " ".join(f"fragment f{n} on User {{ ...f{n + 1} ...f{n + 1} }}" for n in range(22))
    document = f"{{ viewer {{ user {{ ...f0 }} }} }} {levels} fragment f22 on User {{ id }}"

    answer = await send(http, scene.person.access_token, document)

    assert set(answer.codes) <= {"BAD_USER_INPUT", "LIMITED"}


async def test_aliases_of_a_mutation_run_one_after_the_other(
    scene: Scene, http: httpx.AsyncClient, unchanged: None
) -> None:
    one = 'updateProfile(input: {displayName: ""}) { userErrors { code message path } }'
    document = "mutation { " + " ".join(f"m{n}: {one}" for n in range(50)) + " }"

    answer = await send(http, scene.person.access_token, document)

    assert set(answer.codes) <= {"INVALID", "LIMITED", "BAD_USER_INPUT"}


@pytest.mark.parametrize("subscription", ["changes", "transactionsChanged", "notificationArrived", "balanceChanged"])
async def test_a_stream_from_a_position_that_never_was_ends_at_once(
    subscription: str, scene: Scene, http: httpx.AsyncClient, unchanged: None
) -> None:
    document = f"subscription ($after: String) {{ {subscription}(after: $after) {{ __typename }} }}"

    for after in ("", "x", "\ud800", "x" * 100_000, scene.theirs.sequence, "a\0b"):
        response = await http.post(
            "/graphql",
            json={"query": document, "variables": {"after": after.encode("utf-8", "replace").decode()}},
            headers={"Authorization": f"Bearer {scene.person.access_token}", "Accept": "text/event-stream"},
        )

        assert response.status_code in (200, 400)
        assert "BAD_USER_INPUT" in response.text
        assert "INTERNAL" not in response.text


async def test_nobody_elses_group_is_followed(scene: Scene, http: httpx.AsyncClient, unchanged: None) -> None:
    document = "subscription ($id: ID!) { groupUpdated(groupId: $id) { __typename } }"

    for id in (scene.theirs.ids["grp"], scene.mine.ids["acc"], "", "x"):
        response = await http.post(
            "/graphql",
            json={"query": document, "variables": {"id": id}},
            headers={"Authorization": f"Bearer {scene.person.access_token}", "Accept": "text/event-stream"},
        )

        assert "BAD_USER_INPUT" in response.text
