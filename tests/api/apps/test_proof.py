"""What leads codes or tokens to somebody else needs a fresh proof, even from whoever is signed in."""

from integrations.world import World
from tests.api.apps.test_apps import APPS, LEDGER, REGISTER, ROTATE, UPDATE, apps
from tests.api.client import Person
from tests.api.identity.test_addresses import forget_proof
from tests.api.oauth.browser import Maker

ELSEWHERE = ["https://evil.example/callback"]


async def test_other_redirect_uris_need_a_fresh_proof(person: Person, world: World) -> None:
    app = (await person.change(REGISTER, input=LEDGER))["app"]
    await forget_proof(world, person)

    refused = await person.refused(UPDATE, input={"appId": app["id"], "name": "Mine", "redirectUris": ELSEWHERE})

    assert refused == [("PROOF_NEEDED", ["input", "redirectUris"])]
    assert await apps(person) == [app]


async def test_the_same_redirect_uris_and_another_name_need_none(person: Person, world: World) -> None:
    app = (await person.change(REGISTER, input=LEDGER))["app"]
    await forget_proof(world, person)
    given = {"appId": app["id"], "name": "Ledger 2", "redirectUris": LEDGER["redirectUris"]}

    await person.change(UPDATE, input=given)

    assert (await person.data(APPS))["viewer"]["apps"] == [{**app, "name": "Ledger 2"}]


async def test_a_new_secret_needs_a_fresh_proof(person: Person, world: World) -> None:
    made = await person.change(REGISTER, input=LEDGER)
    maker = Maker(made["app"]["id"], made["clientSecret"], person.http)
    await forget_proof(world, person)

    refused = await person.refused(ROTATE, id=maker.client_id)

    assert refused == [("PROOF_NEEDED", ["input"])]
    # The secret is good as before.
    assert (await maker.post("/oauth/introspect", token="x")).json() == {"active": False}
