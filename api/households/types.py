"""Households and who belongs to them."""

from enum import Enum

import strawberry

from api.fields import column, edge, rows_of
from api.identity.types import User
from api.node import Node, node_type
from api.scalars import CurrencyCode
from api.scopes import requires
from domain.households import models
from domain.households.queries import households_by_ids, members_by_household
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
