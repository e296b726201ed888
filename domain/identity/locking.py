"""The person's lock: whoever lets somebody act for a person, or ends that, does so alone.

So a session that is over makes nothing that outlives it. Who makes sessions, tokens, codes or ways in locks the person
first and then looks whether their own session is still open; who ends sessions locks the person first and finds what
was made. A process believes a session for two seconds (api/sessions.py): here nobody is believed.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from domain.identity.models import Session, User
from domain.mistakes import UserMistake, not_allowed
from runtime import clock


async def lock_person(session: AsyncSession, user_id: UUID) -> str:
    """Until the transaction ends. The person's address.

    A lock that does not stop rows which refer to the person: whoever checks a code adds some, with the code's row
    locked.
    """
    locked = select(User.email).where(User.id == user_id).with_for_update(key_share=True)
    return (await session.scalars(locked)).one()


async def lock_acting(session: AsyncSession, user_id: UUID, session_id: UUID | None, *path: str) -> str:
    """As `lock_person`, for whoever acts in that session of the person. NOT_ALLOWED where it is over."""
    email = await lock_person(session, user_id)
    is_open = Session.id == session_id, Session.ended_at.is_(None), Session.expires_at > clock.now()
    if await session.scalar(select(Session.id).where(*is_open)) is None:
        raise _over(*path)
    return email


async def lock_admitted(session: AsyncSession, user_id: UUID, since: datetime, *path: str) -> None:
    """As `lock_person`, for what began at `since`, such as showing a password. NOT_ALLOWED where the person's sessions
    were ended after that."""
    await lock_person(session, user_id)
    if await was_cleared(session, user_id, since):
        raise _over(*path)


async def was_cleared(session: AsyncSession, user_id: UUID, since: datetime) -> bool:
    """Whether the person's sessions were ended together after that. Ask with the person locked."""
    return await session.scalar(select(User.id).where(User.id == user_id, User.sessions_ended_at >= since)) is not None


async def clear(session: AsyncSession, user_id: UUID, at: datetime) -> None:
    """With the person locked: what began before is good for nothing."""
    await session.execute(update(User).where(User.id == user_id).values(sessions_ended_at=at))


def _over(*path: str) -> UserMistake:
    return not_allowed("This session is over: sign in again.", *path)
