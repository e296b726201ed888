"""An integrator's day: the program of docs/integrators/python.md against a server, with Authlib's client alone."""

import asyncio
import uuid
from types import SimpleNamespace
from typing import Any

import pytest
from authlib.integrations.base_client import OAuthError

from tests.end_to_end.coffer import PASSWORD, Coffer, started
from tests.end_to_end.integrator import consent, heard_until_closed, recipe
from tests.end_to_end.patience import until
from tests.end_to_end.person import Person
from tests.workers.webhook_endpoints.receiver import Receiver, receiving

REGISTER_APP = """
mutation ($input: RegisterAppInput!) {
  registerApp(input: $input) { app { id } clientSecret userErrors { code message path } }
}
"""
CREATE_ACCOUNT = """
mutation ($input: CreateAccountInput!) {
  createAccount(input: $input) { account { id } userErrors { code message path } }
}
"""
GRANTS = "{ viewer { grants { id appName scopes } webhookEndpoints { isEnabled madeBy } } }"
REVOKE = "mutation ($id: ID!) { revokeGrant(input: {grantId: $id}) { revokedId userErrors { code message path } } }"
CHECKING = {"name": "Checking", "type": "CHECKING", "currency": "USD"}
STOPPED_WITHIN = 5
NO_MORE = 4403


@pytest.mark.timeout(300)
async def test_an_integrators_day() -> None:
    async with started() as coffer, coffer.person("Ada") as ada, coffer.person("Max") as maker, receiving() as receiver:
        program = await register(coffer, maker)
        kept: list[dict[str, Any]] = []
        client = await allowed(program, kept)
        try:
            copy = await first_look(program, client, ada)
            position = await told(program, client, ada, copy, receiver)
            position = await missed_hour(program, client, ada, copy, position, receiver)
            await written_once(program, client, ada)
            await refreshed(program, client, kept)
            await stopped(program, client, ada, position, receiver, coffer)
        finally:
            await client.aclose()


async def register(coffer: Coffer, maker: Person) -> SimpleNamespace:
    given = {"name": "Ledger", "redirectUris": ["https://ledger.example/callback"]}
    made = await maker.change(REGISTER_APP, input=given)
    return recipe(f"http://127.0.0.1:{coffer.port}", made["app"]["id"], made["clientSecret"])


async def allowed(program: SimpleNamespace, kept: list[dict[str, Any]]) -> Any:
    """Metadata, consent, code, token."""

    async def keep(token: dict[str, Any], **_: Any) -> None:
        kept.append(dict(token))

    client = await program.connect(keep)
    url, state, verifier = program.consent_url(client)
    back = await consent(url, "ada@example.com", PASSWORD)
    token = await program.finish(client, back, state, verifier)
    assert sorted(token["scope"].split()) == sorted(program.SCOPES.split())
    return client


async def first_look(program: SimpleNamespace, client: Any, ada: Person) -> dict[str, Any]:
    await ada.change(CREATE_ACCOUNT, input=CHECKING)

    viewer = (await program.ask(client, program.BEGIN))["viewer"]

    assert [account["name"] for account in viewer["accounts"]] == ["Checking"]
    with pytest.raises(program.GraphQLError) as refused:
        await program.ask(client, "{ viewer { goals { id } } }")
    assert refused.value.errors[0]["extensions"] == {"code": "FORBIDDEN", "missingScopes": ["goals:read"]}
    return {account["id"]: account for account in viewer["accounts"]}


async def booked(program: SimpleNamespace, ada: Person, account: str, description: str) -> str:
    given = {"accountId": account, "date": "2026-03-10", "amount": "-12.50", "description": description}
    made: str = (await ada.change(program.BOOK, input=given))["transaction"]["id"]
    return made


async def told(program: SimpleNamespace, client: Any, ada: Person, copy: dict[str, Any], receiver: Receiver) -> str:
    """A webhook says what changed, and as of where: verified as the library of Standard Webhooks does it."""
    (account,) = copy
    _, secret = await program.tell(client, receiver.url)

    transaction = await booked(program, ada, account, "Bread")
    (received,) = await receiver.wait_for(1)

    data = received.verified(secret)["data"]
    assert [transaction] in [change["ids"] for change in data["changes"]]
    assert "12.50" not in received.body.decode()
    copy.update({id: {} for change in data["changes"] for id in change["ids"]})
    return str(data["position"])


