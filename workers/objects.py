"""Chores of the object store."""

from datetime import timedelta

from integrations.world import World
from workers.jobs import every

KEPT = timedelta(days=7)
"""What is in there is worked in within minutes and then deleted: older is what an erasure or a crash left behind."""


@every(seconds=3600)
async def forget_old_objects(world: World) -> None:
    await world.objects.forget_older(KEPT)
