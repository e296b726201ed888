"""Everything that the peers need and Coffer does not: a Python environment of their own, Node's packages, wrk.

Nothing is done where it was done before for the same pinned versions.
"""

import hashlib
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from bench.kit.home import NODE, PEERS, PEERS_ENVIRONMENT

PEERS_PYTHON = PEERS_ENVIRONMENT / "bin" / "python"


def need_wrk() -> None:
    """Raises SystemExit."""
    if shutil.which("wrk") is None:
        raise SystemExit("wrk makes the load and is not here (on Debian: apt install wrk)")


def need_peers_python() -> None:
    """The environment of the Python peers. Raises SystemExit."""
    wanted = PEERS / "requirements.txt"
    if _done(PEERS_ENVIRONMENT, [wanted]):
        return
    print("installing the Python peers …", flush=True)
    _run([sys.executable, "-m", "venv", "--clear", PEERS_ENVIRONMENT], "a Python environment cannot be made")
    pip = [PEERS_PYTHON, "-m", "pip", "install", "-qq", "--disable-pip-version-check", "-r", wanted]
    _run(pip, "the Python peers could not be installed")
    _note(PEERS_ENVIRONMENT, [wanted])


def need_node() -> None:
    """Node and the packages of the Node peers. Raises SystemExit."""
    wanted = [PEERS / "package.json", PEERS / "package-lock.json"]
    if _done(NODE, wanted):
        return
    if shutil.which("npm") is None:
        raise SystemExit("the Node peers need Node 20 or newer with npm (on Debian: apt install npm)")
    print("installing the Node peers …", flush=True)
    NODE.mkdir(parents=True, exist_ok=True)
    for file in wanted:
        shutil.copy(file, NODE)
    _run(["npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"], "the Node peers could not be installed", NODE)
    _note(NODE, wanted)


def node_program() -> Path | str:
    """PostGraphile wants Node 22: it comes with the packages where the platform has it."""
    return next((NODE / "node_modules").glob("node-linux-*/bin/node"), None) or "node"


def _run(command: Sequence[str | Path], refusal: str, folder: Path | None = None) -> None:
    try:
        subprocess.run([str(part) for part in command], check=True, cwd=folder, timeout=900)  # noqa: S603
    except (OSError, subprocess.SubprocessError) as error:
        raise SystemExit(f"{refusal}: {error}") from error


def _fingerprint(files: Sequence[Path]) -> str:
    return hashlib.sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()


def _done(folder: Path, files: Sequence[Path]) -> bool:
    note = folder / "installed"
    return note.exists() and note.read_text() == _fingerprint(files)


def _note(folder: Path, files: Sequence[Path]) -> None:
    (folder / "installed").write_text(_fingerprint(files))
