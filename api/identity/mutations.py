"""Registering, signing in and out, and one's profile."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import strawberry

from api.context import Context
from api.gates import Outcome, mutation, open_mutation, vendor_mutation
from api.identity.types import SessionPayload, SignOutPayload, UserPayload
from api.inputs import given
from api.scalars import CurrencyCode
from domain.identity import commands, people, sessions
from domain.identity.people import Registration
from domain.identity.sessions import OpenSession
from domain.mistakes import not_allowed
from domain.savings_groups.commands import show_own_name
from runtime import clock, tokens
from runtime.unit import Unit, in_unit
from runtime.viewer import Viewer


@strawberry.input(description="A new person with a household of their own.")
class RegisterInput:
    email: str = strawberry.field(description="The address to sign in with; its case does not matter.")
    password: str = strawberry.field(description="10 to 256 characters.")
    display_name: str = strawberry.field(description="How the person is called; also the household's first name.")
    currency: CurrencyCode | None = strawberry.field(
        default=CurrencyCode("USD"), description="What the household's budgets and reports are summed in."
    )
    timezone: str | None = strawberry.field(
        default="UTC", description="The zone in which the household's days are cut (IANA name)."
    )


@strawberry.input(description="An address and its password.")
class SignInInput:
    email: str = strawberry.field(description="The address the person registered with.")
    password: str = strawberry.field(description="The person's password.")


@strawberry.input(description="A session to renew.")
class RefreshSessionInput:
    refresh_token: str = strawberry.field(description="The newest refresh token. An older one ends the session.")


@strawberry.input(description="A session to end.")
class SignOutInput:
    refresh_token: str = strawberry.field(description="The session's refresh token.")


@strawberry.input(description="Another household of the person.")
class SwitchHouseholdInput:
    household_id: strawberry.ID = strawberry.field(description="One of `Viewer.households`.")


@strawberry.input(description="Left out = unchanged.")
class UpdateProfileInput:
    display_name: str | None = strawberry.field(default=strawberry.UNSET, description="How the person is called.")
    timezone: str | None = strawberry.field(default=strawberry.UNSET, description="The person's own zone (IANA name).")
    locale: str | None = strawberry.field(
        default=strawberry.UNSET, description='A language tag (BCP 47), such as "de-AT".'
    )


async def register(context: Context, input: RegisterInput) -> Outcome:
    viewer = await people.register(
        context.world.system,
        Registration(
            email=input.email,
            password=input.password,
            display_name=input.display_name,
            currency="USD" if input.currency is None else input.currency,
            timezone="UTC" if input.timezone is None else input.timezone,
        ),
    )
    return await _open_session(context, viewer)


async def sign_in(context: Context, input: SignInInput) -> Outcome:
    return await _open_session(
        context, await people.find_by_password(context.world.system, input.email, input.password)
    )


async def refresh_session(context: Context, input: RefreshSessionInput) -> Outcome:
    days = context.world.settings.refresh_token_days
    return _signed_in(context, await sessions.refresh_session(context.world.system, input.refresh_token, days=days))


async def sign_out(context: Context, input: SignOutInput) -> Outcome:
    if (ended := await sessions.end_session(context.world.system, input.refresh_token)) is not None:
        context.sessions.end(ended)
    return Outcome()


async def switch_household(context: Context, input: SwitchHouseholdInput) -> Outcome:
    raise not_allowed("Households cannot be switched yet.", "input", "householdId")


async def update_profile(unit: Unit, input: UpdateProfileInput) -> UUID:
    user = await commands.update_profile(unit, **given(input))
    await show_own_name(unit)
    return user.id


@dataclass(frozen=True)
class SessionTokens:
    access_token: str
    access_token_expires_at: datetime
    refresh_token: str
    refresh_token_expires_at: datetime


async def _open_session(context: Context, viewer: Viewer) -> Outcome:
    days = context.world.settings.refresh_token_days

    async def work(unit: Unit) -> OpenSession:
        return await sessions.open_session(unit, days=days)

    return _signed_in(context, await in_unit(context.world.database, viewer, work))


def _signed_in(context: Context, opened: OpenSession) -> Outcome:
    minutes = context.world.settings.access_token_minutes
    access = tokens.issue(context.world.keys, opened.viewer, at=clock.now(), minutes=minutes)
    session = SessionTokens(access.text, access.expires_at, opened.refresh_token, opened.refresh_expires_at)
    return Outcome(viewer=opened.viewer, details={"session": session})


@strawberry.type
class IdentityMutations:
    register: SessionPayload | None = open_mutation(
        register, description="Make a person with a household of their own, and sign them in.", scope="person"
    )
    sign_in: SessionPayload | None = open_mutation(
        sign_in, description="Open a session. A wrong address and a wrong password get the same answer.", scope="person"
    )
    refresh_session: SessionPayload | None = open_mutation(
        refresh_session,
        description="Exchange a refresh token for a new pair. Showing an older one ends the session.",
        scope="person",
    )
    sign_out: SignOutPayload | None = open_mutation(
        sign_out,
        description="End a session: its tokens are refused and its sockets closed within 5 seconds.",
        scope="person",
    )
    switch_household: SessionPayload | None = vendor_mutation(
        switch_household,
        description="A session for another household of the person. NOT_ALLOWED for now.",
        scope="person",
    )
    update_profile: UserPayload | None = mutation(
        update_profile, description="Change one's own profile.", open_to_viewers=True, scope="person"
    )
