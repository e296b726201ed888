"""Where things are, and the numbers that every server shares.

The data stay between runs: seeding takes longer than measuring.
"""

import os
from pathlib import Path

BENCH = Path(__file__).resolve().parent.parent
ROOT = BENCH.parent
PEERS = BENCH / "peers"

HOME = Path(os.environ.get("BENCH_HOME") or Path.home() / ".cache" / "coffer-bench")
LOGS = HOME / "logs"
RESULTS = HOME / "results"
PEERS_ENVIRONMENT = HOME / "peers"
NODE = HOME / "node"

POOL_SIZE = 8
"""Connections to the database of each server."""


def make_folders() -> None:
    os.umask(0o077)
    for folder in (HOME, LOGS, RESULTS):
        folder.mkdir(parents=True, exist_ok=True)
