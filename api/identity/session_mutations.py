"""Sessions, looked after by their person; and the proof that dangerous changes ask for."""

from datetime import datetime
from uuid import UUID

import strawberry

from api import ids
from api.context import Context
from api.factors.entry import verifier_of
from api.fields import column
from api.gates import Outcome, Payload, vendor_mutation
from api.identity import attempts
from api.identity.entry import place_of
from domain.factors.checking import Shown, check_factor, has_second_factor
from domain.identity import proof, sessions
from domain.identity.people import has_password
from domain.mistakes import invalid
from runtime.unit import in_unit


@strawberry.input(description="A session of one's own.")
class EndSessionInput:
    session_id: strawberry.ID = strawberry.field(description="One of `Viewer.sessions`.")


@strawberry.input(description="All sessions but this one.")
class EndOtherSessionsInput:
    including_apps: bool | None = strawberry.field(
        default=False, description="Apps and personal tokens that act for you lose their access as well."
    )


@strawberry.input(description="What shows that it is you: exactly one of the four.")
class ProveIdentityInput:
    password: str | None = strawberry.field(
        default=None, description="Your password. It is not enough where signing in takes a second factor."
    )
    totp_code: str | None = strawberry.field(default=None, description="What your authenticator app shows; good once.")
    backup_code: str | None = strawberry.field(default=None, description="One of your backup codes; good once.")
    passkey: str | None = strawberry.field(
        default=None, description="A passkey's answer to `startPasskey` for PROVE (AuthenticationResponseJSON)."
    )


@strawberry.type(description="A session that was ended.")
class EndSessionPayload(Payload):
    ended_id: strawberry.ID | None = column("The session that is over; null where it was refused.")


@strawberry.type(description="Sessions that were ended.")
class EndOtherSessionsPayload(Payload):
    count: int | None = column("How many; null where it was refused.")


@strawberry.type(description="A proof that holds for some minutes, in this session.")
class ProveIdentityPayload(Payload):
    proved_until: datetime | None = column("Until when dangerous changes are done; null where it was refused.")


async def end_session(context: Context, input: EndSessionInput) -> Outcome:
    session_id = ids.input_id("ses", input.session_id, "sessionId")
    viewer = context.require_viewer()
    await in_unit(context.world.database, viewer, lambda unit: sessions.end_session(unit, session_id))
    context.sessions.end(session_id)
    return Outcome(details={"ended_id": input.session_id})


async def end_other_sessions(context: Context, input: EndOtherSessionsInput) -> Outcome:
    viewer, all_kinds = context.require_viewer(), bool(input.including_apps)
    ended = await in_unit(
        context.world.database, viewer, lambda unit: sessions.end_other_sessions(unit, including_apps=all_kinds)
    )
    for session_id in ended:
        context.sessions.end(session_id)
    return Outcome(details={"count": len(ended)})


async def prove_identity(context: Context, input: ProveIdentityInput) -> Outcome:
    viewer, world = context.require_viewer(), context.world
    factors = input.totp_code, input.backup_code, input.passkey
    if input.password is None or any(factor is not None for factor in factors):
        if input.password is not None:
            raise invalid("Give exactly one of them.", "input")
        await check_factor(verifier_of(world), viewer.user_id, Shown(*factors), network=place_of(context).network)
    else:
        await _check_password(context, viewer.user_id, input.password)
    until = await proof.keep_proof(world.system, viewer.session_id)
    return Outcome(details={"proved_until": until})


async def _check_password(context: Context, user_id: UUID, password: str) -> None:
    world, whose = context.world, str(user_id)
    if await has_second_factor(world.system, user_id):
        raise invalid("Show your second factor instead: a password is not enough here.", "input", "password")
    await attempts.check_failures(context, whose)
    if not await has_password(world.system, user_id, password, world.passwords):
        await attempts.count_failure(context, whose)
        raise invalid("The password is wrong.", "input", "password")


@strawberry.type
class SessionMutations:
    end_session: EndSessionPayload | None = vendor_mutation(
        end_session,
        description="End one of your sessions: its tokens are refused and its sockets closed within 5 seconds.",
        open_to_viewers=True,
        scope="person",
    )
    end_other_sessions: EndOtherSessionsPayload | None = vendor_mutation(
        end_other_sessions,
        description="End all of your sessions but this one.",
        open_to_viewers=True,
        scope="person",
    )
    prove_identity: ProveIdentityPayload | None = vendor_mutation(
        prove_identity,
        description="Show once more that it is you: what answers PROOF_NEEDED is done for ten minutes from now.",
        open_to_viewers=True,
        scope="person",
    )
