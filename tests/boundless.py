"""Limits that nobody meets, for tests of what happens beyond the ones that clients meet."""

from dataclasses import fields

from api.limits.limits import Limits, settings_of
from api.transport.bounds import Bounds

BOUNDLESS = Bounds(
    **{
        one.name: 10**300
        for one in fields(Bounds)
        if "words" in one.metadata and not one.name.endswith("seconds") and one.name not in ("tokens", "errors")
    },
    tokens=15_000,
)

UNHURRIED = Limits(**{one.name: 10**9 for one in settings_of() if one.name.endswith("_per_minute")})
"""The limits of one request as they are, and no rates: tests ask more in a minute than any person."""
