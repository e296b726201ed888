"""The bank's state: one SQLite file. An act is answered after its commit, so a kill loses nothing answered."""

import asyncio
import fcntl
import secrets
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import TypeVar

Result = TypeVar("Result")

SCHEMA = """
create table if not exists settings (name text primary key, value text not null) without rowid;
create table if not exists items (
    number integer primary key autoincrement, item_id text not null unique, access_token text unique,
    institution_id text not null, username text not null, webhook text, products text not null,
    created_at text not null, updated_at text not null, exchanged integer, error text,
    head integer not null default 0, last_mutation integer not null default 0, entries integer not null default 0,
    unsent_changes integer not null default 0, webhook_code text, webhook_at text, lived_until text);
create table if not exists public_tokens (
    token text primary key, item integer not null, expires_at real not null) without rowid;
create table if not exists link_tokens (
    token text primary key, created_at text not null, expiration text not null, metadata text not null) without rowid;
create table if not exists accounts (
    account_id text primary key, item integer not null, place integer not null, type text not null, subtype text,
    name text not null, official_name text, mask text, currency text not null, current integer not null,
    credit_limit integer, fixed_available integer, without_available integer not null) without rowid;
create index if not exists accounts_of_item on accounts (item, place);
create table if not exists transactions (
    transaction_id text not null unique, item integer not null, account_id text not null,
    added_at integer not null, changed_at integer not null, removed integer not null default 0,
    amount integer not null, currency text not null, date text not null, authorized_date text,
    description text not null, merchant text, website text, category text, confidence text, channel text not null,
    pending integer not null, pending_transaction_id text, posts_on text, made_at real not null);
create unique index if not exists transactions_by_change on transactions (item, changed_at);
create index if not exists transactions_pending on transactions (item) where pending and not removed;
create table if not exists webhooks (
    number integer primary key autoincrement, item integer not null, url text not null, code text not null,
    body blob not null, made_at real not null, attempts integer not null default 0);
create table if not exists faults (
    number integer primary key autoincrement, fault text not null, remaining integer not null);
create table if not exists mails (
    number integer primary key autoincrement, message_id text not null unique, recipient text not null,
    subject text not null, text text not null);
"""
UPLOAD_PREFIX = "upload-"


class FolderInUse(Exception):
    """Another sandbox bank runs on this data folder."""


class Store:
    """One connection for the event loop; long work gets one of its own on a thread. Writers take turns."""

    def __init__(self, folder: Path) -> None:
        """Open or create the state. Raises FolderInUse."""
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._path = folder / "sandbox.sqlite"
        self._lock_file = (folder / "sandbox.lock").open("w")
        try:
            fcntl.flock(self._lock_file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self._lock_file.close()
            raise FolderInUse(f"{folder} is in use by another sandbox bank") from None
        for left_over in folder.glob(UPLOAD_PREFIX + "*"):
            left_over.unlink()
        self._turn = asyncio.Lock()
        self._after_commit: list[Callable[[], None]] = []
        self.db = self._connect()
        self.db.executescript(SCHEMA)
        self._path.chmod(0o600)

    def _connect(self) -> sqlite3.Connection:
        db = sqlite3.connect(self._path, isolation_level=None, timeout=30)
        db.row_factory = sqlite3.Row
        db.execute("pragma journal_mode = wal")
        # A killed process loses nothing that was written; only a power cut could, and a sandbox may lose that.
        db.execute("pragma synchronous = normal")
        return db

    def close(self) -> None:
        """Close the file and let another process have the folder."""
        self.db.close()
        self._lock_file.close()

    def after_commit(self, action: Callable[[], None]) -> None:
        """Run `action` on the event loop once the current `writing()` has committed; forget it if that fails."""
        self._after_commit.append(action)

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[sqlite3.Connection]:
        """One transaction on the loop's connection. The block must not await: others would read half of it."""
        async with self._turn:
            try:
                with _transaction(self.db):
                    yield self.db
            except BaseException:
                self._after_commit.clear()
                raise
            actions, self._after_commit = self._after_commit, []
        for action in actions:
            action()

    async def writing_on_thread(self, work: Callable[[sqlite3.Connection], Result]) -> Result:
        """Run long work as one transaction on a thread with its own connection; readers go on meanwhile."""

        def run() -> Result:
            db = self._connect()
            try:
                with _transaction(db):
                    return work(db)
            finally:
                db.close()

        async with self._turn:
            return await asyncio.to_thread(run)

    @contextmanager
    def snapshot(self) -> Iterator[sqlite3.Connection]:
        """Several reads that agree with each other. The block must not await."""
        self.db.execute("begin")
        try:
            yield self.db
        finally:
            self.db.execute("rollback")

    def kept_secret(self, name: str, make: Callable[[], str] = lambda: secrets.token_hex(32)) -> str:
        """A value made at the first start and the same ever after. Only while the bank starts."""
        self.db.execute("insert or ignore into settings (name, value) values (?, ?)", (name, make()))
        value: str = self.db.execute("select value from settings where name = ?", (name,)).fetchone()[0]
        return value


@contextmanager
def _transaction(db: sqlite3.Connection) -> Iterator[None]:
    db.execute("begin immediate")
    try:
        yield
    except BaseException:
        db.execute("rollback")
        raise
    db.execute("commit")
