"""One's own profile, and what a new person may give."""

from typing import Any

import pytest

from tests.api.client import Client, Person

UPDATE = """
mutation ($input: UpdateProfileInput!) {
  updateProfile(input: $input) { user { displayName timezone locale } userErrors { code path } }
}
"""
ME = "{ viewer { user { displayName timezone locale } } }"
REGISTER = """
mutation ($input: RegisterInput!) {
  register(input: $input) { session { accessToken } userErrors { code path } }
}
"""
SIGN_IN = """
mutation ($email: String!, $password: String!) {
  signIn(input: {email: $email, password: $password}) { session { accessToken } userErrors { code path } }
}
"""
SOMEBODY = {"email": "somebody@example.com", "password": "long enough", "displayName": "Somebody"}


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({"displayName": ""}, "displayName"),
        ({"displayName": "  "}, "displayName"),
        ({"displayName": "x" * 101}, "displayName"),
        ({"displayName": "a\nb"}, "displayName"),
        ({"displayName": "a\0b"}, "displayName"),
        ({"timezone": ""}, "timezone"),
        ({"timezone": "Mars/Olympus"}, "timezone"),
        ({"timezone": "../../etc/passwd"}, "timezone"),
        ({"timezone": "x" * 1_000_00}, "timezone"),
        ({"locale": ""}, "locale"),
        ({"locale": "e"}, "locale"),
        ({"locale": "en--US"}, "locale"),
        ({"locale": "en-ü"}, "locale"),
    ],
    ids=lambda one: str(one)[:30],
)
async def test_what_cannot_be_taken_is_refused(person: Person, given: dict[str, Any], path: str) -> None:
    before = await person.data(ME)

    assert await person.refused(UPDATE, input=given) == [("INVALID", ["input", path])]

    assert await person.data(ME) == before


async def test_null_and_nothing_leave_it_as_it_is(person: Person) -> None:
    before = await person.data(ME)

    payload = await person.change(UPDATE, input={"displayName": None, "timezone": None})

    assert payload["user"] == before["viewer"]["user"]


@pytest.mark.parametrize(
    ("changed", "path"),
    [
        ({"email": "no address"}, "email"),
        ({"email": "a@b"}, "email"),
        ({"email": "a@b@c.example"}, "email"),
        ({"email": "a\x07@example.com"}, "email"),
        ({"email": "a\u202e@example.com"}, "email"),
        ({"email": "x" * 250 + "@example.com"}, "email"),
        ({"email": "a@example.com\r\nBcc: b@example.com"}, "email"),
        ({"password": "too short"}, "password"),
        ({"password": "x" * 257}, "password"),
        ({"password": "\0" * 20}, "password"),
        ({"displayName": ""}, "displayName"),
        ({"timezone": ""}, "timezone"),
        ({"timezone": "Mars/Olympus"}, "timezone"),
    ],
    ids=lambda one: str(one)[:30],
)
async def test_nobody_is_registered_with_what_cannot_be_taken(
    nobody: Client, changed: dict[str, Any], path: str
) -> None:
    answer = await nobody.data(REGISTER, input={**SOMEBODY, **changed})

    assert answer["register"] == {"session": None, "userErrors": [{"code": "INVALID", "path": ["input", path]}]}


@pytest.mark.parametrize(
    "written", ["ÉVA@example.com", "éva@EXAMPLE.com", "e\u0301va@example.com", " éva@example.com "]
)
async def test_one_address_has_one_person_however_it_is_written(nobody: Client, written: str) -> None:
    first = await nobody.data(REGISTER, input={**SOMEBODY, "email": "éva@example.com"})
    again = await nobody.data(REGISTER, input={**SOMEBODY, "email": written})
    signed_in = await nobody.data(SIGN_IN, email=written, password=SOMEBODY["password"])

    assert first["register"]["userErrors"] in ([], [{"code": "CONFLICT", "path": ["input", "email"]}])
    assert again["register"]["userErrors"] == [{"code": "CONFLICT", "path": ["input", "email"]}]
    assert signed_in["signIn"]["userErrors"] == []


@pytest.mark.parametrize("password", ["x" * 200_000, "x" * 1_048_000], ids=["200 kB", "1 MiB"])
async def test_a_mebibyte_is_no_password(nobody: Client, password: str) -> None:
    answers = [
        await nobody.http.post("/graphql", json={"query": document, "variables": variables})
        for document, variables in (
            (REGISTER, {"input": {**SOMEBODY, "password": password}}),
            (SIGN_IN, {"email": SOMEBODY["email"], "password": password}),
        )
    ]

    for answer in answers:
        whole = answer.json()
        if answer.status_code == 200:
            (payload,) = whole["data"].values()
            assert [error["code"] for error in payload["userErrors"]] == ["INVALID"]
        else:
            assert answer.status_code == 413
        assert "xxxx" not in answer.text
