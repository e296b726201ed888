"""What happens to the processes, and what they say: lines of JSON in files, readable ones on the terminal."""

import json
import re
import sys
from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

LARGEST_FILE = 16 * 1024 * 1024
LONGEST_LINE = 16 * 1024
HIDDEN = "***"

_CREDENTIALS = re.compile(
    r"(?P<scheme>://)[^/\s:@]*:[^/\s@]+@"  # in URLs
    r"|(?P<bearer>\b[Bb]earer\s+)[\w.~+/=-]+"
    r"|(?P<plaid>\b(?:access|public|link)-(?:sandbox|production)-)[\w-]+"
)
_POSTGRES = re.compile(r"^(?:\S+ \S+ UTC \[\d+\] )?(?P<severity>[A-Z]+\d?):\s+(?P<message>.*)$")
_LEVELS = {"WARNING": "warning", "ERROR": "error", "FATAL": "error", "PANIC": "error"}
_SHOWN = {"info": 0, "warning": 1, "error": 2, "critical": 2}


class Logbook:
    """One file per process in `folder`; on the terminal what matters, with `quiet` only what is wrong."""

    def __init__(self, folder: Path, *, quiet: bool = False, terminal: TextIO | None = None) -> None:
        self._folder = folder
        self._terminal = sys.stderr if terminal is None else terminal
        self._least = 1 if quiet else 0
        self._secrets: re.Pattern[str] | None = None
        self._hidden: set[str] = set()
        self._last: dict[str, str] = {}
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    def hide(self, secrets: Iterable[str]) -> None:
        """These words appear in no line from now on."""
        self._hidden |= {secret for secret in secrets if len(secret) >= 8}
        words = sorted(self._hidden, key=len, reverse=True)
        self._secrets = re.compile("|".join(map(re.escape, words))) if words else None

    def event(self, process: str, message: str, *, level: str = "info") -> None:
        """Something that we observed about a process."""
        self._write(process, level, self._clean(message), {})

    def said(self, process: str, line: bytes) -> None:
        """A line that a process wrote: JSON is kept as it is, text becomes a message."""
        text = self._clean(line[:LONGEST_LINE].decode(errors="replace").strip())
        if not text:
            return
        fields: dict[str, Any] = {}
        if text.startswith("{"):
            with suppress(ValueError, RecursionError):
                fields = json.loads(text)
        if fields:
            level = str(fields.pop("level", "info")).lower()
            message = str(fields.pop("message", None) or fields.pop("event", ""))
        elif process == "postgres" and (found := _POSTGRES.match(text)):
            level, message = _LEVELS.get(found["severity"], "debug"), found["message"]
        else:
            level, message = "debug" if process == "valkey" else "info", text
        self._last[process] = message
        self._write(process, level, message, fields)

    def last_words(self, process: str) -> str:
        """The last line that the process wrote, or nothing."""
        return self._last.get(process, "")

    def _clean(self, text: str) -> str:
        text = _CREDENTIALS.sub(lambda found: f"{found['scheme'] or found['bearer'] or found['plaid']}{HIDDEN}", text)
        return self._secrets.sub(HIDDEN, text) if self._secrets else text

    def _write(self, process: str, level: str, message: str, fields: dict[str, Any]) -> None:
        now = datetime.now(UTC)
        line = {"at": now.isoformat(timespec="milliseconds"), "process": process, "level": level, "message": message}
        # A full disk or a closed terminal ends the log, not the processes.
        with suppress(OSError):
            self._append(process, json.dumps({**fields, **line}, ensure_ascii=False, default=str))
        if _SHOWN.get(level, -1) >= self._least:
            with suppress(OSError, ValueError):
                shown = now.astimezone().strftime("%H:%M:%S")
                print(f"{shown} {process:<10} {_printable(message)}", file=self._terminal, flush=True)

    def _append(self, process: str, line: str) -> None:
        path = self._folder / f"{process}.jsonl"
        if not path.exists():
            path.touch(mode=0o600)
        elif path.stat().st_size > LARGEST_FILE:
            path.replace(self._folder / f"{process}.1.jsonl")
            path.touch(mode=0o600)
        with path.open("a", encoding="utf-8", errors="replace") as file:
            file.write(f"{line}\n")


def _printable(text: str) -> str:
    """A terminal obeys control characters; what processes say may come from strangers."""
    return "".join(letter if letter.isprintable() else "·" for letter in text)
