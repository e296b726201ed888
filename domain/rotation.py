"""Everything that is sealed with a vault key, and how it comes under the newest one while servers go on serving."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import asyncpg

from domain import tables
from runtime.keys import Keys

BATCH = 200


@dataclass(frozen=True)
class Sealed:
    """Where sealed content stands. It is bound to the bytes of the row's `id`."""

    table: str
    id: str
    key_id: str
    content: str


_REGISTRY = (
    Sealed("bank_links", "id", "token_key_id", "token"),
    Sealed("outgoing_mails", "id", "key_id", "content"),
    Sealed("sessions", "id", "pair_key_id", "pair"),
    Sealed("totp_secrets", "factor_id", "key_id", "secret"),
    Sealed("webhook_secrets", "id", "key_id", "secret"),
)


def registry() -> list[Sealed]:
    """A test refuses a column for a key's id that is not here."""
    known = {model.__tablename__ for model in tables.models()}
    return [one for one in _REGISTRY if one.table in known]


@dataclass(frozen=True)
class Progress:
    table: str
    done: int
    of: int


async def rotate(connection: "asyncpg.Connection", keys: Keys) -> AsyncIterator[Progress]:
    """Seal again, a batch a transaction, what an older key holds; as the owner. It can be stopped anywhere and begun
    again. Raises KeyProblem, naming the key, for content of a key that is not in the ring.
    """
    for sealed in registry():
        older = f"{sealed.key_id} <> $1 and {sealed.content} is not null"
        whole = await connection.fetchval(f"select count(*) from {sealed.table} where {older}", keys.vault[0].id)
        done = 0
        while True:
            made = await _rotate_some(connection, keys, sealed, older)
            if not made:
                break
            done += made
            yield Progress(sealed.table, done, max(done, whole))


async def _rotate_some(connection: "asyncpg.Connection", keys: Keys, sealed: Sealed, older: str) -> int:
    async with connection.transaction():
        rows = await connection.fetch(
            f"select {sealed.id} as id, {sealed.key_id} as key_id, {sealed.content} as content from {sealed.table} "
            f"where {older} order by {sealed.id} limit {BATCH} for no key update",
            keys.vault[0].id,
        )
        for row in rows:
            plain = keys.decrypt(row["key_id"], row["content"], bound_to=row["id"].bytes)
            key_id, content = keys.encrypt(plain, bound_to=row["id"].bytes)
            await connection.execute(
                f"update {sealed.table} set {sealed.key_id} = $2, {sealed.content} = $3 where {sealed.id} = $1",
                row["id"],
                key_id,
                content,
            )
    return len(rows)


async def forget_older_keys(connection: "asyncpg.Connection", keys: Keys) -> list[str]:
    """That data were made with vault keys other than the newest: whose ids. From now on servers start without them.

    Called once nothing is under them any more.
    """
    rows = await connection.fetch(
        "delete from key_fingerprints where name = 'vault' and key_id <> $1 returning key_id", keys.vault[0].id
    )
    return [row["key_id"] for row in rows]
