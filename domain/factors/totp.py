"""Codes of authenticator apps: TOTP (RFC 6238) with SHA-1, six digits and thirty seconds, which every app knows."""

import hmac
from datetime import datetime
from uuid import UUID

import pyotp
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from domain.factors.models import TOTP, Factor, TotpSecret
from runtime import clock
from runtime.keys import Keys

STEP_SECONDS = 30
SKEW = 1
"""A code of one step earlier or later is good as well: clocks differ, and people type."""
NEVER = -1


def step_of(at: datetime) -> int:
    return int(at.timestamp()) // STEP_SECONDS


def new_totp_secret() -> str:
    """160 bits in Base32, as RFC 4226 recommends."""
    return pyotp.random_base32()


def otpauth_uri(secret: str, *, account: str, issuer: str) -> str:
    """What an authenticator app reads from a QR code."""
    return str(pyotp.TOTP(secret).provisioning_uri(name=account, issuer_name=issuer))


def matching_step(secret: str, code: str, at: datetime) -> int | None:
    """The step whose code this is. All are compared, in constant time."""
    given = "".join(code.split())
    if len(given) != 6 or not (given.isascii() and given.isdigit()):
        return None
    made, now, found = pyotp.TOTP(secret), step_of(at), None
    for step in range(now - SKEW, now + SKEW + 1):
        if hmac.compare_digest(made.generate_otp(step), given):
            found = step
    return found


async def use_code(
    session: AsyncSession, keys: Keys, user_id: UUID, code: str, *, confirmed: bool = True
) -> UUID | None:
    """The factor whose code this is, which is good no more now; None where it is wrong, or was used before.

    As `system`. The row is locked: of two that come at once with the same code, one gets None.
    """
    is_wanted = Factor.confirmed_at.is_not(None) if confirmed else Factor.confirmed_at.is_(None)
    found = (
        await session.scalars(
            select(TotpSecret)
            .join(Factor, Factor.id == TotpSecret.factor_id)
            .where(Factor.user_id == user_id, Factor.kind == TOTP, is_wanted)
            .with_for_update(of=TotpSecret)
        )
    ).one_or_none()
    if found is None:
        return None
    at = clock.now()
    step = matching_step(keys.decrypt(found.key_id, found.secret, bound_to=found.factor_id.bytes), code, at)
    if step is None or step <= found.last_step:
        return None
    found.last_step = step
    await session.execute(update(Factor).where(Factor.id == found.factor_id).values(used_at=at))
    return found.factor_id
