"""Mails that are due: each is tried until it is gone, refused, or too old to be of use.

Whoever tries one puts its next turn off first, so that no two workers send it, and one that dies at it leaves it to the
next. A mail may come twice where a worker dies between the server's word and ours: both have the same Message-ID.
"""

import logging
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update

from domain.mail.mailer import Mailer, MailRefused, MailUndelivered
from domain.mail.models import OutgoingMail
from domain.mail.outbox import Mail
from domain.mistakes import Problem
from runtime import clock
from runtime.keys import KeyProblem, Keys
from runtime.system import SystemDatabase

LEASE_SECONDS = 90
MOST_ATTEMPTS = 8
FIRST_WAIT_SECONDS = 30
"""Before the second try; twice as long before each one after it: an hour in all."""
KEPT_DAYS = 7
MOST_AT_ONCE = 200

log = logging.getLogger("coffer.mail")


async def due_mails(system: SystemDatabase) -> Sequence[UUID]:
    """The oldest first."""
    async with system.system_session() as session:
        return (
            await session.scalars(
                select(OutgoingMail.id)
                .where(OutgoingMail.due_at <= clock.now())
                .order_by(OutgoingMail.due_at)
                .limit(MOST_AT_ONCE)
            )
        ).all()


async def send_mail(system: SystemDatabase, keys: Keys, mailer: Mailer, mail_id: UUID) -> None:
    """Try it now, unless it is somebody else's turn. Doing it twice sends it once."""
    at = clock.now()
    claim = (
        update(OutgoingMail)
        .where(OutgoingMail.id == mail_id, OutgoingMail.due_at <= at)
        .values(due_at=at + timedelta(seconds=LEASE_SECONDS), attempts=OutgoingMail.attempts + 1)
        .returning(OutgoingMail)
    )
    async with system.system_session() as session:
        row = (await session.scalars(claim)).one_or_none()
    if row is None:
        return
    try:
        await mailer.send(_opened(keys, row), message_id=row.id.hex)
    except (MailRefused, Problem, KeyProblem) as refusal:
        await _give_up(system, row, refusal)
    except MailUndelivered as trouble:
        if row.attempts >= MOST_ATTEMPTS:
            await _give_up(system, row, trouble)
        else:
            wait = timedelta(seconds=FIRST_WAIT_SECONDS * 2 ** (row.attempts - 1))
            await _set(system, row, due_at=clock.now() + wait, problem=str(trouble))
    else:
        await _set(system, row, due_at=None, sent_at=clock.now(), content=None, problem=None)


def _opened(keys: Keys, row: OutgoingMail) -> Mail:
    content = row.content or b""
    text = content.decode() if row.key_id is None else keys.decrypt(row.key_id, content, bound_to=row.id.bytes)
    return Mail(row.recipient, row.subject, text)


async def _give_up(system: SystemDatabase, row: OutgoingMail, reason: Exception) -> None:
    log.warning("a mail is given up after %d tries: %s", row.attempts, type(reason).__name__)
    await _set(system, row, due_at=None, content=None, problem=str(reason))


async def _set(system: SystemDatabase, row: OutgoingMail, **values: Any) -> None:
    async with system.system_session() as session:
        await session.execute(update(OutgoingMail).where(OutgoingMail.id == row.id).values(**values))


async def forget_old_mails(system: SystemDatabase) -> None:
    """To whom what was sent is nobody's business for long."""
    before = clock.now() - timedelta(days=KEPT_DAYS)
    async with system.system_session() as session:
        await session.execute(
            delete(OutgoingMail).where(OutgoingMail.due_at.is_(None), OutgoingMail.created_at < before)
        )
