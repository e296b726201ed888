"""Jobs and chores of outgoing webhooks."""

from uuid import UUID

from domain.webhook_endpoints import deliveries, turns
from domain.webhook_endpoints.delivering import Delivering, deliver
from integrations.world import World
from workers.jobs import every, job

SWEEP_SECONDS = 2
MOST_AT_ONCE = 5
"""A try may wait for its receiver: the worker has other jobs, which people wait for."""
# Each step of a turn is one try at most, of 15 seconds.
TURN_SECONDS = 400

_under_way: set[UUID] = set()


@job(seconds=TURN_SECONDS)
async def deliver_webhooks(world: World, *, endpoint_id: UUID) -> None:
    # Whoever is done here looks for what has come meanwhile, and so does the sweep.
    if endpoint_id in _under_way or len(_under_way) >= MOST_AT_ONCE:
        return
    _under_way.add(endpoint_id)
    try:
        was_ours = await deliver(Delivering(world.database, world.system, world.keys, world.messenger), endpoint_id)
    finally:
        _under_way.discard(endpoint_id)
    if was_ours:
        await _attend_to_due(world, MOST_AT_ONCE)


@every(seconds=SWEEP_SECONDS)
async def sweep_webhooks(world: World) -> None:
    """Tries whose time has come, what a lost queue or a killed worker left undone, and endpoints that nothing allows
    any more."""
    await turns.end_endpoints(world.system)
    await _attend_to_due(world)


@every(seconds=3600)
async def forget_old_deliveries(world: World) -> None:
    await deliveries.forget_old_deliveries(world.system)


async def _attend_to_due(world: World, most: int | None = None) -> None:
    for endpoint_id in (await turns.due_endpoints(world.system))[:most]:
        await world.jobs.enqueue("deliver_webhooks", endpoint_id=endpoint_id)
