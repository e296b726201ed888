"""Two rounds of what `scripts/check crashes` does with twenty."""

import secrets

import pytest

from tests.crashes.rounds import crash


@pytest.mark.timeout(400)
async def test_nothing_is_lost_or_doubled_when_processes_are_killed() -> None:
    seed = secrets.randbelow(10**6)
    print(f"seed {seed}")

    await crash(2, seed, print)
