"""One worker process: takes jobs from the queue and does the chores, until it is asked to end."""

import asyncio
import logging
import signal

from arq.worker import Worker
from redis.asyncio import Redis
from redis.exceptions import RedisError

from domain.identity.keys import check_keys
from integrations.world import World, open_redis, open_world
from runtime.heartbeat import keep_beating
from runtime.jobs import deserialize, queue_client, queue_name, serialize
from runtime.settings import Settings
from runtime.tasks import end, is_to_end, to_the_end
from workers.jobs import JOBS, USUAL_SECONDS, collect
from workers.schedule import keep_house

POLL_SECONDS = 0.02
AT_ONCE = 10
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 2.0

log = logging.getLogger("coffer.worker")


async def work(settings: Settings) -> None:
    """Until SIGTERM or SIGINT. A Redis that went away is waited for. Raises KeyProblem for keys that do not fit."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with open_world(settings) as world:
        await check_keys(world.system, world.keys)
        tasks = [
            asyncio.create_task(serve_queue(world)),
            asyncio.create_task(keep_house(world)),
            asyncio.create_task(keep_beating(world.redis, settings.redis_prefix, "worker")),
        ]
        stopping = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait({stopping, *tasks}, return_when=asyncio.FIRST_COMPLETED)
            for task in tasks:
                if task.done():
                    task.result()
        finally:
            for ending in (stopping, *tasks):
                await end(ending)


async def serve_queue(world: World) -> None:
    """Run jobs until cancelled. What was under way stays in the queue."""
    collect()
    pause = FIRST_PAUSE
    while not is_to_end():
        redis = open_redis(world.settings.redis_url)
        worker = make_worker(world, redis)
        try:
            await redis.ping()
            pause = FIRST_PAUSE
            await worker.async_run()
        except (RedisError, OSError) as error:
            # arq gives up with its Redis; its sweeps and we do not.
            log.warning("the queue is away: %s", type(error).__name__)
        finally:
            await to_the_end(_stop(worker, redis))
        await asyncio.sleep(pause)
        pause = min(pause * 2, LONGEST_PAUSE)


async def _stop(worker: Worker, redis: "Redis") -> None:
    """End the jobs under way: they stay in the queue. arq's own `close` uses a method that redis-py deprecates."""
    for task in (worker.main_task, *worker.tasks.values()):
        if task is not None:
            await end(task)
    await redis.aclose()


def make_worker(world: World, redis: "Redis") -> Worker:
    """arq's worker over this client."""
    prefix = world.settings.redis_prefix
    return Worker(
        list(JOBS.values()),
        queue_name=queue_name(prefix),
        redis_pool=queue_client(redis.connection_pool, prefix),
        ctx={"world": world},
        handle_signals=False,
        max_jobs=AT_ONCE,
        job_timeout=USUAL_SECONDS,
        keep_result=0,
        max_tries=3,
        poll_delay=POLL_SECONDS,
        job_serializer=serialize,
        job_deserializer=deserialize,
        log_results=False,
    )
