"""Who registered with somebody else's address is out once that somebody has shown that it is theirs."""

from collections.abc import Awaitable, Callable
from typing import Any

from integrations.world import World
from tests.api.client import Client, Person
from tests.api.factors.authenticator import Browser, Key
from tests.api.factors.documents import FACTORS, switch_on
from tests.api.factors.passkeys import options_for, registered
from tests.api.identity.mailbox import mails_to, token_to
from tests.api.identity.test_addresses import (
    ASK_RESET,
    ASK_VERIFICATION,
    CHANGE,
    CHANGE_EMAIL,
    NEW,
    PASSWORD,
    RESET,
    VERIFICATION,
    VERIFY,
    can_sign_in,
)
from tests.api.identity.test_sessions import SIGN_IN

FINISH = """
mutation ($input: FinishPasskeySignInInput!) {
  finishPasskeySignIn(input: $input) { session { accessToken } userErrors { code path } }
}
"""
RESET_SUBJECT = "Coffer: the password was reset by mail, and all sessions were ended"


async def verify(client: Client, world: World, email: str) -> None:
    token = await token_to(world, email, VERIFICATION)
    assert (await client.data(VERIFY, token=token))["verifyEmail"]["userErrors"] == []


async def reset(nobody: Client, world: World, email: str) -> Client:
    """Whoever has the mailbox gets in."""
    await nobody.data(ASK_RESET, email=email)
    token = await token_to(world, email, PASSWORD)
    assert (await nobody.data(RESET, token=token, password=NEW))["resetPassword"]["userErrors"] == []
    payload = (await nobody.data(SIGN_IN, email=email, password=NEW))["signIn"]
    assert payload["session"] is not None, "a second factor is asked for"
    return Client(nobody.http, payload["session"]["accessToken"])


async def lets_in(nobody: Client, key: Key) -> bool:
    credential = Browser().get(key, await options_for(nobody, "SIGN_IN"))
    payload = (await nobody.data(FINISH, input={"credential": credential}))["finishPasskeySignIn"]
    return payload["session"] is not None


async def test_a_reset_takes_everything_from_whoever_registered(person: Person, nobody: Client, world: World) -> None:
    key, _ = await registered(person)
    await switch_on(person)

    owner = await reset(nobody, world, person.email)

    assert not await lets_in(nobody, key)
    assert not await can_sign_in(nobody, person.email, person.password)
    assert (await owner.data(FACTORS))["viewer"]["secondFactors"] == []


async def test_so_it_does_where_a_stranger_clicked_on_the_mail(person: Person, nobody: Client, world: World) -> None:
    await verify(nobody, world, person.email)
    key, _ = await registered(person)

    await reset(nobody, world, person.email)

    assert not await lets_in(nobody, key)


async def test_so_it_does_where_the_mail_was_shown_in_another_persons_session(
    person: Person, stranger: Person, nobody: Client, world: World
) -> None:
    await verify(stranger, world, person.email)
    key, _ = await registered(person)

    await reset(nobody, world, person.email)

    assert not await lets_in(nobody, key)


async def test_so_it_does_where_the_address_was_given_to_an_account_later(
    new_person: Callable[..., Awaitable[Any]], nobody: Client, world: World
) -> None:
    person = await new_person(email="account.given.away@example.com")
    await verify(person, world, person.email)
    key, _ = await registered(person)
    victim = "gets.an.account@example.com"
    await person.change(CHANGE_EMAIL, email=victim)
    token = await token_to(world, victim, CHANGE)
    await nobody.data(VERIFY, token=token)

    await reset(nobody, world, victim)

    assert not await lets_in(nobody, key)


async def test_who_verified_in_their_own_session_keeps_passkeys_and_is_told_of_them(
    person: Person, nobody: Client, world: World
) -> None:
    key, _ = await registered(person, "Laptop")
    await verify(person, world, person.email)

    await reset(nobody, world, person.email)

    assert await lets_in(nobody, key)
    (text,) = [text for subject, text in await mails_to(world, person.email) if subject == RESET_SUBJECT]
    assert "Still good, remove what you do not know: Laptop" in text


async def test_a_reset_makes_the_account_theirs(person: Person, nobody: Client, world: World) -> None:
    owner = await reset(nobody, world, person.email)
    person.access_token = str(owner.access_token)
    key, _ = await registered(person)

    await reset(nobody, world, person.email)

    assert await lets_in(nobody, key)


async def test_who_verified_somewhere_else_can_do_it_again_in_their_session(
    person: Person, nobody: Client, world: World
) -> None:
    await verify(nobody, world, person.email)
    key, _ = await registered(person)
    await person.data(ASK_VERIFICATION, email=person.email)

    await verify(person, world, person.email)

    await reset(nobody, world, person.email)
    assert await lets_in(nobody, key)
