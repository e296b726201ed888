"""Signing in at other providers: who is let in, who is joined to whom, and every lie that is refused."""

import time
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from typing import Any

import pytest

from integrations.world import World
from runtime.factor_settings import FactorSettings
from runtime.settings import Settings
from tests.api.client import Client, Person
from tests.api.factors import provider as lies
from tests.api.factors.documents import as_owner, complete, switch_on, without_password
from tests.api.factors.provider import Account, Claims, FakeProvider, serving
from tests.api.identity.mailbox import mails_to
from tests.cluster import DatabaseUrls

BACK = "https://app.example/signed-in"

START = """
mutation ($input: StartOidcSignInInput!) {
  startOidcSignIn(input: $input) { url state binding expiresAt userErrors { code path } }
}
"""
COMPLETE = """
mutation ($input: CompleteOidcSignInInput!) {
  completeOidcSignIn(input: $input) {
    session { accessToken }
    challenge { token kinds }
    viewer { user { id email displayName isEmailVerified } linkedSignIns { id provider email } }
    userErrors { code path }
  }
}
"""
START_LINK = """
mutation ($input: StartOidcLinkInput!) {
  startOidcLink(input: $input) { url state binding userErrors { code path } }
}
"""
LINK = """
mutation ($input: LinkOidcInput!) {
  linkOidc(input: $input) { linkedSignIn { id provider email } userErrors { code path } }
}
"""
UNLINK = """
mutation ($input: UnlinkOidcInput!) { unlinkOidc(input: $input) { removedId userErrors { code path } } }
"""
LINKED = "{ viewer { linkedSignIns { id provider email } } }"
PROVIDERS = "{ signInProviders { id name } }"
OVER = [{"code": "INVALID", "path": ["input", "state"]}]
LIE = [{"code": "INVALID", "path": ["input", "code"]}]


@pytest.fixture
async def acme() -> AsyncIterator[FakeProvider]:
    async with serving(FakeProvider("acme")) as provider:
        yield provider


@pytest.fixture
async def other() -> AsyncIterator[FakeProvider]:
    async with serving(FakeProvider("other")) as provider:
        yield provider


@pytest.fixture
def settings(settings: Settings, acme: FakeProvider, other: FakeProvider) -> Settings:
    known = FactorSettings(providers=(acme.settings, other.settings), redirect_uris=(BACK,))
    return replace(settings, factors=known)


async def depart(client: Client, provider: str = "acme") -> dict[str, str]:
    payload = (await client.data(START, input={"provider": provider, "redirectUri": BACK}))["startOidcSignIn"]
    assert payload["userErrors"] == []
    found: dict[str, str] = payload
    return found


async def arrive(client: Client, begun: dict[str, str], back: dict[str, str], **bent: str) -> dict[str, Any]:
    given = {"binding": begun["binding"], **back, **bent}
    payload: dict[str, Any] = (await client.data(COMPLETE, input=given))["completeOidcSignIn"]
    return payload


async def sign_in(client: Client, acme: FakeProvider, account: Account) -> dict[str, Any]:
    begun = await depart(client, acme.id)
    return await arrive(client, begun, acme.authorize(begun["url"], account))


async def verified(database_urls: DatabaseUrls, person: Person) -> None:
    await as_owner(database_urls, "update users set email_verified_at = now() where email = $1", person.email)


async def people(world: World) -> int:
    (row,) = await world.system.system_rows("select count(*) from users")
    return int(row["count"])


async def test_the_providers_are_listed_for_everybody(nobody: Client) -> None:
    assert await nobody.data(PROVIDERS) == {
        "signInProviders": [{"id": "acme", "name": "Acme"}, {"id": "other", "name": "Other"}]
    }


async def test_who_is_new_here_gets_a_household_of_their_own(nobody: Client, acme: FakeProvider) -> None:
    account = Account("sub-1", "new.person@example.com", name="New Person")

    first = await sign_in(nobody, acme, account)
    again = await sign_in(nobody, acme, Account("sub-1", "moved@example.com", is_verified=False))

    user = first["viewer"]["user"]
    assert first["userErrors"] == []
    assert (user["email"], user["displayName"], user["isEmailVerified"]) == (account.email, "New Person", True)
    assert [(one["provider"], one["email"]) for one in first["viewer"]["linkedSignIns"]] == [("acme", account.email)]
    assert again["viewer"]["user"]["id"] == user["id"]


