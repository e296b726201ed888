"""The object store keeps nothing for good."""

import os
import time
from collections.abc import AsyncIterator

from integrations.world import World
from runtime.ids import new_id
from workers.objects import forget_old_objects


async def one() -> AsyncIterator[bytes]:
    yield b"x"


async def test_what_an_erasure_or_a_crash_left_behind_goes(world: World) -> None:
    key = f"imports/{new_id().hex}/file"
    await world.objects.put(key, one(), most=1)
    place = world.settings.data / "objects" / key
    eight_days_ago = time.time() - 8 * 86_400
    os.utime(place, (eight_days_ago, eight_days_ago))

    await forget_old_objects(world)

    assert not place.exists()
