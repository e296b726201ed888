"""Which day it is where the household is."""

from datetime import date

from sqlalchemy import select

from domain.households.models import Household
from domain.households.queries import household_of_viewer
from domain.zones import day_in
from runtime import clock
from runtime.reader import Reader
from runtime.unit import Unit


async def household_today(source: Reader | Unit) -> date:
    """The day of the household's zone: now, or at the unit's instant."""
    if isinstance(source, Reader):
        return day_in((await household_of_viewer(source)).timezone, clock.now())
    statement = select(Household.timezone).where(Household.id == source.viewer.household_id)
    return day_in((await source.session.scalars(statement)).one(), source.at)
