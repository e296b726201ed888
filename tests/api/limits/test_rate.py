"""What may be spent in a minute: fair to each, known to all processes, and nobody's business but the spender's."""

from dataclasses import replace
from typing import Any

import httpx
import pytest

from runtime.settings import Settings
from tests.api.client import Client, Person, register
from tests.api.limits.conftest import Opening

ACCOUNTS = "{ viewer { accounts { id } } }"
"""Expected to be 21 objects: the viewer and 20 accounts. Read for the first time it costs 7 for its length as well."""
LEFT = "{ rateLimit { limit cost remaining resetAt } }"
RENAME = 'mutation { a: updateProfile(input: {displayName: "Ada"}) { userErrors { code } } %s }'
SIGN_IN = 'mutation { signIn(input: {email: "a", password: "b"}) { userErrors { code } } }'
NEW = "application/graphql-response+json"


async def ask(person: Person, document: str = ACCOUNTS, **headers: str) -> httpx.Response:
    given = {"Authorization": f"Bearer {person.access_token}", **headers}
    return await person.http.post("/graphql", json={"query": document}, headers=given)


def refusal(response: httpx.Response) -> dict[str, Any]:
    (error,) = response.json()["errors"]
    extensions: dict[str, Any] = error["extensions"]
    return extensions


async def at(http: httpx.AsyncClient, person: Person) -> Person:
    return replace(person, http=http)


async def test_whoever_has_spent_everything_is_told_when_to_come_again(limited: Opening, person: Person) -> None:
    async with limited(objects_per_minute=60) as http:
        mine = await at(http, person)

        answers = [await ask(mine, Accept=NEW) for _ in range(4)]

        assert [one.status_code for one in answers] == [200, 200, 429, 429]
        told = refusal(answers[2])
        assert (told["code"], told["limit"], told["value"], told["maximum"]) == (
            "LIMITED",
            "objects_per_minute",
            21,
            60,
        )
        assert 1 <= told["retryAfter"] <= 12
        assert answers[2].headers["retry-after"] == str(told["retryAfter"])


async def test_an_older_client_gets_its_refusal_with_status_200(limited: Opening, person: Person) -> None:
    async with limited(objects_per_minute=30) as http:
        mine = await at(http, person)

        answers = [await ask(mine) for _ in range(3)]

        assert [one.status_code for one in answers] == [200, 200, 200]
        assert refusal(answers[2])["code"] == "LIMITED"
        assert "retry-after" in answers[2].headers


async def test_the_head_says_what_is_left(limited: Opening, person: Person) -> None:
    async with limited(objects_per_minute=600) as http:
        answer = await ask(await at(http, person))

        assert answer.headers["ratelimit-policy"] == '"objects";q=600;w=60'
        assert answer.headers["ratelimit"] == '"objects";r=572;t=3'


async def test_the_schema_says_what_is_left(limited: Opening, person: Person) -> None:
    async with limited(objects_per_minute=600) as http:
        mine = await at(http, person)
        await ask(mine, LEFT)

        shown = (await ask(mine, LEFT)).json()["data"]["rateLimit"]

        assert (shown["limit"], shown["cost"]) == (600, 1)
        assert 585 <= shown["remaining"] <= 592
        assert shown["resetAt"].endswith("Z") or "+00:00" in shown["resetAt"]


async def test_one_person_spends_nothing_of_anothers(limited: Opening, person: Person, stranger: Person) -> None:
    async with limited(objects_per_minute=30) as http:
        mine, theirs = await at(http, person), await at(http, stranger)
        for _ in range(3):
            await ask(mine, Accept=NEW)

        assert (await ask(mine, Accept=NEW)).status_code == 429
        assert (await ask(theirs, Accept=NEW)).status_code == 200


