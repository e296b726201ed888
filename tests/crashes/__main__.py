"""Kill every process of a whole Coffer again and again, and see that nothing is lost and nothing is doubled.

scripts/check crashes [--rounds 20] [--seed N]
"""

import argparse
import asyncio
import secrets
import sys

from tests.crashes.rounds import crash


def main() -> int:
    parser = argparse.ArgumentParser(prog="scripts/check crashes", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=20, help="how often each process is killed (default: 20)")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**6), help="of the order and the moments")
    given = parser.parse_args()
    print(f"seed {given.seed}", flush=True)
    asyncio.run(crash(given.rounds, given.seed, lambda words: print(words, flush=True)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
