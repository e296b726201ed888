"""With whose eyes an endpoint sees the journal."""

from uuid import UUID

from domain.households.acting import members_as_viewers
from domain.identity.live_sessions import live_sessions
from domain.webhook_endpoints.models import WebhookEndpoint
from runtime.scopes import readable
from runtime.system import SystemDatabase
from runtime.viewer import Viewer

SCOPE = "webhook_endpoints:write"
"""What a third party needs, to make endpoints and for as long as they are to be told anything."""


async def beholder_of(system: SystemDatabase, endpoint: WebhookEndpoint) -> Viewer | None:
    """Asked of PostgreSQL each time, so that what was revoked or narrowed is so from the next try on. None where there
    is nobody any more: the grant or token has ended, the person has ended all sessions, or left the household."""
    if endpoint.session_id is not None:
        found = (await live_sessions(system, [endpoint.session_id])).get(endpoint.session_id)
        is_theirs = found is not None and readable(SCOPE, found.scopes) and _is_home(found, endpoint.household_id)
        return found if is_theirs else None
    if await system.system_rows(_ENDED_ALL, endpoint.user_id, endpoint.allowed_at):
        return None
    members = await members_as_viewers(system, endpoint.household_id)
    return next((member for member in members if member.user_id == endpoint.user_id), None)


_ENDED_ALL = "select id from users where id = $1 and sessions_ended_at >= $2"


def _is_home(viewer: Viewer, household_id: UUID) -> bool:
    """A session moves where its person moves it; an endpoint stays."""
    return viewer.household_id == household_id
