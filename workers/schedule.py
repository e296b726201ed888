"""The chores' clock: what Redis, a webhook or a killed process lost is found here."""

import asyncio
import logging
import random

from integrations.world import World
from runtime.tasks import is_to_end
from workers.jobs import CHORES, Chore, collect

log = logging.getLogger("coffer.chores")


async def keep_house(world: World) -> None:
    """Do every chore in its rhythm until cancelled. One that fails is done again in its turn."""
    collect()
    async with asyncio.TaskGroup() as group:
        for chore in CHORES.values():
            group.create_task(_repeat(world, chore))


async def _repeat(world: World, chore: Chore) -> None:
    while not is_to_end():
        try:
            await chore.work(world)
        except Exception:
            log.exception("chore %s failed", chore.name)
        # Workers that were started together need not look at the same moment.
        await asyncio.sleep(chore.seconds * random.uniform(0.9, 1.1))  # noqa: S311 (jitter)
