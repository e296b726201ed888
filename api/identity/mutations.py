"""Registering, signing in and out, and one's profile."""

from uuid import UUID

import strawberry

from api.context import Context
from api.factors.entry import admit
from api.gates import Outcome, mutation, open_mutation
from api.identity import attempts
from api.identity.entry import let_in, lives_of, place_of, signed_in
from api.identity.types import WEEKDAYS, SessionPayload, SignOutPayload, UserPayload, Weekday
from api.inputs import given
from api.scalars import CurrencyCode
from domain.identity import addresses, commands, people, refreshing, sessions
from domain.identity.addresses import Purpose
from domain.identity.people import Registration
from domain.mistakes import UserErrorCode, UserMistake
from domain.savings_groups.commands import show_own_name
from runtime import clock
from runtime.unit import Unit


@strawberry.input(description="A new person with a household of their own.")
class RegisterInput:
    email: str = strawberry.field(description="The address to sign in with; its case does not matter.")
    password: str = strawberry.field(description="10 to 256 characters, none of those that are tried first.")
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
    refresh_token: str = strawberry.field(
        description="The newest refresh token. For ten seconds the one before it gives the same new pair again; any "
        "other older one ends the session."
    )


@strawberry.input(description="A session to end.")
class SignOutInput:
    refresh_token: str = strawberry.field(description="The session's refresh token.")


@strawberry.input(description="Left out = unchanged.")
class UpdateProfileInput:
    display_name: str | None = strawberry.field(default=strawberry.UNSET, description="How the person is called.")
    timezone: str | None = strawberry.field(default=strawberry.UNSET, description="The person's own zone (IANA name).")
    locale: str | None = strawberry.field(
        default=strawberry.UNSET, description='A language tag (BCP 47), such as "de-AT".'
    )
    week_starts_on: Weekday | None = strawberry.field(
        default=strawberry.UNSET, description="The first day of the person's weeks."
    )
    month_starts_on: int | None = strawberry.field(
        default=strawberry.UNSET, description="The first day of the person's months, 1 to 28."
    )


async def register(context: Context, input: RegisterInput) -> Outcome:
    await attempts.check_conflicts(context)
    try:
        viewer = await people.register(
            context.world.system,
            Registration(
                email=input.email,
                password=input.password,
                display_name=input.display_name,
                currency="USD" if input.currency is None else input.currency,
                timezone="UTC" if input.timezone is None else input.timezone,
            ),
            context.world.passwords,
        )
    except UserMistake as mistake:
        if mistake.code is UserErrorCode.CONFLICT:
            await attempts.count_conflict(context)
        raise
    await addresses.ask(context.world.system, Purpose.VERIFY_EMAIL, input.email)
    return await let_in(context, viewer, clock.now())


async def sign_in(context: Context, input: SignInInput) -> Outcome:
    since = clock.now()
    await attempts.check_failures(context, input.email)
    try:
        viewer = await people.find_by_password(
            context.world.system, input.email, input.password, context.world.passwords
        )
    except UserMistake:
        await attempts.count_failure(context, input.email)
        raise
    return await admit(context, viewer, since)


async def refresh_session(context: Context, input: RefreshSessionInput) -> Outcome:
    world = context.world
    viewer, pair = await refreshing.refresh_session(
        world.system, world.keys, input.refresh_token, lives_of(context), place_of(context)
    )
    return signed_in(viewer, pair)


async def sign_out(context: Context, input: SignOutInput) -> Outcome:
    if (ended := await sessions.end_by_token(context.world.system, input.refresh_token)) is not None:
        context.sessions.end(ended)
    return Outcome()


async def update_profile(unit: Unit, input: UpdateProfileInput) -> UUID:
    changed = given(input)
    if (weekday := changed.get("week_starts_on")) is not None:
        changed["week_starts_on"] = WEEKDAYS.index(weekday.name) + 1
    user = await commands.update_profile(unit, **changed)
    await show_own_name(unit)
    return user.id


@strawberry.type
class IdentityMutations:
    register: SessionPayload | None = open_mutation(
        register, description="Make a person with a household of their own, and sign them in.", scope="person"
    )
    sign_in: SessionPayload | None = open_mutation(
        sign_in,
        description="Open a session, or get the challenge that a second factor answers. A wrong address and a wrong "
        "password get the same answer.",
        scope="person",
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
    update_profile: UserPayload | None = mutation(
        update_profile, description="Change one's own profile.", open_to_viewers=True, scope="person"
    )
