"""Inviting people, by mail or with a link: good once, until it expires, while whoever invited still owns the household.

Only the hash of what a link holds is kept. One that was sent by mail is for the address that it was sent to.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, select

from domain.events import InvitationWithdrawn, MemberInvited, MemberJoined
from domain.households.founding import check_may_have_more, require_owner
from domain.households.models import Household, Invitation
from domain.mail.address import checked_address, email_key
from domain.mail.outbox import Mail, post_mail
from domain.mistakes import UserMistake, conflict, not_allowed, not_found, too_many
from runtime import clock
from runtime.ids import new_id
from runtime.keys import Keys
from runtime.system import SystemDatabase
from runtime.unit import Unit
from runtime.viewer import Viewer

PREFIX = "cfi_"
GOOD_FOR = timedelta(days=7)
MOST_OPEN = 50
"""Invitations of a household that wait to be accepted."""
MOST_MEMBERS = 50

_OPEN = (Invitation.accepted_at.is_(None), Invitation.withdrawn_at.is_(None))


@dataclass(frozen=True)
class Invited:
    """`token` is nowhere else in this form; None where it went by mail."""

    id: UUID
    token: str | None


async def invite_member(unit: Unit, keys: Keys, *, role: str, email: str | None, url: str) -> Invited:
    """For owners alone. With an address, a mail is posted to it; `url` is that of the operator's client, or "".

    INVALID for an address that is none, TOO_MANY where 50 are waiting.
    """
    require_owner(unit)
    email = None if email is None else checked_address(email, "input", "email")
    # One after the other, so that they are counted.
    household = (
        await unit.session.scalars(select(Household).where(Household.id == unit.household_id).with_for_update())
    ).one()
    waiting = select(func.count()).where(
        Invitation.household_id == unit.household_id, *_OPEN, Invitation.expires_at > unit.at
    )
    if (await unit.session.scalars(waiting)).one() >= MOST_OPEN:
        raise too_many(f"{MOST_OPEN} invitations are waiting: withdraw some.", "input")
    token = f"{PREFIX}{secrets.token_urlsafe(32)}"
    invitation = Invitation(
        household_id=unit.household_id,
        id=new_id(),
        token_hash=_hash(token),
        role=role,
        email=email,
        email_key=None if email is None else email_key(email),
        invited_by=unit.viewer.user_id,
        created_at=unit.at,
        expires_at=unit.at + GOOD_FOR,
    )
    unit.session.add(invitation)
    await unit.session.flush()
    unit.record(MemberInvited(ids=[unit.household_id], data={"invitation": invitation.id, "role": role}))
    if email is None:
        return Invited(invitation.id, token)
    await post_mail(unit.session, _letter(email, household.name, token, url), keys=keys)
    return Invited(invitation.id, None)


async def withdraw_invitation(unit: Unit, invitation_id: UUID) -> UUID:
    """For owners alone. Withdrawing it again changes nothing; NOT_ALLOWED for one that was accepted."""
    require_owner(unit)
    invitation = (
        await unit.session.scalars(
            select(Invitation)
            .where(Invitation.household_id == unit.household_id, Invitation.id == invitation_id)
            .with_for_update()
        )
    ).one_or_none()
    if invitation is None:
        raise not_found("There is no such invitation.", "input", "invitationId")
    if invitation.accepted_at is not None:
        raise not_allowed("It was accepted: remove the member instead.", "input", "invitationId")
    if invitation.withdrawn_at is None:
        invitation.withdrawn_at = unit.at
        unit.record(InvitationWithdrawn(ids=[unit.household_id], data={"invitation": invitation.id}))
    return invitation.id


async def viewer_to_be(system: SystemDatabase, viewer: Viewer, token: str) -> Viewer:
    """The person in the household that the token is of, with the role that it gives, to accept it as. NOT_FOUND."""
    open_one = select(Invitation.household_id, Invitation.role).where(
        Invitation.token_hash == _hash(token), *_OPEN, Invitation.expires_at > clock.now()
    )
    async with system.system_session() as session:
        found = (await session.execute(open_one)).first()
    if found is None:
        raise _is_none()
    return Viewer(viewer.user_id, found.household_id, found.role)


async def accept_invitation(unit: Unit, token: str) -> UUID:
    """The household that the unit's person belongs to now; the unit is one of `viewer_to_be`.

    NOT_FOUND for a token that is none, or good no more; NOT_ALLOWED where it was sent to somebody else's address;
    CONFLICT for a member; TOO_MANY.
    """
    await check_may_have_more(unit)
    answer = await unit.session.scalar(select(func.accept_invitation(_hash(token), MOST_MEMBERS, unit.at)))
    if answer != "DONE":
        raise _why_not(answer)
    unit.record(
        MemberJoined(ids=[unit.household_id], data={"person": str(unit.viewer.user_id), "role": unit.viewer.role})
    )
    return unit.household_id


def _why_not(answer: str | None) -> UserMistake:
    match answer:
        case "OTHER_ADDRESS":
            return not_allowed("This invitation was sent to another e-mail address.", "input", "token")
        case "MEMBER":
            return conflict("You belong to this household already.", "input", "token")
        case "FULL":
            return too_many(f"A household has at most {MOST_MEMBERS} members.", "input", "token")
        case _:
            return _is_none()


def _is_none() -> UserMistake:
    return not_found("This invitation is not good, or not any more: ask for another one.", "input", "token")


def _letter(to: str, household: str, token: str, url: str) -> Mail:
    way = f"{url}/accept-invitation#token={token}" if url else f"Give your application this code: {token}"
    return Mail(
        to,
        "Coffer: you are invited to a household",
        f'Somebody invites you to share the household "{household}" at Coffer. To accept, sign in or register with '
        f"this address, and then:\n\n{way}\n\nThis holds for {GOOD_FOR.days} days, and once. If you do not know what "
        "this is about, there is nothing to do.\n",
    )


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
