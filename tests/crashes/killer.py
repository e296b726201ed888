"""kill -9, again and again."""

import asyncio
import os
import random
import signal
from collections.abc import Callable
from contextlib import suppress

from tests.end_to_end.coffer import Coffer
from tests.end_to_end.patience import until

VICTIMS = ("api", "worker", "relay", "sandbox", "valkey", "postgres")
IN_PEACE = 0.8
LONGEST_PEACE = 1.5
RECOVERY_SECONDS = 60


async def kill_all_in_turn(coffer: Coffer, rounds: int, dice: random.Random, say: Callable[[str], None]) -> None:
    """Each victim `rounds` times, in an order and at moments that the dice choose.

    Mostly when all is well again and much is going on; at times while others are still getting up.
    """
    for number in range(1, rounds + 1):
        order = dice.sample(VICTIMS, len(VICTIMS))
        for victim in order:
            if dice.random() < IN_PEACE:
                await until(coffer.ready, "all is well again", RECOVERY_SECONDS)
            await asyncio.sleep(dice.uniform(0, LONGEST_PEACE))
            await _kill(coffer, victim)
        say(f"round {number} of {rounds}: killed {', '.join(order)}")


async def _kill(coffer: Coffer, victim: str) -> None:
    pid = coffer.facts["pids"][victim]
    # It may have ended by itself just now, because of what was killed before.
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)

    async def is_back() -> bool:
        return coffer.facts["pids"][victim] not in (None, pid)

    await until(is_back, f"{victim} is started again", pause=0.05)
