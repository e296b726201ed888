"""What was mailed to somebody, read where it waits to be sent."""

import re

from sqlalchemy import delete, select

from domain.identity import addresses
from domain.mail.models import OutgoingMail
from integrations.world import World

_TOKEN = re.compile(r"cfm_[\w-]+")


async def answer_requests(world: World) -> None:
    """What a worker does, with all that was asked for: other tests leave more than it takes at once."""
    ground = addresses.Ground(world.keys, world.settings.identity)
    while due := await addresses.due_requests(world.system):
        for request_id in due:
            await addresses.answer_request(world.system, ground, request_id)


async def forget_waiting(world: World) -> None:
    """Mails that other tests left: nobody sends them, and the oldest would come first."""
    await answer_requests(world)
    async with world.system.system_session() as session:
        await session.execute(delete(OutgoingMail).where(OutgoingMail.due_at.is_not(None)))


async def mails_to(world: World, email: str) -> list[tuple[str, str]]:
    """Subject and text of each, in the order in which they were posted, once what was asked for is answered."""
    await answer_requests(world)
    async with world.system.system_session() as session:
        rows = (
            await session.scalars(
                select(OutgoingMail)
                .where(OutgoingMail.recipient == email)
                .order_by(OutgoingMail.created_at, OutgoingMail.id)
            )
        ).all()
    return [(row.subject, _text(world, row)) for row in rows]


async def token_to(world: World, email: str, about: str) -> str:
    """The secret in the newest mail with these words in its subject."""
    texts = [text for subject, text in await mails_to(world, email) if about in subject]
    (token,) = _TOKEN.findall(texts[-1])
    return str(token)


def _text(world: World, row: OutgoingMail) -> str:
    content = row.content or b""
    if row.key_id is None:
        return content.decode()
    return world.keys.decrypt(row.key_id, content, bound_to=row.id.bytes)