async def missed_hour(
    program: SimpleNamespace, client: Any, ada: Person, copy: dict[str, Any], position: str, receiver: Receiver
) -> str:
    """What happens while the app is away is there when it comes back."""
    account = next(id for id in copy if id.startswith("acc_"))
    receiver.answer(503, times=100)
    await booked(program, ada, account, "Groceries")
    await booked(program, ada, account, "Cinema")

    position = await program.catch_up(client, copy, position)

    receiver.answers.clear()
    assert copy[account]["balance"] == {"amount": "-37.50", "currency": "USD"}
    assert [one["description"] for one in copy.values() if "description" in one] == ["Groceries", "Cinema"]
    return str(position)


async def written_once(program: SimpleNamespace, client: Any, ada: Person) -> None:
    account = (await program.ask(client, program.BEGIN))["viewer"]["accounts"][0]["id"]
    key = uuid.uuid4()

    first = await program.book(client, key, account, "-3.00", "Coffee", "2026-03-11")
    again = await program.book(client, key, account, "-3.00", "Coffee", "2026-03-11")

    assert first == again
    assert [one["description"] for one in await ada.transactions()].count("Coffee") == 1


async def refreshed(program: SimpleNamespace, client: Any, kept: list[dict[str, Any]]) -> None:
    """The client notices by itself that its token is over."""
    before = client.token["access_token"]
    client.token["expires_at"] = 1

    await program.ask(client, program.BEGIN)

    assert client.token["access_token"] != before
    assert kept[-1]["access_token"] == client.token["access_token"]


async def stopped(
    program: SimpleNamespace, client: Any, ada: Person, position: str, receiver: Receiver, coffer: Coffer
) -> None:
    """Streams show what was missed and what comes; once the person ends it, everything stops."""
    heard: list[dict[str, Any]] = []

    async def listen() -> None:
        async for change in program.follow(client, position):
            heard.append(change)  # noqa: PERF401 (looked at while it grows)

    async def has_heard() -> bool:
        return any(change["node"] and change["node"]["__typename"] == "Transaction" for change in heard)

    async def is_over() -> bool:
        try:
            await program.ask(client, program.BEGIN)
        except program.GraphQLError as error:
            return bool(error.code == "UNAUTHENTICATED")
        return False

    async def is_told_no_more() -> bool:
        endpoints = (await ada.ask(GRANTS))["viewer"]["webhookEndpoints"]
        return bool(endpoints == [{"isEnabled": False, "madeBy": "Ledger"}])

    listening = asyncio.create_task(listen())
    pushed: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    address, token = coffer.facts["websocket"], client.token["access_token"]
    socket = asyncio.create_task(heard_until_closed(address, token, program.FOLLOW, position, pushed))
    await until(has_heard, "what was missed is pushed")
    assert (await asyncio.wait_for(pushed.get(), 10))["sequence"] == heard[0]["sequence"]
    (grant,) = (await ada.ask(GRANTS))["viewer"]["grants"]
    assert grant["appName"] == "Ledger"

    await ada.change(REVOKE, id=grant["id"])

    account = (await ada.transactions())[0]["account"]["id"]
    secret = await booked(program, ada, account, "Nobody's business")
    async with asyncio.timeout(STOPPED_WITHIN):
        with pytest.raises(OAuthError, match="invalid_grant"):
            await client.refresh_token(client.metadata["token_endpoint"], client.token["refresh_token"])
        await until(is_over, "the token is refused", STOPPED_WITHIN)
        await until(is_told_no_more, "the webhook ends", STOPPED_WITHIN)
        await asyncio.wait([listening, socket])
    assert socket.result() == NO_MORE
    if (error := listening.exception()) is not None:
        assert isinstance(error, program.GraphQLError), error
        assert error.code == "UNAUTHENTICATED"
    assert secret not in [change["id"] for change in heard]
    assert [one for one in receiver.received if secret in one.body.decode()] == []
    assert (await ada.ask(GRANTS))["viewer"]["grants"] == []
