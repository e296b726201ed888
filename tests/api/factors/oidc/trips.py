"""Trips to a provider and back, as a client makes them."""

from typing import Any

from integrations.world import World
from tests.api.client import Client, Person
from tests.api.factors.documents import as_owner
from tests.api.factors.oidc.provider import Account, FakeProvider
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
    """As if they had shown the mail in their own session."""
    verified = "update users set email_verified_at = now(), email_owned_at = now() where email = $1"
    await as_owner(database_urls, verified, person.email)


async def people(world: World) -> int:
    (row,) = await world.system.system_rows("select count(*) from users")
    return int(row["count"])


async def link(person: Person, acme: FakeProvider, account: Account) -> dict[str, Any]:
    begun = await person.change(START_LINK, input={"provider": acme.id, "redirectUri": BACK})
    back = acme.authorize(begun["url"], account)
    return {"binding": begun["binding"], **back}
