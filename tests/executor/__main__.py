"""Run generated documents on both executors and compare the answers.

scripts/check executor [--documents 10000] [--seed S] [--only N]
"""

import argparse
import asyncio
import logging
import secrets
import sys
import time
import warnings
from collections.abc import Sequence
from pathlib import Path

from runtime import collector
from tests.cluster import Engines, own_database, temporary_folder
from tests.executor.sides import frozen_clock
from tests.executor.stage import open_stage, settings_of


async def compare(seed: str, numbers: Sequence[int], folder: Path, engines: Engines) -> int:
    addresses = engines.addresses
    # Generated documents fail on purpose, and internal errors are found by the comparison.
    logging.disable()
    # graphql-core drops the siblings of a field that failed, started or not.
    sys.unraisablehook = lambda _: None
    warnings.filterwarnings("ignore", "coroutine .* was never awaited", RuntimeWarning)
    urls = own_database(addresses, "executor")
    settings = settings_of(urls, addresses.redis, "coffer-executor", folder)
    started = time.monotonic()
    async with open_stage(settings, urls, folder) as stage:
        print(f"the household is there after {time.monotonic() - started:.0f} s", flush=True)
        collector.settle()
        with frozen_clock():
            started = time.monotonic()
            outcome = await stage.run(seed).go(numbers, say=lambda words: print(words, flush=True))
            print(f"{outcome}\n  {time.monotonic() - started:.0f} s", flush=True)
    try:
        outcome.check()
    except AssertionError as error:
        if not outcome.failures:
            print(f"not worth much: {error}")
        return 1
    return 0


def main() -> int:
    parser = argparse.ArgumentParser(prog="scripts/check executor", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--documents", type=int, default=10_000, help="how many (default: 10,000)")
    parser.add_argument("--seed", default=str(secrets.randbelow(10**6)), help="of the documents")
    parser.add_argument("--only", type=int, help="the number of one document of the seed")
    given = parser.parse_args()
    print(f"seed {given.seed}", flush=True)
    numbers = range(given.documents) if given.only is None else [given.only]
    engines = Engines()
    try:
        with temporary_folder() as folder:
            return asyncio.run(compare(given.seed, numbers, folder, engines))
    finally:
        engines.close()


if __name__ == "__main__":
    sys.exit(main())
