"""Erases the accounts whose week of grace is over. `python -m workers.eraser`.

A process of its own, because it needs the owner's connection (only the owner may empty journal lines), and no process
that reads what strangers send should have that.
"""

import asyncio
import logging
import os
import signal
import sys
from contextlib import suppress
from uuid import UUID

import asyncpg
import uvloop

from domain.erasure import NoSuchPerson, erase_person
from runtime import clock
from runtime.tasks import end
from runtime.telemetry import log_as_json

LOOK_SECONDS = 600.0
ACTOR = "job:eraser"

log = logging.getLogger("coffer.eraser")


async def erase_due(owner_url: str) -> list[UUID]:
    """Erase whoever is due, each in a transaction of their own. Doing it twice changes nothing more."""
    connection, at = await asyncpg.connect(owner_url), clock.now()
    erased: list[UUID] = []
    try:
        rows = await connection.fetch("select id from users where deletion_due_at <= $1 order by deletion_due_at", at)
        for row in rows:
            # Who takes it back while others are erased stays.
            with suppress(NoSuchPerson):
                await erase_person(connection, email=None, user_id=row["id"], actor=ACTOR, due_by=at)
                erased.append(row["id"])
        return erased
    finally:
        await connection.close()


async def run_eraser(owner_url: str) -> None:
    """Until it is cancelled."""
    while True:
        try:
            erased = await erase_due(owner_url)
            if erased:
                log.info("%d accounts were erased", len(erased))
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError) as error:
            log.warning("nothing is erased for now: %s", type(error).__name__)
        await asyncio.sleep(LOOK_SECONDS)


async def _until_told_to_stop(owner_url: str) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    eraser, stopping = asyncio.create_task(run_eraser(owner_url)), asyncio.create_task(stop.wait())
    await asyncio.wait({eraser, stopping}, return_when=asyncio.FIRST_COMPLETED)
    if eraser.done():
        eraser.result()
    await end(stopping)
    await end(eraser)


def main() -> None:
    log_as_json("eraser")
    owner_url = os.environ.get("DATABASE_OWNER_URL")
    if not owner_url:
        print("coffer eraser: DATABASE_OWNER_URL is not set: see docs/operations.md", file=sys.stderr)
        sys.exit(os.EX_CONFIG)  # trying again would not help
    uvloop.run(_until_told_to_stop(owner_url))


if __name__ == "__main__":
    main()
