"""Passkeys: registered by a software authenticator, signed in with, and everything that is none refused."""

import json
from typing import Any

import pytest

from domain.factors.ways_in import MOST_PASSKEYS
from integrations.world import World
from tests.api.client import Client, Person
from tests.api.factors.authenticator import PRESENT, Browser, Key, encoded
from tests.api.factors.documents import FACTORS, PROVE, as_owner, challenge_of, complete, switch_on, without_password
from tests.api.factors.passkeys import REGISTER, START, options_for, registered
from tests.api.identity.mailbox import mails_to
from tests.cluster import DatabaseUrls

SIGN_IN = """
mutation ($input: FinishPasskeySignInInput!) {
  finishPasskeySignIn(input: $input) {
    session { accessToken } viewer { user { id } } userErrors { code path }
  }
}
"""
RENAME = """
mutation ($input: RenamePasskeyInput!) { renamePasskey(input: $input) { factor { name } userErrors { code path } } }
"""
REMOVE = """
mutation ($input: RemovePasskeyInput!) { removePasskey(input: $input) { removedId userErrors { code path } } }
"""
REFUSED = [{"code": "INVALID", "path": ["input", "credential"]}]


async def sign_in(nobody: Client, credential: str) -> dict[str, Any]:
    payload: dict[str, Any] = (await nobody.data(SIGN_IN, input={"credential": credential}))["finishPasskeySignIn"]
    return payload


async def passkeys_of(person: Person) -> list[dict[str, Any]]:
    factors = (await person.data(FACTORS))["viewer"]["secondFactors"]
    return [one for one in factors if one["kind"] == "PASSKEY"]


async def test_a_passkey_is_asked_for_with_its_person_verified(person: Person) -> None:
    asked = json.loads(await options_for(person, "REGISTER"))

    assert asked["rp"] == {"id": "coffer.test", "name": "Coffer"}
    assert asked["authenticatorSelection"]["userVerification"] == "required"
    assert asked["authenticatorSelection"]["residentKey"] == "required"
    assert asked["user"]["name"] == person.email


async def test_a_passkey_signs_in_by_itself(person: Person, nobody: Client, world: World) -> None:
    key, id = await registered(person)

    payload = await sign_in(nobody, Browser().get(key, await options_for(nobody, "SIGN_IN")))

    assert payload["userErrors"] == []
    assert payload["viewer"]["user"]["id"] == person.user_id
    (kept,) = await passkeys_of(person)
    assert (kept["id"], kept["name"], kept["codesLeft"]) == (id, "Laptop", None)
    assert kept["lastUsedAt"] is not None
    assert "Coffer: a second factor was added" in [subject for subject, _ in await mails_to(world, person.email)]


async def test_a_passkey_needs_no_second_factor(person: Person, nobody: Client) -> None:
    key, _ = await registered(person)
    await switch_on(person)

    payload = await sign_in(nobody, Browser().get(key, await options_for(nobody, "SIGN_IN")))

    assert payload["session"] is not None


async def test_a_passkey_alone_makes_no_second_factor_of_itself(person: Person, nobody: Client) -> None:
    await registered(person)

    assert await challenge_of(nobody, person) is None


async def test_a_passkey_answers_a_challenge(person: Person, nobody: Client) -> None:
    key, _ = await registered(person)
    await switch_on(person)
    challenge = await challenge_of(nobody, person)
    asked = json.loads(challenge["passkeyOptions"])
    answer = Browser().get(key, challenge["passkeyOptions"])

    done = await complete(nobody, challenge["token"], passkey=answer)

    assert challenge["kinds"] == ["BACKUP_CODES", "PASSKEY", "TOTP"]
    assert [one["id"] for one in asked["allowCredentials"]] == [encoded(key.id)]
    assert done["viewer"]["user"]["id"] == person.user_id


async def test_a_challenge_is_answered_by_its_own_persons_passkey(
    person: Person, stranger: Person, nobody: Client
) -> None:
    await registered(person)
    await switch_on(person)
    theirs, _ = await registered(stranger)
    challenge = await challenge_of(nobody, person)

    refused = await complete(nobody, challenge["token"], passkey=Browser().get(theirs, challenge["passkeyOptions"]))

    assert refused["userErrors"] == [{"code": "INVALID", "path": ["input", "passkey"]}]
    assert refused["session"] is None


