"""Addresses that are verified and changed, passwords that are changed and got back: by what comes by mail."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from domain.identity.addresses import MOST_AN_HOUR
from domain.identity.models import MailToken, Session
from domain.mail.models import OutgoingMail
from integrations.world import World
from runtime import clock
from runtime.settings import Settings
from tests.api.client import Client, Person
from tests.api.identity.mailbox import answer_requests, mails_to, token_to
from tests.api.identity.test_sessions import ME, SIGN_IN, session_of

ASK_VERIFICATION = """
mutation ($email: String!) { requestEmailVerification(input: {email: $email}) { userErrors { code path } } }
"""
VERIFY = "mutation ($token: String!) { verifyEmail(input: {token: $token}) { userErrors { code path } } }"
ASK_RESET = "mutation ($email: String!) { requestPasswordReset(input: {email: $email}) { userErrors { code path } } }"
RESET = """
mutation ($token: String!, $password: String!) {
  resetPassword(input: {token: $token, password: $password}) { userErrors { code path } }
}
"""
CHANGE_PASSWORD = """
mutation ($password: String!) { changePassword(input: {password: $password}) { userErrors { code path } } }
"""
CHANGE_EMAIL = "mutation ($email: String!) { changeEmail(input: {email: $email}) { userErrors { code path } } }"
PROVE = """
mutation ($password: String!) {
  proveIdentity(input: {password: $password}) { provedUntil userErrors { code path } }
}
"""
USER = "{ viewer { user { email isEmailVerified } } }"
NEW = "a brand-new password"
VERIFICATION, PASSWORD, CHANGE = "is this your", "a new password", "sign in with this"
DONE: dict[str, Any] = {"userErrors": []}
NO_TOKEN = [("INVALID", ["input", "token"])]


async def refusal(client: Client, document: str, **variables: Any) -> list[tuple[str, list[str]]]:
    (payload,) = (await client.data(document, **variables)).values()
    return [(error["code"], error["path"]) for error in payload["userErrors"]]


async def can_sign_in(client: Client, email: str, password: str) -> bool:
    return not await refusal(client, SIGN_IN, email=email, password=password)


async def forget_proof(world: World, person: Person) -> None:
    """The person proved who they are a while ago."""
    async with world.system.system_session() as session:
        long_ago = clock.now() - timedelta(minutes=11)
        which = Session.id == session_of(person, world)
        await session.execute(update(Session).where(which).values(proved_at=long_ago))


async def let_expire(world: World) -> None:
    async with world.system.system_session() as session:
        await session.execute(update(MailToken).values(expires_at=clock.now() - timedelta(seconds=1)))


async def test_a_new_person_verifies_their_address(person: Person, nobody: Client, world: World) -> None:
    token = await token_to(world, person.email, VERIFICATION)
    before = await person.data(USER)

    assert (await nobody.data(VERIFY, token=token))["verifyEmail"] == DONE

    assert before == {"viewer": {"user": {"email": person.email, "isEmailVerified": False}}}
    assert (await person.data(USER))["viewer"]["user"]["isEmailVerified"] is True
    assert await refusal(nobody, VERIFY, token=token) == NO_TOKEN


@pytest.mark.parametrize("token", ["", "cfm_", "cfm_" + "x" * 43, "x" * 10_000, "\u00e9"])
async def test_what_was_never_sent_is_refused(person: Person, nobody: Client, token: str) -> None:
    assert await refusal(nobody, VERIFY, token=token) == NO_TOKEN
    assert await refusal(nobody, RESET, token=token, password=NEW) == NO_TOKEN


async def test_a_secret_is_good_for_its_purpose_alone(person: Person, nobody: Client, world: World) -> None:
    await nobody.data(ASK_RESET, email=person.email)
    reset = await token_to(world, person.email, PASSWORD)
    verification = await token_to(world, person.email, VERIFICATION)

    assert await refusal(nobody, VERIFY, token=reset) == NO_TOKEN
    assert await refusal(nobody, RESET, token=verification, password=NEW) == NO_TOKEN

    assert await can_sign_in(nobody, person.email, person.password)


async def test_a_secret_that_is_too_old_is_refused(person: Person, nobody: Client, world: World) -> None:
    await nobody.data(ASK_RESET, email=person.email)
    token = await token_to(world, person.email, PASSWORD)
    await let_expire(world)

    assert await refusal(nobody, RESET, token=token, password=NEW) == NO_TOKEN

    assert await can_sign_in(nobody, person.email, person.password)


async def test_secrets_are_stored_as_hashes(person: Person, nobody: Client, world: World) -> None:
    token = await token_to(world, person.email, VERIFICATION)

    async with world.system.system_session() as session:
        hashes = (await session.scalars(select(MailToken.token_hash))).all()
        contents = (await session.scalars(select(OutgoingMail.content))).all()
    assert token.encode() not in b"".join(hashes)
    assert token.encode() not in b"".join(content for content in contents if content)


@pytest.mark.parametrize("document", [ASK_VERIFICATION, ASK_RESET])
async def test_the_answer_does_not_tell_whose_an_address_is(
    person: Person, nobody: Client, world: World, document: str
) -> None:
    known = await nobody.send(document, email=person.email)
    unknown = await nobody.send(document, email="stranger@example.com")

    assert known == unknown
    assert await mails_to(world, "stranger@example.com") == []


@pytest.mark.parametrize("document", [ASK_VERIFICATION, ASK_RESET])
async def test_what_is_no_address_is_refused(nobody: Client, document: str) -> None:
    assert await refusal(nobody, document, email="a@b\r\nBcc: c@d.example") == [("INVALID", ["input", "email"])]


async def test_nobody_floods_a_mailbox(person: Person, nobody: Client, world: World) -> None:
    for _ in range(2 * MOST_AN_HOUR):
        await nobody.data(ASK_RESET, email=person.email)

    assert len([1 for subject, _ in await mails_to(world, person.email) if PASSWORD in subject]) == MOST_AN_HOUR


async def test_a_verified_address_is_not_asked_again(person: Person, nobody: Client, world: World) -> None:
    await nobody.data(VERIFY, token=await token_to(world, person.email, VERIFICATION))
    before = await mails_to(world, person.email)

    await nobody.data(ASK_VERIFICATION, email=person.email)

    assert await mails_to(world, person.email) == before


async def test_a_request_is_answered_once_and_forgotten(person: Person, nobody: Client, world: World) -> None:
    await nobody.data(ASK_RESET, email=person.email)

    await answer_requests(world)
    await answer_requests(world)

    assert [PASSWORD in subject for subject, _ in await mails_to(world, person.email)].count(True) == 1


async def test_a_password_is_got_back_and_all_sessions_end(person: Person, nobody: Client, world: World) -> None:
    await nobody.data(ASK_RESET, email=person.email.upper())
    token = await token_to(world, person.email, PASSWORD)

    assert (await nobody.data(RESET, token=token, password=NEW))["resetPassword"] == DONE

    assert [error["extensions"]["code"] for error in (await person.send(ME))["errors"]] == ["UNAUTHENTICATED"]
    assert not await can_sign_in(nobody, person.email, person.password)
    assert await can_sign_in(nobody, person.email, NEW)
    assert await refusal(nobody, RESET, token=token, password="another password") == NO_TOKEN
    assert "Coffer: the password was reset by mail, and all sessions were ended" in dict(
        await mails_to(world, person.email)
    )


async def test_a_refused_password_leaves_the_secret_good(person: Person, nobody: Client, world: World) -> None:
    await nobody.data(ASK_RESET, email=person.email)
    token = await token_to(world, person.email, PASSWORD)

    assert await refusal(nobody, RESET, token=token, password="short") == [("INVALID", ["input", "password"])]

    assert await refusal(nobody, RESET, token=token, password=NEW) == []


async def test_a_reset_spoils_earlier_secrets(person: Person, nobody: Client, world: World) -> None:
    await nobody.data(ASK_RESET, email=person.email)
    first = await token_to(world, person.email, PASSWORD)
    await nobody.data(ASK_RESET, email=person.email)
    second = await token_to(world, person.email, PASSWORD)

    await nobody.data(RESET, token=second, password=NEW)

    assert first != second
    assert await refusal(nobody, RESET, token=first, password="yet another one") == NO_TOKEN
    assert await can_sign_in(nobody, person.email, NEW)


async def test_a_changed_password_ends_all_other_sessions(person: Person, nobody: Client, world: World) -> None:
    other = (await nobody.data(SIGN_IN, email=person.email, password=person.password))["signIn"]["session"]

    assert (await person.data(CHANGE_PASSWORD, password=NEW))["changePassword"] == DONE

    answer = await Client(person.http, other["accessToken"]).send(ME)
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["UNAUTHENTICATED"]
    assert "errors" not in await person.send(ME)
    assert await can_sign_in(nobody, person.email, NEW)
    assert not await can_sign_in(nobody, person.email, person.password)


async def test_what_is_dangerous_needs_fresh_proof(person: Person, nobody: Client, world: World) -> None:
    await forget_proof(world, person)

    assert await person.refused(CHANGE_PASSWORD, password=NEW) == [("PROOF_NEEDED", ["input"])]
    assert await person.refused(CHANGE_EMAIL, email="new@example.com") == [("PROOF_NEEDED", ["input"])]

    assert await can_sign_in(nobody, person.email, person.password)
    assert await mails_to(world, "new@example.com") == []


async def test_proof_is_given_with_the_password(person: Person, world: World) -> None:
    await forget_proof(world, person)

    wrong = await person.refused(PROVE, password="not the password")
    still = await person.refused(CHANGE_PASSWORD, password=NEW)
    await person.change(PROVE, password=person.password)

    assert (wrong, still) == ([("INVALID", ["input", "password"])], [("PROOF_NEEDED", ["input"])])
    await person.change(CHANGE_PASSWORD, password=NEW)


async def test_one_sessions_proof_is_none_of_another(person: Person, nobody: Client, world: World) -> None:
    other = (await nobody.data(SIGN_IN, email=person.email, password=person.password))["signIn"]["session"]
    await forget_proof(world, person)

    assert await person.refused(CHANGE_PASSWORD, password=NEW) == [("PROOF_NEEDED", ["input"])]
    assert await refusal(Client(person.http, other["accessToken"]), CHANGE_PASSWORD, password=NEW) == []


async def test_an_address_changes_once_it_is_confirmed(person: Person, nobody: Client, world: World) -> None:
    new = f"new.{person.email}"
    await person.change(CHANGE_EMAIL, email=new)
    before = await person.data(USER)

    assert await refusal(nobody, VERIFY, token=await token_to(world, new, CHANGE)) == []

    assert before["viewer"]["user"]["email"] == person.email
    assert (await person.data(USER))["viewer"]["user"] == {"email": new, "isEmailVerified": True}
    assert await can_sign_in(nobody, new, person.password)
    assert not await can_sign_in(nobody, person.email, person.password)
    told = {subject for subject, _ in await mails_to(world, person.email)}
    assert told >= {
        "Coffer: somebody asked to sign in with another e-mail address",
        "Coffer: the e-mail address was changed",
    }


async def test_secrets_sent_to_the_old_address_are_spoilt(person: Person, nobody: Client, world: World) -> None:
    """Who has the old mailbox must not get the account back with what lies there."""
    new = f"new.{person.email}"
    await nobody.data(ASK_RESET, email=person.email)
    old = await token_to(world, person.email, PASSWORD)
    await person.change(CHANGE_EMAIL, email=new)

    await nobody.data(VERIFY, token=await token_to(world, new, CHANGE))

    assert await refusal(nobody, RESET, token=old, password=NEW) == NO_TOKEN


async def test_an_address_of_somebody_else_is_not_told_of(
    person: Person, stranger: Person, nobody: Client, world: World
) -> None:
    free = await person.data(CHANGE_EMAIL, email=f"free.{person.email}")
    taken = await person.data(CHANGE_EMAIL, email=stranger.email)

    assert free == taken
    assert (await mails_to(world, stranger.email))[-1][0] == "Coffer: this address has an account already"


async def test_an_address_that_was_taken_meanwhile_is_a_conflict(
    person: Person, nobody: Client, world: World, new_person: Any
) -> None:
    new = f"new.{person.email}"
    await person.change(CHANGE_EMAIL, email=new)
    token = await token_to(world, new, CHANGE)
    await new_person(email=new)

    assert await refusal(nobody, VERIFY, token=token) == [("CONFLICT", ["input", "token"])]

    assert (await person.data(USER))["viewer"]["user"]["email"] == person.email


class TestLimits:
    """With small ones: they are settings."""

    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        small = replace(settings.identity, conflicts_per_hour=2, failures_per_hour=3, mails_per_hour=2)
        # Counted apart from everything else that is tested from this address.
        return replace(settings, identity=small, redis_prefix=f"{settings.redis_prefix}-limits-{clock.now()}")

    async def test_a_network_is_told_a_few_times_which_addresses_are_taken(
        self, person: Person, nobody: Client, new_person: Any, world: World
    ) -> None:
        document = "mutation ($input: RegisterInput!) { register(input: $input) { userErrors { code path } } }"
        taken = {"email": person.email, "password": NEW, "displayName": "X"}

        refusals = [await refusal(nobody, document, input=taken) for _ in range(4)]

        conflict, later = [("CONFLICT", ["input", "email"])], [("TOO_MANY", ["input"])]
        assert refusals == [conflict, conflict, later, later]
        assert await refusal(nobody, document, input={**taken, "email": "free@example.com"}) == later

    @pytest.mark.parametrize("exists", [True, False])
    async def test_a_network_fails_to_sign_in_a_few_times(self, person: Person, nobody: Client, exists: bool) -> None:
        email = person.email if exists else "nobody.at.all@example.com"

        refusals = [await refusal(nobody, SIGN_IN, email=email, password="wrong wrong") for _ in range(4)]

        assert refusals == [[("INVALID", ["input"])]] * 3 + [[("TOO_MANY", ["input"])]]
        assert not await can_sign_in(nobody, person.email, person.password)

    async def test_a_network_asks_for_a_few_mails(self, person: Person, nobody: Client) -> None:
        emails = ["a@example.com", person.email, "b@example.com", person.email]

        refusals = [await refusal(nobody, ASK_RESET, email=email) for email in emails]

        assert refusals == [[], [], [("TOO_MANY", ["input"])], [("TOO_MANY", ["input"])]]
