"""Every field of every mutation, with what no field of its kind may take."""

import json
from typing import Any

import httpx
import pytest

from tests.hostile.answers import Answer, send
from tests.hostile.inputs import BASES, SCHEMA, document_of, fields_of, hostile_values
from tests.hostile.scene import Scene

FIELDS = [(mutation, field) for mutation in BASES for field in fields_of(mutation)]

# Whoever shows a token that is none has no session to end: nothing changes, and nothing is told.
SILENT = {("signOut", "refreshToken")}

# Where something else is told before: that a sign-in was never begun, that no provider is set up, that the last one
# does not leave, and that one proof is to be shown, not two.
ELSEWHERE = {
    **{
        ("completeSignIn", field): (["input"], ["input", "challengeToken"])
        for field in ("totpCode", "backupCode", "passkey")
    },
    **{
        (mutation, field): (["input", "state"],)
        for mutation in ("completeOidcSignIn", "linkOidc")
        for field in ("binding", "code", "iss")
    },
    **{(mutation, "redirectUri"): (["input", "provider"],) for mutation in ("startOidcSignIn", "startOidcLink")},
    ("leaveHousehold", "toHouseholdId"): (["input"],),
}

# However much is wrong, the answer is bounded.
MOST_ERRORS = 100


def test_every_mutation_is_tried() -> None:
    assert SCHEMA.mutation_type is not None
    assert sorted(BASES) == sorted(SCHEMA.mutation_type.fields)


@pytest.mark.parametrize(("mutation", "field"), FIELDS, ids=[".".join(one) for one in FIELDS])
async def test_what_a_field_may_not_take_is_refused_at_its_place(
    mutation: str, field: str, scene: Scene, http: httpx.AsyncClient, unchanged: None
) -> None:
    document = document_of(mutation)
    wrong: list[str] = []

    for value in hostile_values(scene, field, fields_of(mutation)[field]):
        answer = await send(
            http, scene.person.access_token, document, {"input": {**BASES[mutation](scene), field: value}}
        )
        if not is_right(answer, mutation, field):
            wrong.append(
                f"{json.dumps(value)[:80]} → {answer.status} {answer.codes} {answer.paths} {answer.text[:300]}"
            )

    assert not wrong, "\n".join(wrong)


def is_right(answer: Answer, mutation: str, field: str) -> bool:
    if answer.paths and (mutation, field) in ELSEWHERE:
        places = (["input", field], *ELSEWHERE[mutation, field])
        return answer.status == 200 and all(path in places for path in answer.paths)
    if answer.paths:
        # Nobody is told whether it is the address or the password that is wrong.
        place = ["input"] if mutation == "signIn" and answer.codes == ["INVALID"] else ["input", field]
        return answer.status == 200 and all(path[: len(place)] == place for path in answer.paths)
    if (mutation, field) in SILENT and not answer.codes:
        return True
    return set(answer.codes) == {"BAD_USER_INPUT"} and len(answer.codes) <= MOST_ERRORS


@pytest.mark.parametrize("mutation", BASES)
async def test_an_input_with_a_field_that_is_none_is_refused(
    mutation: str, scene: Scene, http: httpx.AsyncClient, unchanged: None
) -> None:
    wrong: list[Any] = [{**BASES[mutation](scene), "noSuchField": 1}, [], "x", None, 5]
    for input in wrong:
        answer = await send(http, scene.person.access_token, document_of(mutation), {"input": input})

        assert answer.codes == ["BAD_USER_INPUT"], input


OPEN = {
    *("register", "signIn", "refreshSession", "signOut"),
    *("requestEmailVerification", "verifyEmail", "requestPasswordReset", "resetPassword"),
    *("completeSignIn", "finishPasskeySignIn", "startOidcSignIn", "completeOidcSignIn"),
}


@pytest.mark.parametrize("mutation", sorted(BASES.keys() - OPEN))
async def test_nobody_changes_anything_without_good_credentials(
    mutation: str, scene: Scene, http: httpx.AsyncClient, unchanged: None
) -> None:
    variables = {"input": BASES[mutation](scene)}

    anonymous = await send(http, None, document_of(mutation), variables)

    assert anonymous.codes == ["UNAUTHENTICATED"]
