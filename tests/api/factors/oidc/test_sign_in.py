"""Signing in at other providers: who is let in, and who is joined to whom."""

from collections.abc import Callable
from typing import Any

from integrations.world import World
from tests.api.client import Client, Person
from tests.api.factors.documents import complete, switch_on
from tests.api.factors.oidc.provider import Account, FakeProvider
from tests.api.factors.oidc.trips import LINKED, PROVIDERS, people, sign_in, verified
from tests.api.identity.mailbox import mails_to
from tests.cluster import DatabaseUrls


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
