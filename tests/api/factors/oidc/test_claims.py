"""Who registered with somebody else's address is out once that somebody signs in at a provider."""

from integrations.world import World
from tests.api.client import Client, Person
from tests.api.factors.documents import switch_on
from tests.api.factors.oidc.provider import Account, FakeProvider
from tests.api.factors.oidc.trips import link, sign_in
from tests.api.factors.passkeys import registered
from tests.api.factors.test_claims import lets_in, verify
from tests.api.identity.test_addresses import can_sign_in
from tests.api.identity.test_sessions import ME

LINK = """
mutation ($input: LinkOidcInput!) { linkOidc(input: $input) { linkedSignIn { id } userErrors { code path } } }
"""


async def test_the_first_sign_in_takes_everything_from_whoever_registered(
    person: Person, nobody: Client, acme: FakeProvider, other: FakeProvider, world: World
) -> None:
    key, _ = await registered(person)
    await person.change(LINK, input=await link(person, other, Account("sub-40", "thief@example.com")))
    await switch_on(person)
    await verify(nobody, world, person.email)

    payload = await sign_in(nobody, acme, Account("sub-41", person.email))

    assert (payload["challenge"], payload["viewer"]["user"]["id"]) == (None, person.user_id)
    assert [one["provider"] for one in payload["viewer"]["linkedSignIns"]] == ["acme"]
    assert not await can_sign_in(nobody, person.email, person.password)
    assert not await lets_in(nobody, key)
    theirs = await sign_in(nobody, other, Account("sub-40", "thief@example.com"))
    assert theirs["viewer"]["user"]["id"] != person.user_id
    assert "errors" in await person.send(ME)


async def test_who_verified_in_their_own_session_keeps_what_they_have(
    person: Person, nobody: Client, acme: FakeProvider, world: World
) -> None:
    key, _ = await registered(person)
    await verify(person, world, person.email)

    payload = await sign_in(nobody, acme, Account("sub-42", person.email))

    assert payload["viewer"]["user"]["id"] == person.user_id
    assert await can_sign_in(nobody, person.email, person.password)
    assert await lets_in(nobody, key)
    assert "errors" not in await person.send(ME)
