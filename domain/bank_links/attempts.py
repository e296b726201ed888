"""The intent to link, and its outcome: two units with the provider between them (docs/architecture.md, idempotency)."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import delete, select

from domain.bank_links.models import LinkAttempt
from domain.identity.idempotency import claim_key
from domain.identity.models import IdempotencyKey
from runtime.ids import new_id
from runtime.unit import Unit

MUTATION = "linkBank"
OPEN, DONE, ENDED = "OPEN", "DONE", "ENDED"


@dataclass(frozen=True)
class ClientKey:
    """What the client calls its wish, and the hash of what it wished."""

    key: str
    input_hash: bytes


@dataclass(frozen=True)
class Begun:
    """`attempt_id` is null where somebody wished the same before: `bank_link_id` came of it, or nothing yet."""

    attempt_id: UUID | None = None
    bank_link_id: UUID | None = None


async def begin_attempt(unit: Unit, key: ClientKey | None) -> Begun:
    """Write down that a link is about to be made. CONFLICT where the key was used with another input."""
    if key is not None:
        first = await claim_key(unit, MUTATION, key.key, key.input_hash)
        if first is not None:
            return Begun(bank_link_id=first.object_id)
    attempt = LinkAttempt(
        household_id=unit.household_id,
        id=new_id(),
        user_id=unit.viewer.user_id,
        state=OPEN,
        idempotency_key=None if key is None else key.key,
        started_at=unit.at,
    )
    unit.session.add(attempt)
    return Begun(attempt_id=attempt.id)


async def open_attempt(unit: Unit, attempt_id: UUID) -> LinkAttempt | None:
    """The attempt, locked; None where it was ended meanwhile."""
    return (
        await unit.session.scalars(
            select(LinkAttempt)
            .where(
                LinkAttempt.household_id == unit.household_id,
                LinkAttempt.id == attempt_id,
                LinkAttempt.state == OPEN,
            )
            .with_for_update()
        )
    ).one_or_none()


async def end_attempt(unit: Unit, attempt_id: UUID) -> None:
    """No link comes of it. The client's key is free again: refusals are not stored."""
    attempt = await open_attempt(unit, attempt_id)
    if attempt is None:
        return
    attempt.state = ENDED
    if attempt.idempotency_key is not None:
        await unit.session.execute(
            delete(IdempotencyKey).where(
                IdempotencyKey.household_id == unit.household_id,
                IdempotencyKey.user_id == attempt.user_id,
                IdempotencyKey.mutation == MUTATION,
                IdempotencyKey.key == attempt.idempotency_key,
                IdempotencyKey.object_id.is_(None),
            )
        )
