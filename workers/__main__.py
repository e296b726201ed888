"""One worker process: `python -m workers`."""

import logging
import os
import sys

import uvloop

from runtime.keys import KeyProblem
from runtime.settings import SettingProblem, from_environment
from runtime.telemetry import log_as_json
from workers.main import work


def main() -> None:
    log_as_json("worker")
    # One line a job is too many: what a job does stands in the tables.
    logging.getLogger("arq").setLevel(logging.WARNING)
    try:
        uvloop.run(work(from_environment()))
    except (KeyProblem, SettingProblem) as problem:
        print(f"coffer worker: {problem}", file=sys.stderr)
        sys.exit(os.EX_CONFIG)  # trying again would not help


if __name__ == "__main__":
    main()