async def test_accounts_are_joined_over_an_address_that_both_have_verified(
    person: Person, nobody: Client, acme: FakeProvider, world: World, database_urls: DatabaseUrls
) -> None:
    await verified(database_urls, person)

    payload = await sign_in(nobody, acme, Account("sub-2", person.email.upper()))

    assert payload["viewer"]["user"]["id"] == person.user_id
    subjects = [subject for subject, _ in await mails_to(world, person.email)]
    assert "Coffer: another way to sign in was added" in subjects


async def test_an_address_that_is_not_verified_here_joins_nobody(
    person: Person, nobody: Client, acme: FakeProvider
) -> None:
    payload = await sign_in(nobody, acme, Account("sub-3", person.email))

    assert payload["userErrors"] == [{"code": "NOT_ALLOWED", "path": ["input"]}]
    assert payload["session"] is None
    assert (await person.data(LINKED))["viewer"]["linkedSignIns"] == []


async def test_an_address_that_is_not_verified_there_joins_nobody(
    person: Person, nobody: Client, acme: FakeProvider, world: World, database_urls: DatabaseUrls
) -> None:
    await verified(database_urls, person)
    before = await people(world)

    payloads = [
        await sign_in(nobody, acme, Account("sub-4", person.email, is_verified=False)),
        await sign_in(nobody, acme, Account("sub-5", "new@example.com", is_verified=False)),
        await sign_in(nobody, acme, Account("sub-6", None)),
    ]

    assert [payload["userErrors"][0]["code"] for payload in payloads] == ["NOT_ALLOWED"] * 3
    assert await people(world) == before


async def test_another_spelling_of_an_address_joins_nobody(
    new_person: Callable[..., Any], nobody: Client, acme: FakeProvider, database_urls: DatabaseUrls
) -> None:
    person = await new_person(email="victim@example.com")
    await verified(database_urls, person)

    payload = await sign_in(nobody, acme, Account("sub-7", "victim@\N{FULLWIDTH LATIN SMALL LETTER E}xample.com"))

    assert payload["userErrors"] == [{"code": "NOT_ALLOWED", "path": ["input"]}]


async def test_an_address_that_the_provider_gave_to_somebody_else_joins_nobody(
    nobody: Client, acme: FakeProvider, other: FakeProvider
) -> None:
    first = await sign_in(nobody, acme, Account("sub-24", "recycled@example.com"))

    payload = await sign_in(nobody, acme, Account("sub-25", "recycled@example.com"))
    elsewhere = await sign_in(nobody, other, Account("sub-26", "recycled@example.com"))

    assert payload["userErrors"] == [{"code": "NOT_ALLOWED", "path": ["input"]}]
    assert elsewhere["viewer"]["user"]["id"] == first["viewer"]["user"]["id"]


async def test_the_second_factor_is_asked_for_here_too(
    person: Person, nobody: Client, acme: FakeProvider, database_urls: DatabaseUrls
) -> None:
    app, _ = await switch_on(person)
    await verified(database_urls, person)

    payload = await sign_in(nobody, acme, Account("sub-8", person.email))
    done = await complete(nobody, payload["challenge"]["token"], totpCode=app.code())

    assert payload["session"] is None
    assert done["viewer"]["user"]["id"] == person.user_id


async def test_what_the_id_token_leaves_out_is_asked_for(nobody: Client, acme: FakeProvider) -> None:
    acme.in_userinfo = True

    payload = await sign_in(nobody, acme, Account("sub-9", "userinfo@example.com"))

    assert payload["viewer"]["user"]["email"] == "userinfo@example.com"


@pytest.mark.parametrize(
    "sign",
    [
        lies.unsigned,
        lies.by_hmac,
        lies.by_client_secret,
        lies.by_embedded_key,
        lies.by_another_key,
        lies.by_unknown_key,
        lambda provider, claims: provider.token(claims, algorithm="RS512"),
        lambda provider, claims: "not.a.token",
        lambda provider, claims: None,
    ],
    ids=["none", "hmac", "secret", "embedded", "other key", "unknown key", "RS512", "garbage", "no token"],
)
async def test_a_token_that_the_provider_did_not_sign_is_refused(
    sign: Any, nobody: Client, acme: FakeProvider, world: World
) -> None:
    acme.sign, before = sign, await people(world)

    payload = await sign_in(nobody, acme, Account("sub-10", "lie@example.com"))

    assert (payload["userErrors"], payload["session"]) == (LIE, None)
    assert await people(world) == before


