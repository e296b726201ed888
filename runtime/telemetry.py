"""Logs: one line of JSON an event, on stderr, without personal content.

What our own code says names ids, types and counts. What libraries put into an exception's words may be anybody's
e-mail address or amount: PostgreSQL quotes the values that it refuses. So an exception is logged as its type, where it
was raised, and PostgreSQL's code; its words only where the operator wants details (COFFER_LOG_DETAILS=1).
"""

import json
import logging
import os
import sys
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime

_USUAL = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName", "color_message"}


class JsonLines(logging.Formatter):
    """time, level, process, logger, message, and whatever `extra` the caller gave."""

    def __init__(self, process: str, *, has_details: bool = False) -> None:
        super().__init__()
        self._process = process
        self._has_details = has_details

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname.lower(),
            "process": self._process,
            "logger": record.name,
            "message": record.getMessage(),
        }
        line |= {name: value for name, value in record.__dict__.items() if name not in _USUAL}
        if record.exc_info:
            error = record.exc_info[1]
            if self._has_details or error is None:
                line["exception"] = self.formatException(record.exc_info)
            else:
                line["exception"] = "\n".join(_without_words(error))
        return json.dumps(line, default=str)


def _without_words(error: BaseException) -> Iterator[str]:
    """Of an exception and of what it came from: where, of what type, and PostgreSQL's code."""
    seen: set[int] = set()
    waiting: list[BaseException | None] = [error]
    while waiting:
        one = waiting.pop()
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        yield "".join(traceback.format_tb(one.__traceback__)).rstrip()
        code = getattr(one, "sqlstate", None)
        yield f"{type(one).__module__}.{type(one).__qualname__}" + (f" ({code})" if isinstance(code, str) else "")
        waiting.append(one.__cause__ if one.__suppress_context__ else one.__cause__ or one.__context__)
        if isinstance(one, BaseExceptionGroup):
            waiting += one.exceptions


def log_as_json(process: str, level: int = logging.INFO) -> None:
    """Set up logging for a process, once, before anything else is started."""
    handler = logging.StreamHandler(sys.stderr)
    has_details = os.environ.get("COFFER_LOG_DETAILS") == "1"
    handler.setFormatter(JsonLines(process, has_details=has_details))
    logging.basicConfig(handlers=[handler], level=level, force=True)
    logging.getLogger("httpx").setLevel(logging.WARNING)
    logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
