"""Guessing at second factors: by aliases, by many requests, by many challenges, and over time."""

import json
from datetime import timedelta

from sqlalchemy import text

from domain.factors.attempts import FIRST_WAIT, FREE, LONGEST_WAIT, locked_until
from integrations.world import World
from runtime import clock
from tests.api.client import Client, Person
from tests.api.factors.documents import (
    FACTORS,
    PROVE,
    all_at_once,
    challenge_of,
    complete,
    switch_on,
)
from tests.api.identity.mailbox import mails_to

TRIES = 40


def flood(token: str, codes: list[str]) -> str:
    """One document with many guesses."""
    fields = [
        f"a{number}: completeSignIn(input: {{challengeToken: {json.dumps(token)}, totpCode: {json.dumps(code)}}}) "
        "{ session { accessToken } userErrors { code path } }"
        for number, code in enumerate(codes)
    ]
    return f"mutation {{ {' '.join(fields)} }}"


async def let_time_pass(world: World, person: Person, passed: timedelta) -> None:
    """As if the guesses had been made so much earlier."""
    async with world.system.system_session() as session:
        await session.execute(
            text(
                "update factor_attempts set tried_at = tried_at - cast(:passed as interval), "
                "locked_until = locked_until - cast(:passed as interval) "
                "where user_id = (select id from users where email = :email)"
            ),
            {"passed": passed, "email": person.email},
        )


async def guesses(world: World, person: Person) -> int:
    rows = await world.system.system_rows(
        "select count from factor_attempts where user_id = (select id from users where email = $1)", person.email
    )
    return sum(row["count"] for row in rows)


async def test_aliases_of_one_document_get_five_guesses(person: Person, nobody: Client, world: World) -> None:
    app, _ = await switch_on(person)
    challenge = await challenge_of(nobody, person)
    wrong, right = app.wrong_code(), app.code()

    answers = (await nobody.data(flood(challenge["token"], [wrong] * 8 + [right]))).values()

    assert [answer["session"] for answer in answers] == [None] * 9
    assert [answer["userErrors"][0]["path"][1] for answer in answers] == ["totpCode"] * 5 + ["challengeToken"] * 4
    assert await guesses(world, person) == FREE


async def test_requests_at_the_same_time_get_five_guesses(person: Person, nobody: Client, world: World) -> None:
    app, _ = await switch_on(person)
    challenge, wrong = await challenge_of(nobody, person), app.wrong_code()

    payloads = await all_at_once(nobody, [(challenge["token"], {"totpCode": wrong})] * TRIES)

    looked_at = [payload for payload in payloads if payload["userErrors"][0] == _wrong("INVALID")]
    assert len(looked_at) == FREE
    assert await guesses(world, person) == FREE


async def test_many_challenges_do_not_help(person: Person, nobody: Client, world: World) -> None:
    app, codes = await switch_on(person)
    challenges = [(await challenge_of(nobody, person))["token"] for _ in range(6)]
    wrong = app.wrong_code()

    payloads = await all_at_once(nobody, [(token, {"totpCode": wrong}) for token in challenges] * 3)
    right = await complete(nobody, (await challenge_of(nobody, person))["token"], totpCode=app.code())
    by_backup_code = await complete(nobody, (await challenge_of(nobody, person))["token"], backupCode=codes[0])

    assert sum(payload["userErrors"][0] == _wrong("INVALID") for payload in payloads) == FREE
    assert right["userErrors"] == [_wrong("TOO_MANY")]
    assert by_backup_code["userErrors"] == [{"code": "TOO_MANY", "path": ["input", "backupCode"]}]
    assert await guesses(world, person) == FREE
    kept = {one["kind"]: one["codesLeft"] for one in (await person.data(FACTORS))["viewer"]["secondFactors"]}
    assert kept["BACKUP_CODES"] == 10


async def test_proofs_are_counted_with_sign_ins(person: Person, nobody: Client, world: World) -> None:
    app, _ = await switch_on(person)
    for _ in range(FREE):
        await person.refused(PROVE, input={"totpCode": app.wrong_code()})

    proof = await person.refused(PROVE, input={"totpCode": app.code()})
    sign_in = await complete(nobody, (await challenge_of(nobody, person))["token"], totpCode=app.code())

    assert proof == [("TOO_MANY", ["input", "totpCode"])]
    assert sign_in["userErrors"] == [_wrong("TOO_MANY")]


async def test_after_the_wait_there_is_one_guess_more(person: Person, nobody: Client, world: World) -> None:
    app, _ = await switch_on(person)
    first = await challenge_of(nobody, person)
    await all_at_once(nobody, [(first["token"], {"totpCode": app.wrong_code()})] * FREE)
    await let_time_pass(world, person, FIRST_WAIT)
    second, code = await challenge_of(nobody, person), app.code()

    wrong = await complete(nobody, second["token"], totpCode=app.wrong_code())
    at_once = await complete(nobody, second["token"], totpCode=code)
    await let_time_pass(world, person, FIRST_WAIT)
    too_soon = await complete(nobody, second["token"], totpCode=code)
    await let_time_pass(world, person, FIRST_WAIT)
    right = await complete(nobody, second["token"], totpCode=code)

    assert wrong["userErrors"] == [_wrong("INVALID")]
    assert at_once["userErrors"] == too_soon["userErrors"] == [_wrong("TOO_MANY")]
    assert right["session"] is not None


async def test_a_right_one_begins_anew(person: Person, nobody: Client, world: World) -> None:
    app, _ = await switch_on(person)
    challenge = await challenge_of(nobody, person)
    await all_at_once(nobody, [(challenge["token"], {"totpCode": app.wrong_code()})] * (FREE - 1))

    done = await complete(nobody, challenge["token"], totpCode=app.code())

    assert done["session"] is not None
    assert await guesses(world, person) == 0


async def test_the_person_is_told(person: Person, nobody: Client, world: World) -> None:
    app, _ = await switch_on(person)
    challenge = await challenge_of(nobody, person)

    await all_at_once(nobody, [(challenge["token"], {"totpCode": app.wrong_code()})] * FREE)

    subjects = [subject for subject, _ in await mails_to(world, person.email)]
    assert subjects.count("Coffer: somebody failed several times to show your second factor") == 1


def test_waits_double_up_to_an_hour() -> None:
    at = clock.now()

    waits = [until and until - at for until in (locked_until(count, at) for count in (1, 4, 5, 6, 7, 11, 12, 10_000))]

    assert waits == [
        *[None] * 2,
        *[FIRST_WAIT * factor for factor in (1, 2, 4, 64)],
        *[LONGEST_WAIT] * 2,
    ]


def _wrong(code: str) -> dict[str, object]:
    return {"code": code, "path": ["input", "totpCode"]}
