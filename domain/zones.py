"""Time zones: which day an instant lies on."""

from datetime import date, datetime
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from domain.periods import PeriodProblem


@cache
def _zones() -> frozenset[str]:
    # `localtime` is whatever the machine is set to, `Factory` means that nobody has set it.
    return frozenset(available_timezones() - {"localtime", "Factory"})


def is_zone(name: str) -> bool:
    """Whether this is the name of a zone in the IANA database, exactly as it is spelled there."""
    return name in _zones()


def check_zone(name: str) -> str:
    """The name itself. Raises `PeriodProblem` where there is no such zone."""
    if not is_zone(name):
        raise PeriodProblem('A time zone has a name of the IANA database, such as "Europe/Paris".')
    return name


def day_in(zone: str, instant: datetime) -> date:
    """The day that it is in the zone at an instant. Raises `PeriodProblem` for an unknown zone or a naive instant."""
    if instant.tzinfo is None:
        raise PeriodProblem("An instant has an offset.")
    return instant.astimezone(ZoneInfo(check_zone(zone))).date()
