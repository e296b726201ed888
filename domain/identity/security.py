"""What happened to a person's account that they should know of: kept for them to read, the gravest told by mail."""

from datetime import timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.identity.models import SecurityEvent, User
from domain.mail.address import is_address
from domain.mail.outbox import Mail, post_mail
from runtime import clock
from runtime.ids import new_id
from runtime.system import SystemDatabase

KEPT_DAYS = 400
LONGEST_DETAIL = 200


class SecurityEventKind(StrEnum):
    """In the past tense. Each has its words in api/identity/security_events.py."""

    SIGNED_IN = "SIGNED_IN"
    NEW_DEVICE = "NEW_DEVICE"
    SESSION_ENDED = "SESSION_ENDED"
    OTHER_SESSIONS_ENDED = "OTHER_SESSIONS_ENDED"
    REFRESH_TOKEN_REUSED = "REFRESH_TOKEN_REUSED"  # noqa: S105 (a name, not a secret)
    EMAIL_VERIFIED = "EMAIL_VERIFIED"
    EMAIL_CHANGE_ASKED = "EMAIL_CHANGE_ASKED"
    EMAIL_CHANGED = "EMAIL_CHANGED"
    PASSWORD_CHANGED = "PASSWORD_CHANGED"  # noqa: S105 (likewise)
    PASSWORD_RESET = "PASSWORD_RESET"  # noqa: S105 (likewise)
    FACTOR_ADDED = "FACTOR_ADDED"
    FACTOR_REMOVED = "FACTOR_REMOVED"
    FACTOR_REFUSED = "FACTOR_REFUSED"
    BACKUP_CODES_MADE = "BACKUP_CODES_MADE"
    BACKUP_CODE_USED = "BACKUP_CODE_USED"
    SIGN_IN_JOINED = "SIGN_IN_JOINED"
    SIGN_IN_PARTED = "SIGN_IN_PARTED"
    TOKEN_MADE = "TOKEN_MADE"  # noqa: S105 (likewise)
    TOKEN_ENDED = "TOKEN_ENDED"  # noqa: S105 (likewise)
    APP_ALLOWED = "APP_ALLOWED"
    APP_ENDED = "APP_ENDED"
    OWNERSHIP_MOVED = "OWNERSHIP_MOVED"
    WEBHOOK_MADE = "WEBHOOK_MADE"
    WEBHOOK_DISABLED = "WEBHOOK_DISABLED"
    DELETION_ASKED = "DELETION_ASKED"
    DELETION_CANCELLED = "DELETION_CANCELLED"


_TOLD = {
    SecurityEventKind.NEW_DEVICE: "Somebody signed in from a device that was not seen before",
    SecurityEventKind.REFRESH_TOKEN_REUSED: "A session was ended because its secret was used twice",
    SecurityEventKind.EMAIL_CHANGE_ASKED: "Somebody asked to sign in with another e-mail address",
    SecurityEventKind.EMAIL_CHANGED: "The e-mail address was changed",
    SecurityEventKind.PASSWORD_CHANGED: "The password was changed, and all other sessions were ended",
    SecurityEventKind.PASSWORD_RESET: "The password was reset by mail, and all sessions were ended",
    SecurityEventKind.FACTOR_ADDED: "A second factor was added",
    SecurityEventKind.FACTOR_REMOVED: "A second factor was removed",
    SecurityEventKind.FACTOR_REFUSED: "Somebody failed several times to show your second factor",
    SecurityEventKind.BACKUP_CODES_MADE: "New backup codes were made",
    SecurityEventKind.BACKUP_CODE_USED: "A backup code was used to sign in",
    SecurityEventKind.SIGN_IN_JOINED: "Another way to sign in was added",
    SecurityEventKind.SIGN_IN_PARTED: "A way to sign in was removed",
    SecurityEventKind.TOKEN_MADE: "A personal access token was made",
    SecurityEventKind.APP_ALLOWED: "An application was allowed to act for you",
    SecurityEventKind.WEBHOOK_MADE: "A webhook endpoint was made or moved",
    SecurityEventKind.WEBHOOK_DISABLED: "A webhook endpoint was disabled",
    SecurityEventKind.OWNERSHIP_MOVED: "The ownership of a household was moved",
    SecurityEventKind.DELETION_ASKED: "Somebody asked to delete the account",
}
"""Those that are told by mail, and how."""
MOST_TOLD = {SecurityEventKind.WEBHOOK_MADE: 10}
"""How many of these are told in a day: a third party could have the person flooded with them."""


async def note(session: AsyncSession, user_id: UUID, kind: str, *, network: str = "", detail: str = "") -> None:
    """Keep it for the person, in the caller's transaction; post the mail for those kinds that need one.

    `session` is a unit's of that person, or one as `system`. `network` is as coarse as `network.coarse` makes it,
    `detail` a few words such as the device. Raises ValueError for a kind that is none.
    """
    kind, at = SecurityEventKind(kind), clock.now()
    detail = "".join(letter for letter in detail if letter.isprintable())[:LONGEST_DETAIL]
    await session.execute(
        insert(SecurityEvent).values(id=new_id(), user_id=user_id, kind=kind, at=at, network=network, detail=detail)
    )
    if kind in _TOLD and await _is_seldom(session, user_id, kind):
        address = await session.scalar(select(User.email).where(User.id == user_id))
        # One that another provider vouched for may be none that mail can be sent to.
        if address is not None and is_address(address):
            text = _words(kind, at.strftime("%d %B %Y, %H:%M UTC"), network, detail)
            await post_mail(session, Mail(address, f"Coffer: {_TOLD[kind][0].lower()}{_TOLD[kind][1:]}", text))


async def _is_seldom(session: AsyncSession, user_id: UUID, kind: SecurityEventKind) -> bool:
    if (most := MOST_TOLD.get(kind)) is None:
        return True
    since = clock.now() - timedelta(days=1)
    of_day = (SecurityEvent.user_id == user_id, SecurityEvent.kind == kind, SecurityEvent.at > since)
    return (await session.scalars(select(func.count()).where(*of_day))).one() <= most


def _words(kind: SecurityEventKind, at: str, network: str, detail: str) -> str:
    lines = [f"{_TOLD[kind]}.", "", f"When: {at}"]
    if detail:
        lines.append(f"What: {detail}")
    if network:
        lines.append(f"From: {network}")
    lines += ["", "If that was you, there is nothing to do.", "If not, reset your password and look at your sessions."]
    return "\n".join(lines) + "\n"


async def forget_old_events(system: SystemDatabase) -> None:
    async with system.system_session() as session:
        await session.execute(delete(SecurityEvent).where(SecurityEvent.at < clock.now() - timedelta(days=KEPT_DAYS)))
