"""What nobody can use any more."""

from datetime import timedelta

from sqlalchemy import delete

from domain.factors.models import PasskeyCeremony, ProviderAttempt, SignInChallenge
from runtime import clock
from runtime.system import SystemDatabase

KEPT = timedelta(minutes=10)


async def forget_expired(system: SystemDatabase) -> None:
    """Challenges and trips that are over."""
    before = clock.now() - KEPT
    async with system.system_session() as session:
        for model in (PasskeyCeremony, ProviderAttempt, SignInChallenge):
            await session.execute(delete(model).where(model.expires_at < before))
