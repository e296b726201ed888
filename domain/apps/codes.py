"""Authorisation codes: good once, for a minute, for the app, the address and the proof key they were asked with."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, select

from domain.apps.grants import Consent, OpenGrant, end_grant, open_grant
from domain.apps.models import App, AuthorizationCode
from domain.apps.secrets import Secret, hash_of
from domain.identity.locking import lock_acting, lock_person, was_cleared
from runtime import clock
from runtime.ids import new_id
from runtime.system import SystemDatabase

GOOD_FOR = timedelta(seconds=60)
KEPT_FOR = timedelta(days=1)
"""Behind its end: so long a second use is noticed."""


async def keep_code(
    system: SystemDatabase, code: str, *, app_id: UUID, redirect_uri: str, challenge: str, consent: Consent
) -> None:
    """NOT_ALLOWED where the session is over in which the person consented."""
    async with system.system_session() as session:
        await lock_acting(session, consent.user_id, consent.session_id)
        at = clock.now()
        await session.execute(delete(AuthorizationCode).where(AuthorizationCode.expires_at < at - KEPT_FOR))
        session.add(
            AuthorizationCode(
                code_hash=hash_of(Secret.CODE, code),
                app_id=app_id,
                user_id=consent.user_id,
                household_id=consent.household_id,
                redirect_uri=redirect_uri,
                challenge=challenge,
                scopes=consent.scopes,
                account_ids=consent.account_ids,
                expires_at=at + GOOD_FOR,
                session_id=new_id(),
            )
        )


async def find_code(system: SystemDatabase, code: str, app_id: UUID) -> tuple[AuthorizationCode | None, UUID | None]:
    """The code if it is good. One that was used before ends what it opened: that session is given then."""
    async with system.system_session() as session:
        found = await session.get(AuthorizationCode, hash_of(Secret.CODE, code), with_for_update=True)
        if found is None or found.app_id != app_id:
            return None, None
        if found.used_at is not None:
            await end_grant(session, found.session_id)
            return None, found.session_id
        return (found if found.expires_at > clock.now() else None), None


async def redeem_code(system: SystemDatabase, code_hash: bytes, *, days: int) -> tuple[OpenGrant | None, UUID | None]:
    """What the code opens. Of many who come at once one gets it, and the next one ends it: as `find_code`. Nothing
    where the person's sessions were ended since they consented."""
    async with system.system_session() as session:
        whose = select(AuthorizationCode.user_id).where(AuthorizationCode.code_hash == code_hash)
        user_id = await session.scalar(whose)
        if user_id is None:
            return None, None
        # The person before the code, as whoever consents does.
        await lock_person(session, user_id)
        found = await session.get(AuthorizationCode, code_hash, with_for_update=True)
        app = None if found is None else await session.get(App, found.app_id)
        if found is None or app is None:
            return None, None
        if found.used_at is not None:
            await end_grant(session, found.session_id)
            return None, found.session_id
        if await was_cleared(session, user_id, found.expires_at - GOOD_FOR):
            return None, None
        found.used_at = clock.now()
        await session.flush()
        consent = Consent(found.user_id, found.household_id, found.scopes, found.account_ids)
        return await open_grant(session, app, consent, found.session_id, days=days), None
