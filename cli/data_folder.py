"""The folder that holds everything of one Coffer: databases, keys, logs, files."""

import fcntl
import json
import os
import secrets
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from cli.main import Refusal


@dataclass(frozen=True)
class LocalSecrets:
    """Made once: they open only what runs on this machine."""

    demo_password: str = field(default_factory=lambda: secrets.token_urlsafe(15))
    sandbox_client_id: str = field(default_factory=lambda: secrets.token_hex(12))
    sandbox_secret: str = field(default_factory=lambda: secrets.token_hex(15))


class DataFolder:
    """Locked while we use it, as a context. Raises Refusal when another process does, or when it cannot be written."""

    def __init__(self, path: Path) -> None:
        self.path = path.resolve()
        self._lock: int | None = None

    def __enter__(self) -> Self:
        try:
            self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
            lock = os.open(self.path / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise Refusal(f"the data folder {self.path} cannot be used: {error.strerror}") from error
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            holder = os.read(lock, 20).decode(errors="replace").strip() or "unknown"
            os.close(lock)
            raise Refusal(f"the data folder {self.path} is in use by process {holder}") from None
        os.ftruncate(lock, 0)
        os.write(lock, f"{os.getpid()}\n".encode())
        self._lock = lock
        if os.geteuid() == 0 and self.path.stat().st_uid == 0:
            # PostgreSQL's account must get to its own folder below; everything else in here is closed to it.
            self.path.chmod(0o711)
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        if self._lock is not None:
            os.close(self._lock)

    def local_secrets(self) -> LocalSecrets:
        """Read them, or make them the first time. Raises Refusal for a damaged file."""
        path = self.path / "secrets.json"
        if not path.exists():
            made = LocalSecrets()
            write_private(path, json.dumps(asdict(made)))
            return made
        try:
            return LocalSecrets(**json.loads(path.read_text()))
        except (OSError, ValueError, TypeError) as error:
            raise Refusal(f"{path} is damaged: {error}") from error


def write_private(path: Path, text: str) -> None:
    """Whole or not at all, and readable by its owner alone."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    unfinished.unlink(missing_ok=True)
    file = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(file, "w", encoding="utf-8") as writer:
        writer.write(text + "\n")
        writer.flush()
        os.fsync(writer.fileno())
    unfinished.replace(path)
