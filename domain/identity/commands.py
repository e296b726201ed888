"""What a person changes about themselves."""

from sqlalchemy import select

from domain import text
from domain.events import ProfileUpdated
from domain.identity.models import User
from domain.mistakes import invalid, invalid_at
from domain.zones import check_zone
from runtime.unit import Unit

_LONGEST_LOCALE = 35
_LAST_FIRST_DAY = 28


async def update_profile(
    unit: Unit,
    *,
    display_name: str | None = None,
    timezone: str | None = None,
    locale: str | None = None,
    week_starts_on: int | None = None,
    month_starts_on: int | None = None,
) -> User:
    """Null leaves a value as it is. INVALID for an empty name, an unknown zone, a locale that is none (BCP 47), or a
    month that begins on a day that not every month has. Weeks start on 1 to 7 (ISO 8601)."""
    user = (await unit.session.scalars(select(User).where(User.id == unit.viewer.user_id).with_for_update())).one()
    given = {
        "display_name": display_name,
        "timezone": timezone,
        "locale": locale,
        "week_starts_on": week_starts_on,
        "month_starts_on": month_starts_on,
    }
    before = {name: getattr(user, name) for name, value in given.items() if value is not None}
    if display_name is not None:
        user.display_name = text.line(display_name, "input", "displayName", most=100)
    if timezone is not None:
        with invalid_at("input", "timezone"):
            user.timezone = check_zone(timezone)
    if locale is not None:
        user.locale = _checked_locale(locale)
    if week_starts_on is not None:
        user.week_starts_on = week_starts_on
    if month_starts_on is not None:
        if not 1 <= month_starts_on <= _LAST_FIRST_DAY:
            raise invalid("A month starts on one of the days 1 to 28.", "input", "monthStartsOn")
        user.month_starts_on = month_starts_on
    changed = {
        name: {"before": old, "after": getattr(user, name)}
        for name, old in before.items()
        if old != getattr(user, name)
    }
    if changed:
        unit.record(ProfileUpdated(ids=[user.id], data=changed))
    return user


def _checked_locale(locale: str) -> str:
    parts = locale.split("-")
    if len(locale) > _LONGEST_LOCALE or not (parts[0].isascii() and parts[0].isalpha() and 2 <= len(parts[0]) <= 8):
        raise invalid('This is not a language tag, such as "en" or "de-AT".', "input", "locale")
    if not all(part.isascii() and part.isalnum() and 1 <= len(part) <= 8 for part in parts):
        raise invalid('This is not a language tag, such as "en" or "de-AT".', "input", "locale")
    return locale
