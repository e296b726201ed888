"""An integrator's day: the program of docs/integrators/python.md against a server, with Authlib's client alone."""

import asyncio
import uuid
from types import SimpleNamespace
from typing import Any

import pytest

from tests.end_to_end.coffer import PASSWORD, Coffer, started
from tests.end_to_end.integrator import consent, recipe
from tests.end_to_end.patience import until
from tests.end_to_end.person import Person

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
GRANTS = "{ viewer { grants { id appName scopes } } }"
REVOKE = "mutation ($id: ID!) { revokeGrant(input: {grantId: $id}) { revokedId userErrors { code message path } } }"
CHECKING = {"name": "Checking", "type": "CHECKING", "currency": "USD"}
STOPPED_WITHIN = 5


@pytest.mark.timeout(300)
async def test_an_integrators_day() -> None:
    async with started() as coffer, coffer.person("Ada") as ada, coffer.person("Max") as maker:
        program = await register(coffer, maker)
        kept: list[dict[str, Any]] = []
        client = await allowed(program, kept)
        try:
            copy, position = await first_look(program, client, ada)
            position = await missed_hour(program, client, ada, copy, position)
            await written_once(program, client, ada)
            await refreshed(program, client, kept)
            await stopped(program, client, ada, position)
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
    assert token["scope"].split() == program.SCOPES.split()
    return client


async def first_look(program: SimpleNamespace, client: Any, ada: Person) -> tuple[dict[str, Any], str]:
    await ada.change(CREATE_ACCOUNT, input=CHECKING)

    viewer = (await program.ask(client, program.BEGIN))["viewer"]

    assert [account["name"] for account in viewer["accounts"]] == ["Checking"]
    with pytest.raises(program.GraphQLError) as refused:
        await program.ask(client, "{ viewer { goals { id } } }")
    assert refused.value.errors[0]["extensions"] == {"code": "FORBIDDEN", "missingScopes": ["goals:read"]}
    return {account["id"]: account for account in viewer["accounts"]}, viewer["sequence"]


async def missed_hour(program: SimpleNamespace, client: Any, ada: Person, copy: dict[str, Any], position: str) -> str:
    """What happens while the app is away is there when it comes back."""
    (account,) = copy
    booked = {"accountId": account, "date": "2026-03-10", "amount": "-12.50", "description": "Groceries"}
    await ada.change(program.BOOK, input=booked)

    position = await program.catch_up(client, copy, position)

    assert copy[account]["balance"] == {"amount": "-12.50", "currency": "USD"}
    assert [one["description"] for one in copy.values() if one.get("__typename") == "Transaction"] == ["Groceries"]
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


async def stopped(program: SimpleNamespace, client: Any, ada: Person, position: str) -> None:
    """The stream shows what was missed and what comes; once the person ends it, everything stops."""
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

    listening = asyncio.create_task(listen())
    await until(has_heard, "what was missed is pushed")
    (grant,) = (await ada.ask(GRANTS))["viewer"]["grants"]
    assert grant["appName"] == "Ledger"

    await ada.change(REVOKE, id=grant["id"])

    async with asyncio.timeout(STOPPED_WITHIN):
        await until(is_over, "the token is refused", STOPPED_WITHIN)
        await asyncio.wait([listening])
    if (error := listening.exception()) is not None:
        assert isinstance(error, program.GraphQLError), error
        assert error.code == "UNAUTHENTICATED"
    assert (await ada.ask(GRANTS))["viewer"]["grants"] == []