@pytest.mark.parametrize(
    "changed",
    [
        {"iss": "https://evil.example"},
        {"aud": "another client"},
        {"aud": ["coffer at acme", "another client"]},
        {"aud": ["coffer at acme", "another client"], "azp": "another client"},
        {"azp": "another client"},
        {"nonce": "another"},
        {"nonce": None},
        {"exp": int(time.time()) - 120},
        {"iat": int(time.time()) + 600},
        {"nbf": int(time.time()) + 600},
        {"sub": ""},
        {"sub": 5},
        {"sub": "x" * 256},
        *({name: "left out"} for name in ("iss", "aud", "sub", "exp", "iat", "nonce")),
    ],
    ids=lambda changed: " ".join(f"{name} {str(value)[:20]}" for name, value in changed.items()),
)
async def test_a_token_that_is_not_for_this_trip_is_refused(
    changed: Claims, nobody: Client, acme: FakeProvider, world: World
) -> None:
    before = await people(world)
    acme.bend = lambda claims: {
        name: value for name, value in {**claims, **changed}.items() if changed.get(name) != "left out"
    }

    payload = await sign_in(nobody, acme, Account("sub-11", "lie@example.com"))

    assert (payload["userErrors"], payload["session"]) == (LIE, None)
    assert await people(world) == before


async def test_another_providers_token_is_refused(nobody: Client, acme: FakeProvider, other: FakeProvider) -> None:
    acme.sign = lambda _, claims: other.token({**claims, "iss": other.issuer, "aud": other.settings.client_id})

    assert (await sign_in(nobody, acme, Account("sub-12", "lie@example.com")))["userErrors"] == LIE


async def test_a_state_is_good_once(nobody: Client, acme: FakeProvider) -> None:
    begun = await depart(nobody)
    back = acme.authorize(begun["url"], Account("sub-13", "once@example.com"))
    await arrive(nobody, begun, back)

    again = await arrive(nobody, begun, back)

    assert (again["userErrors"], again["session"]) == (OVER, None)


async def test_a_state_is_good_in_the_client_that_began(nobody: Client, acme: FakeProvider) -> None:
    attackers, victims = await depart(nobody), await depart(nobody)
    back = acme.authorize(attackers["url"], Account("sub-14", "attacker@example.com"))

    refused = await arrive(nobody, victims, back)

    assert (refused["userErrors"], refused["session"]) == (OVER, None)
    assert "token" not in acme.asked


async def test_a_code_of_another_trip_is_refused(nobody: Client, acme: FakeProvider) -> None:
    mine, theirs = await depart(nobody), await depart(nobody)
    injected = acme.authorize(theirs["url"], Account("sub-15", "victim@example.com"))["code"]

    refused = await arrive(nobody, mine, {"state": mine["state"], "code": injected})

    assert (refused["userErrors"], refused["session"]) == (LIE, None)


async def test_a_code_is_shown_to_its_own_provider_alone(
    nobody: Client, acme: FakeProvider, other: FakeProvider
) -> None:
    """Mix-up: the person signed in at acme, and the trip was begun to another."""
    begun, to_acme = await depart(nobody, "other"), await depart(nobody, "acme")
    code = acme.authorize(to_acme["url"], Account("sub-16", "victim@example.com"))["code"]

    refused = await arrive(nobody, begun, {"state": begun["state"], "code": code}, iss=acme.issuer)

    assert (refused["userErrors"], refused["session"]) == (LIE, None)
    assert "token" not in other.asked


async def test_who_says_that_it_names_itself_has_to(nobody: Client, acme: FakeProvider) -> None:
    acme.metadata = {"authorization_response_iss_parameter_supported": True}
    account = Account("sub-17", "named@example.com")
    first, second = await depart(nobody), await depart(nobody)

    silent = await arrive(nobody, first, acme.authorize(first["url"], account))
    named = await arrive(nobody, second, acme.authorize(second["url"], account), iss=acme.issuer)

    assert silent["userErrors"] == LIE
    assert named["session"] is not None


@pytest.mark.parametrize("uri", ["https://evil.example/", f"{BACK}/", f"{BACK}?x=1", BACK.upper(), ""])
async def test_people_are_sent_back_to_the_list_alone(uri: str, nobody: Client, acme: FakeProvider) -> None:
    payload = (await nobody.data(START, input={"provider": "acme", "redirectUri": uri}))["startOidcSignIn"]

    assert payload["userErrors"] == [{"code": "INVALID", "path": ["input", "redirectUri"]}]
    assert acme.asked == []


async def test_a_provider_that_is_not_set_up_is_refused(nobody: Client) -> None:
    given = {"provider": "https://evil.example", "redirectUri": BACK}
    payload = (await nobody.data(START, input=given))["startOidcSignIn"]

    assert payload["userErrors"] == [{"code": "INVALID", "path": ["input", "provider"]}]


