"""Challenges that are over are forgotten, and only those."""

from datetime import timedelta

from sqlalchemy import insert, select

from domain.factors.forgetting import KEPT, forget_expired
from domain.factors.models import SignInChallenge
from runtime import clock
from runtime.system import SystemDatabase
from runtime.viewer import Viewer


async def test_what_is_over_is_forgotten(system: SystemDatabase, viewer: Viewer) -> None:
    at = clock.now()
    rows = [
        {"token_hash": bytes([number]) + viewer.user_id.bytes, "user_id": viewer.user_id, "expires_at": expires_at}
        for number, expires_at in enumerate((at - KEPT - timedelta(minutes=1), at + timedelta(minutes=1)))
    ]
    async with system.system_session() as session:
        await session.execute(insert(SignInChallenge), rows)

    await forget_expired(system)

    async with system.system_session() as session:
        kept = await session.scalars(
            select(SignInChallenge.token_hash).where(SignInChallenge.user_id == viewer.user_id)
        )
        assert list(kept) == [rows[1]["token_hash"]]
