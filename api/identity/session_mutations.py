"""Sessions, looked after by their person; and the proof that dangerous changes ask for."""

from datetime import datetime

import strawberry

from api import ids
from api.context import Context
from api.fields import column
from api.gates import Outcome, Payload, vendor_mutation
from api.identity import attempts
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


@strawberry.input(description="What shows that it is you.")
class ProveIdentityInput:
    password: str = strawberry.field(description="Your password.")


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
    whose = str(viewer.user_id)
    await attempts.check_failures(context, whose)
    if not await has_password(world.system, viewer.user_id, input.password, world.passwords):
        await attempts.count_failure(context, whose)
        raise invalid("The password is wrong.", "input", "password")
    until = await proof.keep_proof(world.system, viewer.session_id)
    return Outcome(details={"proved_until": until})


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
