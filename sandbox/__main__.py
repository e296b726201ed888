"""`python -m sandbox --port N --data DIR`: run the bank on the loopback."""

import argparse
import json
import logging
import os
import sys
from datetime import UTC, datetime
from pathlib import Path

import uvicorn

from sandbox.app import create_app
from sandbox.settings import settings_from_environment
from sandbox.store import FolderInUse, Store


class JsonLines(logging.Formatter):
    """One line of JSON an event."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as JSON; an exception's traceback stands in `trace`."""
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "from": record.name,
            "event": record.getMessage(),
        }
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return json.dumps(line)


def main() -> int:
    """Serve until a signal; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m sandbox", description="A bank that speaks Plaid's wire protocol.")
    parser.add_argument("--port", type=int, default=8010)
    parser.add_argument("--data", type=Path, required=True, help="folder for the bank's state")
    arguments = parser.parse_args()
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    # One line a webhook at most: the client library's own would tell of every one that arrives.
    logging.getLogger("httpx").setLevel(logging.WARNING)
    if os.environ.get("COFFER_SANDBOX") != "1":
        return _refuse("the sandbox bank runs only where COFFER_SANDBOX=1")
    try:
        settings = settings_from_environment(arguments.data)
        Store(settings.data).close()
    except (ValueError, FolderInUse, OSError) as error:
        return _refuse(str(error))
    uvicorn.run(
        create_app(settings),
        host="127.0.0.1",
        port=arguments.port,
        log_level="warning",
        log_config=None,
        access_log=False,
        # Longer than any client keeps an idle connection: a POST on one just closed cannot be repeated safely.
        timeout_keep_alive=120,
        timeout_graceful_shutdown=2,
    )
    return 0


def _refuse(reason: str) -> int:
    print(f"sandbox: {reason}", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
