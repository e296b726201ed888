"""Deleting one's account: asked for with proof, done a week later, until then taken back at any time."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import exists, select, text
from sqlalchemy.orm import aliased

from domain.households.models import HouseholdMember
from domain.identity.models import User
from domain.identity.proof import require_proof
from domain.identity.security import SecurityEventKind, note
from domain.mail.address import email_key
from domain.mistakes import conflict, invalid
from runtime.reader import Reader
from runtime.statements import Statement
from runtime.system import SystemDatabase
from runtime.unit import Unit
from runtime.viewer import OWNER

GRACE = timedelta(days=7)

_DUE = Statement(text("select deletion_due_at from users where id = :viewer_user_id"))


async def deletion_due_by_user(reader: Reader, user_ids: Sequence[UUID]) -> dict[UUID, datetime | None]:
    """The viewer's own."""
    (row,) = await reader.fetch(_DUE)
    return {id: row.deletion_due_at for id in user_ids if id == reader.viewer.user_id}


async def check_leaves_no_household_without_owner(system: SystemDatabase, user_id: UUID) -> None:
    """CONFLICT for the only owner of a household with others in it."""
    mine, others = aliased(HouseholdMember), aliased(HouseholdMember)
    is_another = (others.household_id == mine.household_id, others.user_id != user_id)
    alone = select(mine.household_id).where(
        mine.user_id == user_id,
        mine.role == OWNER,
        exists().where(*is_another),
        ~exists().where(*is_another, others.role == OWNER),
    )
    async with system.system_session() as session:
        if (await session.scalars(alone.limit(1))).first() is not None:
            raise conflict("You are the only owner of a household with others: make one of them its owner.", "input")


async def request_account_deletion(unit: Unit, email: str, *, network: str) -> UUID:
    """PROOF_NEEDED; INVALID where the address is not the person's. Asking twice changes nothing. The person's id."""
    await require_proof(unit, "input")
    user = await _oneself(unit, email)
    if user.deletion_due_at is None:
        user.deletion_due_at = unit.at + GRACE
        await note(unit.session, user.id, SecurityEventKind.DELETION_ASKED, network=network)
    return user.id


async def cancel_account_deletion(unit: Unit, email: str, *, network: str) -> UUID:
    """The account stays. INVALID where the address is not the person's. The person's id."""
    user = await _oneself(unit, email)
    if user.deletion_due_at is not None:
        user.deletion_due_at = None
        await note(unit.session, user.id, SecurityEventKind.DELETION_CANCELLED, network=network)
    return user.id


async def _oneself(unit: Unit, email: str) -> User:
    user = (await unit.session.scalars(select(User).where(User.id == unit.viewer.user_id).with_for_update())).one()
    if user.email_key != email_key(email):
        raise invalid("This is not your address.", "input", "email")
    return user