async def test_a_passkey_proves_who_acts(person: Person, stranger: Person) -> None:
    key, _ = await registered(person)
    theirs, _ = await registered(stranger)

    done = await person.change(PROVE, input={"passkey": Browser().get(key, await options_for(person, "PROVE"))})
    others = Browser().get(theirs, await options_for(person, "PROVE"))

    assert done["provedUntil"]
    assert await person.refused(PROVE, input={"passkey": others}) == [("INVALID", ["input", "passkey"])]


async def test_an_answer_is_good_once(person: Person, nobody: Client) -> None:
    key, _ = await registered(person)
    answer = Browser().get(key, await options_for(nobody, "SIGN_IN"))
    await sign_in(nobody, answer)

    again = await sign_in(nobody, answer)

    assert (again["userErrors"], again["session"]) == (REFUSED, None)


async def test_a_refused_answer_uses_its_challenge_up(person: Person, nobody: Client) -> None:
    key, _ = await registered(person)
    options = await options_for(nobody, "SIGN_IN")
    await sign_in(nobody, Browser(origin="https://evil.example").get(key, options))

    again = await sign_in(nobody, Browser().get(key, options))

    assert again["userErrors"] == REFUSED


@pytest.mark.parametrize(
    "browser",
    [
        Browser(origin="https://coffer.test.evil.example"),
        Browser(origin="http://coffer.test:8080"),
        Browser(rp_id="evil.example"),
        Browser(flags=PRESENT),
        Browser(flags=0),
        Browser(cross_origin=True),
    ],
    ids=["origin", "port", "relying party", "not verified", "not present", "frame"],
)
async def test_answers_made_elsewhere_or_without_the_person_are_refused(
    browser: Browser, person: Person, nobody: Client
) -> None:
    key, _ = await registered(person)
    signed_in = await sign_in(nobody, browser.get(key, await options_for(nobody, "SIGN_IN")))
    _, made = browser.create(await options_for(person, "REGISTER"))

    refused = await person.refused(REGISTER, input={"credential": made, "name": "Elsewhere"})

    assert (signed_in["userErrors"], signed_in["session"]) == (REFUSED, None)
    assert refused == [("INVALID", ["input", "credential"])]
    assert len(await passkeys_of(person)) == 1


async def test_a_challenge_for_one_thing_is_good_for_nothing_else(person: Person, nobody: Client) -> None:
    key, _ = await registered(person)

    by_proof = await sign_in(nobody, Browser().get(key, await options_for(person, "PROVE")))
    by_sign_in = await person.refused(
        PROVE, input={"passkey": Browser().get(key, await options_for(nobody, "SIGN_IN"))}
    )

    assert by_proof["session"] is None
    assert by_sign_in == [("INVALID", ["input", "passkey"])]


async def test_a_challenge_that_we_never_gave_is_refused(person: Person, nobody: Client) -> None:
    key, _ = await registered(person)
    options = json.dumps({"challenge": encoded(b"\0" * 32), "rpId": "coffer.test"})

    assert (await sign_in(nobody, Browser().get(key, options)))["userErrors"] == REFUSED


async def test_somebody_elses_registration_is_refused(person: Person, stranger: Person) -> None:
    _, credential = Browser().create(await options_for(stranger, "REGISTER"))

    refused = await person.refused(REGISTER, input={"credential": credential, "name": "Theirs"})

    assert refused == [("INVALID", ["input", "credential"])]
    assert await passkeys_of(person) == []


async def test_a_key_belongs_to_one_person(person: Person, stranger: Person) -> None:
    key, _ = await registered(person)
    _, credential = Browser().create(await options_for(stranger, "REGISTER"), key)

    refused = await stranger.refused(REGISTER, input={"credential": credential, "name": "Mine"})

    assert refused == [("CONFLICT", ["input", "credential"])]
    assert await passkeys_of(stranger) == []


async def test_a_key_that_names_somebody_else_is_refused(person: Person, stranger: Person, nobody: Client) -> None:
    key, _ = await registered(person)
    theirs, _ = await registered(stranger)

    lying = Browser().get(key, await options_for(nobody, "SIGN_IN"), userHandle=encoded(theirs.user_handle))
    silent = Browser().get(key, await options_for(nobody, "SIGN_IN"), userHandle=None)

    assert (await sign_in(nobody, lying))["userErrors"] == REFUSED
    assert (await sign_in(nobody, silent))["userErrors"] == REFUSED


