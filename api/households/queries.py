"""Who is signed in, and to which household."""

import strawberry

from api.fields import edge
from api.households.types import Household
from api.identity.types import User
from domain.households.queries import households_by_ids, households_by_user
from domain.identity.queries import users_by_ids


@strawberry.type
class HouseholdOfViewer:
    user: User = edge(users_by_ids, "user_id", description="The signed-in person.", scope="profile:read")
    household: Household = edge(
        households_by_ids,
        "household_id",
        description="The household of this session. Everything below is its.",
        scope="household:read",
    )
    households: list[Household] = edge(
        households_by_user,
        "user_id",
        description="Every household that the person belongs to; `switchHousehold` gives a session for another one.",
        scope="household:read",
    )
