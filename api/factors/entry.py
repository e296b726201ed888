"""Letting somebody in who has shown the first secret: at once, or after a second factor."""

from datetime import datetime
from uuid import UUID

from api.context import Context
from api.gates import Outcome
from api.identity.entry import let_in, place_of
from domain.factors.challenges import new_challenge
from domain.factors.checking import Verifier
from domain.factors.relying_party import relying_party
from domain.identity.people import first_household
from domain.identity.proof import require_proof
from integrations.world import World
from runtime.unit import in_unit
from runtime.viewer import Viewer


def verifier_of(world: World) -> Verifier:
    return Verifier(world.system, world.keys, relying_party(world.settings))


async def admit(context: Context, viewer: Viewer, since: datetime) -> Outcome:
    """The value of a SessionPayload: a session, or the challenge that is still to be answered."""
    challenge = await new_challenge(verifier_of(context.world), viewer.user_id)
    if challenge is None:
        return await let_in(context, viewer, since)
    return Outcome(details={"challenge": challenge})


async def let_person_in(context: Context, user_id: UUID, since: datetime) -> Outcome:
    """Who has shown everything."""
    return await let_in(context, await first_household(context.world.system, user_id), since)


async def proven(context: Context) -> Viewer:
    """The person who acts. PROOF_NEEDED unless they have just proved who they are; NOT_ALLOWED for third parties."""
    viewer = context.require_viewer()
    await in_unit(context.world.database, viewer, lambda unit: require_proof(unit, "input"))
    return viewer


def network_of(context: Context) -> str:
    return place_of(context).network
