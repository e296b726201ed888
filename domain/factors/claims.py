"""What somebody set up under an address before it was known whose it is.

Anybody can register with anybody's address, and who has the mailbox may well click on what is mailed there. So a
verified address is not yet its person's account: it is once somebody signed in has shown what was mailed
(`users.email_owned_at`). Until then, whoever shows that the address is theirs gets the account without what lets
anybody else in.
"""

from uuid import UUID

from sqlalchemy import delete, update
from sqlalchemy.ext.asyncio import AsyncSession

from domain.factors.models import (
    BackupCode,
    Factor,
    FactorAttempts,
    LinkedSignIn,
    PasskeyCeremony,
    ProviderAttempt,
    SignInChallenge,
)
from domain.identity.models import Credential, MailToken, User
from domain.identity.sessions import end_sessions
from runtime import clock

_LETTING_IN = (
    *(Credential, Factor, BackupCode, LinkedSignIn),
    *(SignInChallenge, FactorAttempts, PasskeyCeremony, ProviderAttempt),
)


async def drop_ways_in(session: AsyncSession, user_id: UUID) -> list[UUID]:
    """As `system`: nothing that was set, made or mailed so far lets anybody in, and whoever is in is out. The sessions
    that ended. Ends with the account being that of whoever has the mailbox, so the caller lets them in."""
    ended = await end_sessions(session, user_id)
    for model in _LETTING_IN:
        await session.execute(delete(model).where(model.user_id == user_id))
    at = clock.now()
    unused = update(MailToken).where(MailToken.user_id == user_id, MailToken.used_at.is_(None))
    await session.execute(unused.values(used_at=at))
    await session.execute(update(User).where(User.id == user_id).values(email_owned_at=at))
    return ended