@pytest.mark.parametrize(
    "metadata",
    [
        {"issuer": "https://evil.example"},
        {"token_endpoint": "http://10.0.0.1/token"},
        {"jwks_uri": "file:///etc/passwd"},
        {"authorization_endpoint": None},
    ],
)
async def test_metadata_that_lie_lead_nowhere(metadata: Claims, nobody: Client, acme: FakeProvider) -> None:
    acme.metadata = metadata

    payload = (await nobody.data(START, input={"provider": "acme", "redirectUri": BACK}))["startOidcSignIn"]

    assert payload["userErrors"] == [{"code": "UNAVAILABLE", "path": ["input", "provider"]}]


async def test_metadata_and_keys_are_fetched_once(nobody: Client, acme: FakeProvider) -> None:
    for _ in range(3):
        await sign_in(nobody, acme, Account("sub-18", "cached@example.com"))

    assert acme.asked == ["metadata", "token", "keys", "token", "token"]


async def link(person: Person, acme: FakeProvider, account: Account) -> dict[str, Any]:
    begun = await person.change(START_LINK, input={"provider": acme.id, "redirectUri": BACK})
    back = acme.authorize(begun["url"], account)
    return {"binding": begun["binding"], **back}


async def test_an_account_is_linked_and_unlinked_by_its_person(
    person: Person, nobody: Client, acme: FakeProvider
) -> None:
    account = Account("sub-19", "elsewhere@example.com", is_verified=False)

    linked = (await person.change(LINK, input=await link(person, acme, account)))["linkedSignIn"]
    signed_in = await sign_in(nobody, acme, account)
    await person.change(UNLINK, input={"linkedSignInId": linked["id"]})
    afterwards = await sign_in(nobody, acme, account)

    assert (linked["provider"], linked["email"]) == ("acme", account.email)
    assert signed_in["viewer"]["user"]["id"] == person.user_id
    assert afterwards["session"] is None
    assert (await person.data(LINKED))["viewer"]["linkedSignIns"] == []


async def test_an_account_is_one_persons(person: Person, stranger: Person, acme: FakeProvider) -> None:
    account = Account("sub-20")
    linked = (await person.change(LINK, input=await link(person, acme, account)))["linkedSignIn"]

    taken = await stranger.refused(LINK, input=await link(stranger, acme, account))
    unlinked = await stranger.refused(UNLINK, input={"linkedSignInId": linked["id"]})

    assert taken == [("CONFLICT", ["input"])]
    assert unlinked == [("NOT_FOUND", ["input", "linkedSignInId"])]
    assert len((await person.data(LINKED))["viewer"]["linkedSignIns"]) == 1


async def test_a_trip_to_link_is_the_persons_who_began_it(
    person: Person, stranger: Person, nobody: Client, acme: FakeProvider
) -> None:
    for_link = await link(person, acme, Account("sub-21", "mine@example.com"))
    begun = await depart(nobody)
    for_sign_in = {"binding": begun["binding"], **acme.authorize(begun["url"], Account("sub-22"))}

    by_stranger = await stranger.refused(LINK, input=for_link)
    as_sign_in = (await nobody.data(COMPLETE, input=for_link))["completeOidcSignIn"]
    as_link = await person.refused(LINK, input=for_sign_in)

    assert by_stranger == as_link == [("INVALID", ["input", "state"])]
    assert as_sign_in["userErrors"] == OVER
    assert (await person.data(LINKED))["viewer"]["linkedSignIns"] == []


async def test_links_need_fresh_proof(person: Person, database_urls: DatabaseUrls) -> None:
    await as_owner(database_urls, "update sessions set proved_at = now() - interval '11 minutes'")

    refused = [
        await person.refused(START_LINK, input={"provider": "acme", "redirectUri": BACK}),
        await person.refused(LINK, input={"state": "a", "binding": "b", "code": "c"}),
        await person.refused(UNLINK, input={"linkedSignInId": "lsi_00000000000000000000000000"}),
    ]

    assert refused == [[("PROOF_NEEDED", ["input"])]] * 3


async def test_the_last_way_in_stays(person: Person, acme: FakeProvider, database_urls: DatabaseUrls) -> None:
    linked = (await person.change(LINK, input=await link(person, acme, Account("sub-23"))))["linkedSignIn"]
    await without_password(database_urls, person)

    refused = await person.refused(UNLINK, input={"linkedSignInId": linked["id"]})

    assert refused == [("NOT_ALLOWED", ["input", "linkedSignInId"])]
    assert len((await person.data(LINKED))["viewer"]["linkedSignIns"]) == 1