async def test_a_copied_key_is_found_out_by_its_counter(person: Person, nobody: Client) -> None:
    key, _ = await registered(person)
    copied = Key(key.user_handle, key.id, key.private)
    for _ in range(2):
        await sign_in(nobody, Browser().get(key, await options_for(nobody, "SIGN_IN")))

    refused = await sign_in(nobody, Browser().get(copied, await options_for(nobody, "SIGN_IN")))

    assert refused["userErrors"] == REFUSED


async def test_another_keys_signature_is_refused(person: Person, nobody: Client) -> None:
    key, _ = await registered(person)
    forged = Key(key.user_handle, key.id, count=key.count + 10)

    assert (await sign_in(nobody, Browser().get(forged, await options_for(nobody, "SIGN_IN"))))["session"] is None


@pytest.mark.parametrize("credential", ["", "null", "[]", "{", '{"id": 1}', '"' * 20_000, "[" * 10_000])
async def test_what_is_no_answer_is_refused(credential: str, nobody: Client) -> None:
    assert (await sign_in(nobody, credential))["userErrors"] == REFUSED


@pytest.mark.parametrize("part", ["clientDataJSON", "authenticatorData", "signature"])
@pytest.mark.parametrize("content", [b"", b"\xff" * 40, b'{"challenge": 5}', b"null"])
async def test_an_answer_of_other_bytes_is_refused(part: str, content: bytes, person: Person, nobody: Client) -> None:
    key, _ = await registered(person)

    answer = Browser().get(key, await options_for(nobody, "SIGN_IN"), **{part: encoded(content)})

    assert (await sign_in(nobody, answer))["userErrors"] == REFUSED


async def test_a_challenge_that_is_too_old_is_refused(
    person: Person, nobody: Client, database_urls: DatabaseUrls
) -> None:
    key, _ = await registered(person)
    answer = Browser().get(key, await options_for(nobody, "SIGN_IN"))
    await as_owner(database_urls, "update passkey_ceremonies set expires_at = now()")

    assert (await sign_in(nobody, answer))["userErrors"] == REFUSED


async def test_nobody_registers_or_proves_without_signing_in(nobody: Client) -> None:
    for purpose in ("REGISTER", "PROVE"):
        answer = await nobody.send(START, input={"purpose": purpose})

        assert answer["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


async def test_a_passkey_is_renamed_and_removed_by_its_person_alone(person: Person, stranger: Person) -> None:
    _, id = await registered(person)

    renamed = await person.change(RENAME, input={"factorId": id, "name": "Phone"})
    by_stranger = [
        await stranger.refused(RENAME, input={"factorId": id, "name": "Mine"}),
        await stranger.refused(REMOVE, input={"factorId": id}),
    ]
    kept = await passkeys_of(person)
    await person.change(REMOVE, input={"factorId": id})

    assert renamed["factor"]["name"] == "Phone"
    assert by_stranger == [[("NOT_FOUND", ["input", "factorId"])]] * 2
    assert [one["name"] for one in kept] == ["Phone"]
    assert await passkeys_of(person) == []


async def test_a_removed_passkey_lets_nobody_in(person: Person, nobody: Client) -> None:
    key, id = await registered(person)
    answer = Browser().get(key, await options_for(nobody, "SIGN_IN"))

    await person.change(REMOVE, input={"factorId": id})

    assert (await sign_in(nobody, answer))["userErrors"] == REFUSED


async def test_the_last_way_in_stays(person: Person, database_urls: DatabaseUrls) -> None:
    _, id = await registered(person)
    await without_password(database_urls, person)

    refused = await person.refused(REMOVE, input={"factorId": id})

    assert refused == [("NOT_ALLOWED", ["input", "factorId"])]
    assert len(await passkeys_of(person)) == 1


async def test_a_person_has_so_many_passkeys(person: Person) -> None:
    for _ in range(MOST_PASSKEYS):
        await registered(person)
    _, credential = Browser().create(await options_for(person, "REGISTER"))

    refused = await person.refused(REGISTER, input={"credential": credential, "name": "One more"})

    assert refused == [("TOO_MANY", ["input"])]
