"""One worker process: takes jobs from the queue and does the chores, until it is asked to end."""

import asyncio
import logging
import signal
from contextlib import suppress

from arq.constants import in_progress_key_prefix
from arq.worker import Worker
from redis.asyncio import Redis
from redis.exceptions import RedisError

from domain.identity.keys import check_keys
from integrations.world import World, open_redis, open_world
from runtime import collector
from runtime.heartbeat import keep_beating
from runtime.jobs import deserialize, queue_client, queue_name, serialize
from runtime.settings import Settings
from runtime.tasks import end, is_to_end, to_the_end
from workers.jobs import JOBS, USUAL_SECONDS, collect
from workers.schedule import keep_house

POLL_SECONDS = 0.02
AT_ONCE = 10
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 2.0
# After so long without a word from its worker a job is anybody's again: arq would wait for its longest time-out, and
# a hundred jobs of killed workers at the head of the queue would let nobody past.
SILENCE_SECONDS = 30

log = logging.getLogger("coffer.worker")


async def work(settings: Settings) -> None:
    """Until SIGTERM or SIGINT. A Redis that went away is waited for. Raises KeyProblem for keys that do not fit."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with open_world(settings) as world:
        await check_keys(world.system, world.keys)
        collect()
        collector.settle()  # all is imported now
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
        marking = asyncio.create_task(_mark_jobs(worker, redis))
        try:
            await redis.ping()
            pause = FIRST_PAUSE
            await worker.async_run()
        except (RedisError, OSError) as error:
            # arq gives up with its Redis; its sweeps and we do not.
            log.warning("the queue is away: %s", type(error).__name__)
        finally:
            await to_the_end(_stop(worker, marking, redis))
        await asyncio.sleep(pause)
        pause = min(pause * 2, LONGEST_PAUSE)


async def _mark_jobs(worker: Worker, redis: "Redis") -> None:
    """Say of the jobs under way that they are."""
    while not is_to_end():
        await asyncio.sleep(SILENCE_SECONDS / 3)
        with suppress(RedisError, OSError):
            for job_id in list(worker.job_tasks):
                await redis.expire(f"{in_progress_key_prefix}{job_id}", SILENCE_SECONDS)


async def _stop(worker: Worker, marking: "asyncio.Task[None]", redis: "Redis") -> None:
    """End the jobs under way: they stay in the queue. arq's own `close` uses a method that redis-py deprecates."""
    for task in (marking, worker.main_task, *worker.tasks.values()):
        if task is not None:
            await end(task)
    await redis.aclose()


def make_worker(world: World, redis: "Redis") -> Worker:
    """arq's worker over this client."""
    prefix = world.settings.redis_prefix
    worker = Worker(
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
    worker.in_progress_timeout_s = SILENCE_SECONDS
    return worker
