"""Once an hour the heads of all journals are written down outside PostgreSQL."""

import asyncio

from sqlalchemy import select

from integrations.world import World
from runtime import clock
from runtime.checkpoints import FOLDER, Checkpoint, append_checkpoints
from runtime.journal import Stream
from workers.jobs import every


@every(seconds=3600)
async def write_checkpoints(world: World) -> None:
    at = clock.now()
    async with world.system.system_session() as session:
        rows = await session.execute(
            select(Stream.stream_id, Stream.head_seq, Stream.head_hash).where(Stream.head_seq > 0)
        )
        heads = [Checkpoint(stream_id, seq, head_hash, at) for stream_id, seq, head_hash in rows]
    await asyncio.to_thread(append_checkpoints, world.settings.data / FOLDER, heads)
