"""Mails that wait, are tried, and are gone."""

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from domain.mail.mailer import MailRefused, MailUndelivered
from domain.mail.models import OutgoingMail
from domain.mail.outbox import Mail, post_mail
from domain.mail.sending import LEASE_SECONDS, MOST_ATTEMPTS, due_mails, forget_old_mails, send_mail
from integrations.world import World
from runtime import clock
from runtime.ids import new_id
from runtime.unit import Unit, in_unit
from runtime.viewer import OWNER, Viewer
from tests.api.conftest import app, settings, world
from tests.api.identity.mailbox import forget_waiting

__all__ = ["app", "settings", "world"]


@dataclass
class Postman:
    """Does with each mail what the test says."""

    trouble: Exception | None = None
    sent: list[tuple[Mail, str]] = field(default_factory=list)

    async def send(self, mail: Mail, *, message_id: str) -> None:
        await asyncio.sleep(0)
        if self.trouble is not None:
            raise self.trouble
        self.sent.append((mail, message_id))


@pytest.fixture
async def mail(world: World) -> Mail:
    await forget_waiting(world)
    return Mail(f"{new_id()}@example.com", "A subject", "A text with a secret\n")


async def post(world: World, mail: Mail, *, sealed: bool = False) -> OutgoingMail:
    async with world.system.system_session() as session:
        await post_mail(session, mail, keys=world.keys if sealed else None)
    return await row_of(world, mail)


async def row_of(world: World, mail: Mail) -> OutgoingMail:
    async with world.system.system_session() as session:
        return (await session.scalars(select(OutgoingMail).where(OutgoingMail.recipient == mail.to))).one()


async def make_due(world: World, row: OutgoingMail) -> None:
    async with world.system.system_session() as session:
        await session.execute(update(OutgoingMail).where(OutgoingMail.id == row.id).values(due_at=clock.now()))


@pytest.mark.parametrize("sealed", [False, True])
async def test_a_mail_is_sent_once_and_its_text_forgotten(world: World, mail: Mail, sealed: bool) -> None:
    postman = Postman()
    row = await post(world, mail, sealed=sealed)
    assert row.id in await due_mails(world.system)

    for _ in range(2):
        await send_mail(world.system, world.keys, postman, row.id)

    assert postman.sent == [(mail, row.id.hex)]
    after = await row_of(world, mail)
    assert (after.content, after.due_at, after.sent_at is not None) == (None, None, True)


async def test_a_sealed_text_is_not_in_the_database(world: World, mail: Mail) -> None:
    row = await post(world, mail, sealed=True)

    assert b"secret" not in (row.content or b"")


async def test_of_many_workers_one_sends_it(world: World, mail: Mail) -> None:
    postman = Postman()
    row = await post(world, mail)

    await asyncio.gather(*[send_mail(world.system, world.keys, postman, row.id) for _ in range(8)])

    assert len(postman.sent) == 1


async def test_one_that_does_not_get_away_is_tried_again_later(world: World, mail: Mail) -> None:
    postman = Postman(MailUndelivered("away"))
    row = await post(world, mail)

    await send_mail(world.system, world.keys, postman, row.id)

    after = await row_of(world, mail)
    assert (after.attempts, after.problem, after.content) == (1, "away", row.content)
    assert after.due_at is not None
    assert after.due_at > clock.now()


async def test_one_that_never_gets_away_is_given_up(world: World, mail: Mail) -> None:
    postman = Postman(MailUndelivered("away"))
    row = await post(world, mail)

    for _ in range(MOST_ATTEMPTS):
        await make_due(world, row)
        await send_mail(world.system, world.keys, postman, row.id)

    after = await row_of(world, mail)
    assert (after.due_at, after.content, after.sent_at) == (None, None, None)


async def test_one_that_is_refused_is_not_tried_again(world: World, mail: Mail) -> None:
    row = await post(world, mail)

    await send_mail(world.system, world.keys, Postman(MailRefused("no")), row.id)

    after = await row_of(world, mail)
    assert (after.due_at, after.content, after.problem) == (None, None, "no")


async def test_a_worker_that_dies_leaves_it_to_the_next(world: World, mail: Mail) -> None:
    row = await post(world, mail)

    with pytest.raises(RuntimeError):
        await send_mail(world.system, world.keys, Postman(RuntimeError("killed")), row.id)

    after = await row_of(world, mail)
    assert after.content == row.content
    assert after.due_at is not None
    assert after.due_at <= clock.now() + timedelta(seconds=LEASE_SECONDS)


async def test_a_unit_posts_with_its_commit_and_not_without(world: World, mail: Mail) -> None:
    viewer = Viewer(new_id(), new_id(), OWNER)

    async def fail(unit: Unit) -> None:
        await post_mail(unit.session, mail)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        await in_unit(world.database, viewer, fail)
    async with world.system.system_session() as session:
        found = await session.scalar(select(OutgoingMail.id).where(OutgoingMail.recipient == mail.to))
    await in_unit(world.database, viewer, lambda unit: post_mail(unit.session, mail))

    assert found is None
    assert (await row_of(world, mail)).user_id == viewer.user_id


async def test_to_whom_something_was_sent_is_forgotten(world: World, mail: Mail) -> None:
    row = await post(world, mail)
    await send_mail(world.system, world.keys, Postman(), row.id)
    async with world.system.system_session() as session:
        old = clock.now() - timedelta(days=8)
        await session.execute(update(OutgoingMail).where(OutgoingMail.id == row.id).values(created_at=old))

    await forget_old_mails(world.system)

    async with world.system.system_session() as session:
        assert await session.scalar(select(OutgoingMail.id).where(OutgoingMail.id == row.id)) is None
