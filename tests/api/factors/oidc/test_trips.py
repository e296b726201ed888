"""There and back: states, codes and providers that do not belong together, and addresses that lead elsewhere."""

import pytest

from tests.api.client import Client
from tests.api.factors.oidc.provider import Account, Claims, FakeProvider
from tests.api.factors.oidc.trips import BACK, LIE, OVER, START, arrive, depart, sign_in


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
