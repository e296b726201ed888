"""The account that an engine runs under."""

import os
import pwd
import shutil
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Account:
    """Numbers of a user and its group."""

    uid: int
    gid: int


def postgres_account() -> Account | None:
    """PostgreSQL refuses to run as root: then it runs as `nobody`; None means: as whoever we are."""
    if os.geteuid() != 0:
        return None
    try:
        entry = pwd.getpwnam("nobody")
    except KeyError:
        return Account(65534, 65534)
    return Account(entry.pw_uid, entry.pw_gid)


def reachable(path: Path) -> bool:
    """Whether any account may pass through the folders above `path`, which need not exist itself."""
    return all(folder.stat().st_mode & 0o001 for folder in path.resolve().parents)


def own(path: Path, account: Account | None) -> None:
    """Hand a file or folder to the account. Does nothing for None."""
    if account is not None:
        shutil.chown(path, account.uid, account.gid)
