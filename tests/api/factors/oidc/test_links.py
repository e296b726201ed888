"""Accounts at other providers, linked by the person who is signed in."""

from tests.api.client import Client, Person
from tests.api.factors.documents import as_owner, without_password
from tests.api.factors.oidc.provider import Account, FakeProvider
from tests.api.factors.oidc.trips import BACK, COMPLETE, LINK, LINKED, OVER, START_LINK, UNLINK, depart, link, sign_in
from tests.cluster import DatabaseUrls


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
