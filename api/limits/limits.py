"""Everything that is limited, with its default: docs/limits.md is the table of it, one setting for each.

`COFFER_LIMIT_` and the name in capitals, such as COFFER_LIMIT_DEPTH. Sizes and times of one request are the
transports' (api/transport/bounds.py); what may be spent in a minute is here.
"""

import math
from collections.abc import Mapping
from dataclasses import Field, dataclass, fields
from typing import Any

from api.transport.bounds import Bounds, bound
from runtime.settings import SettingProblem

PREFIX = "COFFER_LIMIT_"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits(Bounds):
    """Each of these may be spent at once, and comes back evenly within a minute."""

    objects_per_minute: int = bound(600_000, "objects that a person may read; a third party has as much for them again")
    mutations_per_minute: int = bound(300, "mutations of a person; a third party has as many for them again")
    syncs_per_minute: int = bound(60, "`syncBankLink` and `linkBank` of a person; a third party has as many again")
    parties_objects_per_minute: int = bound(1_200_000, "objects that all third parties of a person may read together")
    parties_mutations_per_minute: int = bound(600, "mutations of all third parties of a person together")
    parties_syncs_per_minute: int = bound(
        120, "`syncBankLink` and `linkBank` of all third parties of a person together"
    )
    app_objects_per_minute: int = bound(3_000_000, "objects that an app may read for all of its people together")
    app_mutations_per_minute: int = bound(3_000, "mutations of an app for all of its people together")
    network_objects_per_minute: int = bound(100_000, "objects that a network may read where nobody is signed in")
    network_mutations_per_minute: int = bound(
        600, "mutations without credentials from one network: `register`, `signIn`, `refreshSession` and the like"
    )
    network_requests_per_minute: int = bound(
        1_200, "requests from one network to `/oauth/…` and `/uploads/…`, and those to `/webhooks/…` that are refused"
    )
    operations: int = bound(
        50, "operations of one person, of a third party for them, or of a network that run at once, in each process"
    )
    parties_operations: int = bound(
        100, "operations of all third parties of a person that run at the same time, in each process"
    )


def settings_of() -> list["Field[Any]"]:
    """The fields that an operator can set."""
    return [one for one in fields(Limits) if "words" in one.metadata]


def limits_from(environment: Mapping[str, str]) -> Limits:
    """Raises SettingProblem for a value that is no positive number, and for a limit that does not exist."""
    known = {PREFIX + one.name.upper(): one for one in settings_of()}
    given: dict[str, Any] = {}
    for name, text in environment.items():
        if not name.startswith(PREFIX):
            continue
        if name not in known:
            raise SettingProblem(f"{name} is not a limit: see docs/limits.md")
        field = known[name]
        try:
            value = float(text) if field.type in (float, "float") else int(text)
        except ValueError:
            value = 0
        if not (value > 0 and math.isfinite(value)):
            raise SettingProblem(f"{name} must be a positive number: see docs/limits.md")
        given[field.name] = value
    return Limits(**given)
