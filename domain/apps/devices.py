"""The device grant (RFC 8628): a tool shows a short code, a person types it where they are signed in."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, select, update

from domain.apps.grants import Consent, OpenGrant, open_grant
from domain.apps.models import App, DeviceCode
from domain.apps.secrets import Secret, hash_of
from domain.identity.locking import lock_acting, lock_person, was_cleared
from runtime import clock
from runtime.ids import new_id
from runtime.system import SystemDatabase

GOOD_FOR = timedelta(minutes=10)
INTERVAL = timedelta(seconds=5)
"""Between two questions of a tool."""
LETTERS = "BCDFGHJKLMNPQRSTVWXZ"


async def keep_device_code(
    system: SystemDatabase, *, device_code: str, user_code: str, app_id: UUID, scopes: Sequence[str]
) -> None:
    at = clock.now()
    async with system.system_session() as session:
        await session.execute(delete(DeviceCode).where(DeviceCode.expires_at < at - GOOD_FOR))
        session.add(
            DeviceCode(
                device_hash=hash_of(Secret.DEVICE, device_code),
                user_code_hash=_hash_of_user_code(user_code),
                app_id=app_id,
                scopes=list(scopes),
                expires_at=at + GOOD_FOR,
            )
        )


async def find_device_code(system: SystemDatabase, device_code: str) -> tuple[DeviceCode | None, bool]:
    """The row as it was, and whether it was asked for too soon again."""
    at = clock.now()
    async with system.system_session() as session:
        found = await session.get(DeviceCode, hash_of(Secret.DEVICE, device_code), with_for_update=True)
        if found is None:
            return None, False
        is_too_soon = found.polled_at is not None and at - found.polled_at < INTERVAL
        await session.execute(
            update(DeviceCode).where(DeviceCode.device_hash == found.device_hash).values(polled_at=at)
        )
        return found, is_too_soon


async def find_by_user_code(system: SystemDatabase, user_code: str) -> DeviceCode | None:
    """One that still waits for somebody's decision; however the code was typed."""
    async with system.system_session() as session:
        return (
            await session.scalars(
                select(DeviceCode).where(
                    DeviceCode.user_code_hash == _hash_of_user_code(user_code),
                    DeviceCode.decided_at.is_(None),
                    DeviceCode.expires_at > clock.now(),
                )
            )
        ).one_or_none()


async def decide_device(system: SystemDatabase, device_hash: bytes, consent: Consent | None) -> bool:
    """Consent or refusal (None), once. False where it was decided or over before. NOT_ALLOWED where the session is over
    in which the person consented."""
    async with system.system_session() as session:
        given: dict[str, object] = {}
        if consent is not None:
            await lock_acting(session, consent.user_id, consent.session_id)
            given = {name: getattr(consent, name) for name in ("user_id", "household_id", "scopes", "account_ids")}
        done = await session.scalar(
            update(DeviceCode)
            .where(
                DeviceCode.device_hash == device_hash,
                DeviceCode.decided_at.is_(None),
                DeviceCode.expires_at > clock.now(),
            )
            .values(decided_at=clock.now(), **given)
            .returning(DeviceCode.device_hash)
        )
        return done is not None


async def redeem_device(system: SystemDatabase, device_hash: bytes, *, days: int) -> OpenGrant | None:
    """What was consented to, once. None where the person's sessions were ended since then."""
    async with system.system_session() as session:
        whose = select(DeviceCode.user_id).where(DeviceCode.device_hash == device_hash)
        user_id = await session.scalar(whose)
        if user_id is None:
            return None
        # The person before the code, as whoever consents does.
        await lock_person(session, user_id)
        found = await session.get(DeviceCode, device_hash, with_for_update=True)
        app = None if found is None else await session.get(App, found.app_id)
        if found is None or app is None or found.used_at is not None:
            return None
        if found.household_id is None or found.decided_at is None:
            return None
        if await was_cleared(session, user_id, found.decided_at):
            return None
        found.used_at = clock.now()
        await session.flush()
        consent = Consent(user_id, found.household_id, found.scopes, found.account_ids)
        return await open_grant(session, app, consent, new_id(), days=days)


def _hash_of_user_code(user_code: str) -> bytes:
    """Small letters, blanks and hyphens make no difference (RFC 8628, 6.1)."""
    return hash_of(Secret.USER_CODE, "".join(letter for letter in user_code.upper() if letter in LETTERS))
