"""Jobs and chores of people's accounts."""

from uuid import UUID

from domain.identity import addresses, refreshing, security
from integrations.world import World
from workers.jobs import every, job

ADDRESS_SECONDS = 1
PAIR_SECONDS = 5


@job()
async def answer_address_request(world: World, *, request_id: UUID) -> None:
    ground = addresses.Ground(world.keys, world.settings.identity)
    await addresses.answer_request(world.system, ground, request_id)


@every(seconds=ADDRESS_SECONDS)
async def sweep_address_requests(world: World) -> None:
    """Whoever asks is answered before anything is looked up, and enqueues nothing."""
    for request_id in await addresses.due_requests(world.system):
        await world.jobs.enqueue("answer_address_request", request_id=request_id)


@every(seconds=PAIR_SECONDS)
async def forget_pairs(world: World) -> None:
    await refreshing.forget_pairs(world.system)


@every(seconds=3600)
async def forget_old_secrets(world: World) -> None:
    await addresses.forget_old_tokens(world.system)
    await security.forget_old_events(world.system)
