"""A session for another household."""

import strawberry

from api.context import Context
from api.gates import Outcome, vendor_mutation
from api.identity.entry import place_of, signed_in
from api.identity.types import SessionPayload
from api.ids import input_id
from domain.identity.refreshing import Pair
from domain.identity.sessions import OpenSession
from domain.identity.switching import open_another, viewer_there
from runtime import clock, tokens
from runtime.unit import Unit, in_unit


@strawberry.input(description="Another household of the person.")
class SwitchHouseholdInput:
    household_id: strawberry.ID = strawberry.field(description="One of `Viewer.households`.")


async def switch_household(context: Context, input: SwitchHouseholdInput) -> Outcome:
    world, viewer = context.world, context.require_viewer()
    there = await viewer_there(world.system, viewer, input_id("hsh", input.household_id, "householdId"))
    place = place_of(context)

    async def work(unit: Unit) -> OpenSession:
        return await open_another(unit, viewer, days=world.settings.refresh_token_days, place=place)

    opened = await in_unit(world.database, there, work)
    access = tokens.issue(world.keys, opened.viewer, at=clock.now(), minutes=world.settings.access_token_minutes)
    pair = Pair(access.text, access.expires_at, opened.refresh_token, opened.refresh_expires_at)
    return signed_in(opened.viewer, pair)


@strawberry.type
class SwitchingMutations:
    switch_household: SessionPayload | None = vendor_mutation(
        switch_household,
        description="A session for another household of the person; the one that is asked through goes on.",
        open_to_viewers=True,
        scope="person",
    )
