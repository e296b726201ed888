"""People that the viewer may see."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from domain.identity.models import User
from runtime.reader import Reader


async def users_by_ids(reader: Reader, ids: Sequence[UUID]) -> dict[UUID, User]:
    return {user.id: user for user in await reader.all(select(User).where(User.id.in_(ids)))}
