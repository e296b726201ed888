"""Households, who belongs to them, and who is invited."""

from datetime import datetime
from enum import Enum

import strawberry

from api.fields import column, edge, rows_of
from api.gates import Payload
from api.identity.types import User
from api.node import Node, node_type
from api.scalars import CurrencyCode
from api.scopes import requires
from domain.households import models
from domain.households.queries import (
    households_by_ids,
    invitations_by_household,
    invitations_by_ids,
    members_by_household,
)
from domain.identity.queries import users_by_ids


@strawberry.enum(description="What a member may do.")
class HouseholdRole(Enum):
    OWNER = strawberry.enum_value("OWNER", description="Everything.")
    MEMBER = strawberry.enum_value("MEMBER", description="Everything but the household itself and its members.")
    VIEWER = strawberry.enum_value("VIEWER", description="Look, and change nothing.")


@requires("household:read")
@strawberry.type(description="A person as a member of a household.")
@rows_of(models.HouseholdMember)
class HouseholdMember:
    user: User = edge(users_by_ids, "user_id", description="The person.")
    role: HouseholdRole = column("What the person may do here.")
    joined_at: datetime = column("Since when the person belongs to it.")


@requires("person")
@node_type(
    "inv",
    models.Invitation,
    by_ids=invitations_by_ids,
    description="Somebody is asked to become a member. Good once, and until it expires; an invitation by mail only for "
    "who signs in with that address.",
)
class Invitation(Node):
    role: HouseholdRole = column("What they may do here then.")
    email: str | None = column("Where it was sent; null for one that whoever has its link may accept.")
    created_at: datetime = column("When it was made.")
    expires_at: datetime = column("Until when it can be accepted.")
    invited_by: User | None = edge(
        users_by_ids,
        "invited_by",
        description="Who made it; null where they have left. It is good as long as they own the household.",
    )


@requires("household:read")
@node_type(
    "hsh", models.Household, by_ids=households_by_ids, description="One person or several who share their money data."
)
class Household(Node):
    name: str = column("How its members call it.")
    currency: CurrencyCode = column("Reports and budgets are summed in it.")
    timezone: str = column("Days, months and budget periods are cut in it (IANA name).")
    members: list[HouseholdMember] = edge(
        members_by_household, "id", description="Who belongs to it, the first one first."
    )
    invitations: list[Invitation] = edge(
        invitations_by_household,
        "id",
        description="Those that are neither accepted nor withdrawn, as they were made; for the owners of the session's "
        "household, else empty.",
        scope="person",
    )


@strawberry.type(description="A household that was made or changed, or to which somebody came.")
class HouseholdPayload(Payload):
    household: Household | None = edge(
        households_by_ids, "object_id", description="The household; null where it was refused."
    )


@strawberry.type(description="An invitation that was made or withdrawn.")
class InvitationPayload(Payload):
    invitation: Invitation | None = edge(
        invitations_by_ids, "object_id", description="The invitation; null where it was refused."
    )
    token: str | None = column(
        "What `acceptInvitation` takes, to be handed on as a link; shown this once. Null for an invitation by mail: it "
        "is in the mail alone."
    )
