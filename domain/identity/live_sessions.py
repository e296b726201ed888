"""Which sessions are alive, for whom they act, and what they may: asked in one statement for many.

A second one asks what is withheld from those of them from whom something may be: most are spared it.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from domain.households.withheld import LINKS_OF_ACCOUNTS, WITHHELD, withheld_in
from runtime import clock
from runtime.system import SystemDatabase
from runtime.viewer import Viewer


async def live_sessions(system: SystemDatabase, ids: Sequence[UUID]) -> dict[UUID, Viewer]:
    """Those of the given sessions that are neither ended nor expired, each with whom it acts for and what it may."""
    rows = await system.system_rows(_LIVE, list(ids), clock.now())
    narrowed = {row["id"] for row in rows if row["is_withheld"] or row["account_ids"] is not None}
    narrowing = {row["id"]: row for row in await system.system_rows(_NARROWED, list(narrowed))} if narrowed else {}
    # One that was erased in between is not let pass as if nothing were withheld.
    gone = narrowed - narrowing.keys()
    return {row["id"]: _viewer(row, narrowing.get(row["id"])) for row in rows if row["id"] not in gone}


_LIVE = """
select sessions.id, user_id, household_id, role, scopes, account_ids, app_id, exists (
    select from account_shares where account_shares.household_id = sessions.household_id and sharing <> 'FULL'
) as is_withheld
from sessions join household_members using (household_id, user_id)
where sessions.id = any ($1::uuid[]) and ended_at is null and expires_at > $2
"""

_NARROWED = f"""
select sessions.id, withheld.*, linked.*
from sessions
cross join lateral ({WITHHELD.format(household_id="sessions.household_id", user_id="sessions.user_id")}) as withheld
cross join lateral (
    {LINKS_OF_ACCOUNTS.format(household_id="sessions.household_id", account_ids="sessions.account_ids")}
) as linked
where sessions.id = any ($1::uuid[])
"""


def _viewer(row: Any, narrowing: Any | None) -> Viewer:
    return Viewer(
        user_id=row["user_id"],
        household_id=row["household_id"],
        role=row["role"],
        session_id=row["id"],
        account_ids=None if row["account_ids"] is None else tuple(row["account_ids"]),
        scopes=None if row["scopes"] is None else frozenset(row["scopes"]),
        app_id=row["app_id"],
        link_ids=() if narrowing is None else tuple(narrowing["link_ids"] or ()),
        withheld=None if narrowing is None else withheld_in(narrowing),
    )
