"""Which sessions are alive, for whom they act, and what they may: asked in one statement for many."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from domain.households.withheld import LINKS_OF_ACCOUNTS, WITHHELD, withheld_in
from runtime import clock
from runtime.system import SystemDatabase
from runtime.viewer import Viewer


async def live_sessions(system: SystemDatabase, ids: Sequence[UUID]) -> dict[UUID, Viewer]:
    """Those of the given sessions that are neither ended nor expired, each with whom it acts for and what it may."""
    return {row["id"]: _viewer(row) for row in await system.system_rows(_LIVE, list(ids), clock.now())}


_LIVE = f"""
select sessions.id, user_id, household_id, role, scopes, sessions.account_ids, app_id, withheld.*, linked.*
from sessions join household_members using (household_id, user_id)
cross join lateral ({WITHHELD.format(household_id="sessions.household_id", user_id="sessions.user_id")}) as withheld
left join lateral (
    {LINKS_OF_ACCOUNTS.format(household_id="sessions.household_id", account_ids="sessions.account_ids")}
) as linked on sessions.account_ids is not null
where sessions.id = any ($1::uuid[]) and ended_at is null and expires_at > $2
"""


def _viewer(row: Any) -> Viewer:
    return Viewer(
        user_id=row["user_id"],
        household_id=row["household_id"],
        role=row["role"],
        session_id=row["id"],
        account_ids=None if row["account_ids"] is None else tuple(row["account_ids"]),
        scopes=None if row["scopes"] is None else frozenset(row["scopes"]),
        app_id=row["app_id"],
        link_ids=tuple(row["link_ids"] or ()),
        withheld=withheld_in(row),
    )
