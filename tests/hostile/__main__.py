"""Ask every hostile operation of a running server, and measure what it costs it and everybody else.

scripts/check hostile [--only WORDS]

For each: the time to its answer (at most 1 s), how much the server has grown (64 MiB in all), the longest that another
person waited meanwhile (250 ms), and how much longer the answer took to twice the size (about twice). By HTTP, and by
socket where a frame holds it.
"""

import argparse
import asyncio
import sys

from tests.hostile.measuring import measure


def main() -> int:
    parser = argparse.ArgumentParser(prog="scripts/check hostile", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--only", default="", help="those with these words in their names")
    given = parser.parse_args()
    return asyncio.run(measure(given.only, lambda words: print(words, flush=True)))


if __name__ == "__main__":
    sys.exit(main())
