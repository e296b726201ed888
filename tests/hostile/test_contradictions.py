"""Inputs that are right by themselves and contradict what is there, or make no sense here."""

from dataclasses import replace
from typing import Any

import httpx
import pytest

from tests.api.client import Person, register
from tests.hostile.answers import Answer, send
from tests.hostile.contradictions import CASES, Case, Input, money
from tests.hostile.inputs import document_of
from tests.hostile.scene import Scene, make


async def tried(scene: Scene, http: httpx.AsyncClient, mutation: str, input: Input) -> Answer:
    return await send(http, scene.person.access_token, document_of(mutation), {"input": input})


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
async def test_it_is_refused_with_its_code_and_place(
    case: Case, scene: Scene, http: httpx.AsyncClient, unchanged: None
) -> None:
    answer = await tried(scene, http, case.mutation, case.input(scene))

    assert answer.status == 200
    assert answer.codes == [case.code] if case.code else len(answer.codes) == 1
    (path,) = answer.paths
    assert tuple(path[: len(case.place)]) == case.place


@pytest.mark.parametrize(
    ("mutation", "first", "second"),
    [
        ("createAccount", {"name": "A"}, {"name": "B"}),
        ("createAccount", {"balance": "1"}, {"balance": "2"}),
    ],
)
async def test_a_key_that_was_used_with_another_input_is_a_conflict(
    mutation: str, first: Input, second: Input, http: httpx.AsyncClient
) -> None:
    person = await register(http)
    base = {"name": "A", "type": "CASH", "currency": "USD", "idempotencyKey": "the same"}

    async def send_as(given: Input) -> Answer:
        return await send(http, person.access_token, document_of(mutation), {"input": {**base, **given}})

    made, again, refused = await send_as(first), await send_as(first), await send_as(second)

    assert (made.codes, again.codes) == ([], [])
    assert (refused.codes, refused.paths) == (["CONFLICT"], [["input", "idempotencyKey"]])
    assert len(await accounts(person)) == 1


async def accounts(person: Person) -> list[Any]:
    found: list[Any] = (await person.data("{ viewer { accounts { id } } }"))["viewer"]["accounts"]
    return found


async def test_a_key_belongs_to_one_person(http: httpx.AsyncClient) -> None:
    input = {"name": "A", "type": "CASH", "currency": "USD", "idempotencyKey": "shared"}
    people = [await register(http) for _ in range(2)]

    for person in people:
        await send(http, person.access_token, document_of("createAccount"), {"input": input})

    assert [len(await accounts(person)) for person in people] == [1, 1]


async def test_a_group_that_was_left_takes_nothing(http: httpx.AsyncClient) -> None:
    person = await register(http)
    group = await make(person, "group", name="Left behind")
    await send(http, person.access_token, document_of("leaveSavingsGroup"), {"input": {"groupId": group["id"]}})

    for mutation, input in (
        ("contributeToGroup", {"groupId": group["id"], "amount": money("1")}),
        ("leaveSavingsGroup", {"groupId": group["id"]}),
        ("replaceInviteCode", {"groupId": group["id"]}),
    ):
        answer = await send(http, person.access_token, document_of(mutation), {"input": input})

        assert (answer.codes, answer.paths) == (["NOT_FOUND"], [["input", "groupId"]])


async def test_the_last_member_who_left_sees_nothing_of_the_group_any_more(http: httpx.AsyncClient) -> None:
    person = await register(http)
    group = await make(person, "group", name="Left behind")

    left = await send(http, person.access_token, document_of("leaveSavingsGroup"), {"input": {"groupId": group["id"]}})

    seen = await person.data(
        "query ($id: ID!) { node(id: $id) { id } viewer { savingsGroups { id } } }", id=group["id"]
    )
    assert left.codes == []
    assert seen == {"node": None, "viewer": {"savingsGroups": []}}


async def test_a_transaction_is_saved_once(http: httpx.AsyncClient) -> None:
    person = await register(http)
    account = await make(person, "account", name="Account", currency="USD")
    transaction = await make(person, "transaction", account=account["id"], text="Bakery")
    goal = await make(person, "goal", name="Goal")
    input = {"goalId": goal["id"], "amount": money("5"), "transactionId": transaction["id"]}

    first = await send(http, person.access_token, document_of("contributeToGoal"), {"input": input})
    second = await send(http, person.access_token, document_of("contributeToGoal"), {"input": input})

    assert first.codes == []
    assert second.codes == ["CONFLICT"]
    assert second.paths[0][:2] == ["input", "transactionId"]
    saved = (await person.data("{ viewer { goals { saved { amount } } } }"))["viewer"]["goals"]
    assert saved == [{"saved": {"amount": "5.00"}}]


async def test_a_closed_account_takes_nothing(http: httpx.AsyncClient) -> None:
    person = await register(http)
    account = await make(person, "account", name="Account", currency="USD")
    await send(http, person.access_token, document_of("closeAccount"), {"input": {"accountId": account["id"]}})

    for mutation, more in (
        ("createTransaction", {"date": "2026-01-15", "amount": "-1", "description": "New"}),
        ("startStatementImport", {"fileName": "a.ofx"}),
    ):
        input = {"accountId": account["id"], **more}
        answer = await send(http, person.access_token, document_of(mutation), {"input": input})

        assert (answer.codes, answer.paths) == (["NOT_ALLOWED"], [["input", "accountId"]])


async def test_the_tokens_of_an_ended_session_are_refused(http: httpx.AsyncClient) -> None:
    person = await register(http)
    stolen = replace(person)
    await send(http, None, document_of("signOut"), {"input": {"refreshToken": person.refresh_token}})

    renewed = await send(http, None, document_of("refreshSession"), {"input": {"refreshToken": stolen.refresh_token}})
    read = await send(http, stolen.access_token, "{ viewer { user { id } } }")

    assert renewed.codes == ["INVALID"]
    assert read.codes == ["UNAUTHENTICATED"]
