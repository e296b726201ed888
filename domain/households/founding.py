"""Making households, and changing what they are called."""

from uuid import UUID

from sqlalchemy import func, select

from domain import text
from domain.currencies import minor_digits
from domain.events import HouseholdUpdated
from domain.households.models import Household, HouseholdMember
from domain.mistakes import invalid_at, not_allowed, too_many
from domain.zones import check_zone
from runtime.ids import new_id
from runtime.unit import Unit
from runtime.viewer import OWNER

LONGEST_NAME = 100
MOST_HOUSEHOLDS = 20
"""That one person belongs to."""


async def create_household(unit: Unit, *, name: str, currency: str, timezone: str) -> UUID:
    """Another household of the unit's person, who owns it. INVALID, and TOO_MANY beyond 20."""
    name = text.line(name, "input", "name", most=LONGEST_NAME)
    with invalid_at("input", "currency"):
        minor_digits(currency)
    with invalid_at("input", "timezone"):
        check_zone(timezone)
    await check_may_have_more(unit)
    household_id = new_id()
    await unit.session.execute(
        select(func.found_household(household_id, unit.viewer.user_id, name, currency, timezone, unit.at))
    )
    return household_id


async def update_household(unit: Unit, *, name: str | None = None, timezone: str | None = None) -> UUID:
    """For its owners. Null leaves a value as it is."""
    require_owner(unit)
    household = (
        await unit.session.scalars(select(Household).where(Household.id == unit.household_id).with_for_update())
    ).one()
    if timezone is not None:
        with invalid_at("input", "timezone"):
            check_zone(timezone)
    given = {
        "name": None if name is None else text.line(name, "input", "name", most=LONGEST_NAME),
        "timezone": timezone,
    }
    changed = {
        column: {"before": getattr(household, column), "after": value}
        for column, value in given.items()
        if value is not None and value != getattr(household, column)
    }
    for column, change in changed.items():
        setattr(household, column, change["after"])
    if changed:
        unit.record(HouseholdUpdated(ids=[household.id], data=changed))
    return household.id


async def check_may_have_more(unit: Unit) -> None:
    mine = select(func.count()).select_from(HouseholdMember).where(HouseholdMember.user_id == unit.viewer.user_id)
    if (await unit.session.scalars(mine)).one() >= MOST_HOUSEHOLDS:
        raise too_many(f"A person belongs to at most {MOST_HOUSEHOLDS} households.", "input")


def require_owner(unit: Unit) -> None:
    """Before the row policies would say it: NOT_ALLOWED for everybody else."""
    if unit.viewer.role != OWNER:
        raise not_allowed("This is for the household's owners.", "input")
