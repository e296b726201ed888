"""The signed-in person's savings groups."""

import strawberry

from api.fields import edge
from api.savings_groups.types import SavingsGroup
from domain.savings_groups.queries import groups_by_household


@strawberry.type
class SavingsGroupsOfViewer:
    savings_groups: list[SavingsGroup] = edge(
        groups_by_household,
        "household_id",
        description="The groups that the person belongs to with this household, as they were made.",
        scope="groups:read",
    )
