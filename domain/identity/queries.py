"""People, sessions and security events that the viewer may see."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func

from domain.identity.models import PERSON as BY_PERSON
from domain.identity.models import SecurityEvent, Session, User
from domain.pages import Keyset, Page, PageRequest, PagesByKey, Within
from domain.rows import OneByKey
from runtime.reader import Reader

users_by_ids = OneByKey[User](User, User.id)

_ALIVE = (Session.kind == BY_PERSON, Session.ended_at.is_(None), Session.expires_at > func.now())
_EVERY = Within()

sessions_by_ids = OneByKey[Session](Session, Session.id, *_ALIVE)
_sessions = PagesByKey(Session, Session.user_id, Keyset((Session.created_at, Session.id)), *_ALIVE)

security_events_by_ids = OneByKey[SecurityEvent](SecurityEvent, SecurityEvent.id)
_security_events = PagesByKey(SecurityEvent, SecurityEvent.user_id, Keyset((SecurityEvent.at, SecurityEvent.id)))


async def sessions_by_user(reader: Reader, user_ids: Sequence[UUID], request: PageRequest) -> dict[UUID, Page[Session]]:
    """Those that are alive, in whatever household, the newest first. Raises `CursorProblem`."""
    return await _sessions(reader, user_ids, request, _EVERY)


async def security_events_by_user(
    reader: Reader, user_ids: Sequence[UUID], request: PageRequest
) -> dict[UUID, Page[SecurityEvent]]:
    """The newest first. Raises `CursorProblem`."""
    return await _security_events(reader, user_ids, request, _EVERY)


async def which_is_current(reader: Reader, session_ids: Sequence[UUID]) -> dict[UUID, bool]:
    return {id: id == reader.viewer.session_id for id in session_ids}