async def test_a_document_read_in_vain_costs_too(limited: Opening, person: Person) -> None:
    async with limited(objects_per_minute=50) as http:
        mine = await at(http, person)
        await ask(mine, "{ nonsense }" + " " * 400)

        answer = await ask(mine, Accept=NEW)

        assert refusal(answer)["code"] == "LIMITED"


async def test_mutations_are_counted_one_by_one_and_nothing_of_too_many_is_done(
    limited: Opening, person: Person
) -> None:
    twice = RENAME % 'b: updateProfile(input: {displayName: "Grace"}) { userErrors { code } }'
    async with limited(mutations_per_minute=3) as http:
        mine = await at(http, person)
        first = await ask(mine, RENAME % "")
        second = await ask(mine, RENAME % "")

        answer = await ask(mine, twice)

        assert "errors" not in first.json() | second.json()
        assert refusal(answer)["limit"] == "mutations_per_minute"
        shown = (await ask(mine, "{ viewer { user { displayName } } }")).json()
        assert shown["data"]["viewer"]["user"]["displayName"] == "Ada"


@pytest.mark.parametrize(
    "fields", ["... { %s }", "...f } fragment f on Mutation { %s", "... on Mutation { ... { %s } }"]
)
async def test_synchronisations_are_counted_wherever_they_stand(limited: Opening, person: Person, fields: str) -> None:
    syncs = " ".join(f'a{n}: syncBankLink(input: {{bankLinkId: "x"}}) {{ userErrors {{ code }} }}' for n in range(2))
    async with limited(syncs_per_minute=3) as http:
        mine = await at(http, person)
        first = await ask(mine, "mutation { " + fields % syncs + " }")

        answer = await ask(mine, "mutation { " + fields % syncs + " }")

        assert "errors" not in first.json()
        assert refusal(answer)["limit"] == "syncs_per_minute"


async def test_who_is_not_signed_in_is_counted_by_network(limited: Opening) -> None:
    async with limited(network_mutations_per_minute=2) as http:
        await register(http)
        person = await register(http)

        answer = await Client(http).send(
            'mutation { signIn(input: {email: "a", password: "b"}) { userErrors { code } } }'
        )

        assert answer["errors"][0]["extensions"]["limit"] == "network_mutations_per_minute"
        assert "errors" not in (await ask(person)).json()


async def test_what_is_spent_in_one_process_is_missing_in_the_others(limited: Opening, person: Person) -> None:
    async with limited(objects_per_minute=60) as one, limited(objects_per_minute=60) as other:
        await ask(await at(one, person))
        await ask(await at(one, person))
        await settled(one)
        await ask(await at(other, person), LEFT)
        await settled(other)

        answer = await ask(await at(other, person), Accept=NEW)

        assert refusal(answer)["code"] == "LIMITED"


async def test_without_redis_nobody_is_refused_and_each_process_holds_its_own_count(
    settings: Settings, limited: Opening, person: Person
) -> None:
    async with limited(objects_per_minute=60) as http:
        allowances: Any = http.allowances  # type: ignore[attr-defined]
        allowances.settlement._script = no_redis
        mine = await at(http, person)

        answers = [(await ask(mine, Accept=NEW)).status_code for _ in range(4)]

        assert answers == [200, 200, 429, 429]


async def no_redis(**_: Any) -> None:
    raise ConnectionError


async def settled(http: httpx.AsyncClient) -> None:
    settlement: Any = http.allowances.settlement  # type: ignore[attr-defined]
    while settlement._dirty:
        buckets = list(settlement._dirty)
        settlement._dirty.clear()
        await settlement.settle(buckets)


@pytest.mark.parametrize("name", ["Authorization", "Cookie"])
async def test_credentials_that_are_none_are_not_taken(limited: Opening, person: Person, name: str) -> None:
    value = "Bearer nonsense" if name == "Authorization" else f"session={person.access_token}"
    async with limited() as http:
        answer = await http.post("/graphql", json={"query": "{ viewer { user { id } } }"}, headers={name: value})

        assert answer.json().get("data") in (None, {"viewer": None})
