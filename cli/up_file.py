"""DIR/up.json: where this Coffer is and who runs it, for scripts. It holds secrets: mode 0600."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cli.data_folder import write_private

PROCESSES = ("supervisor", "postgres", "valkey", "sandbox", "api", "worker", "relay", "eraser")


@dataclass
class UpFile:
    """Absent until `publish`; written anew by `refresh` whenever a process was started again."""

    path: Path
    _facts: dict[str, Any] = field(default_factory=dict)

    def publish(self, facts: Mapping[str, Any], pids: Mapping[str, int]) -> None:
        """`facts` are its entries except `pids`."""
        self._facts = dict(facts)
        self.refresh(pids)

    def refresh(self, pids: Mapping[str, int]) -> None:
        """Does nothing before `publish`. A process that is somebody else's, or down just now, has null."""
        if self._facts:
            known = {name: pids.get(name) for name in PROCESSES}
            write_private(self.path, json.dumps({**self._facts, "pids": known}, indent=2))

    def remove(self) -> None:
        """What it says holds no more."""
        self.path.unlink(missing_ok=True)
        self._facts = {}
