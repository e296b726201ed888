"""Chores of second factors."""

from domain.factors import forgetting
from integrations.world import World
from workers.jobs import every


@every(seconds=600)
async def forget_expired_challenges(world: World) -> None:
    await forgetting.forget_expired(world.system)
