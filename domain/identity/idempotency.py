"""Idempotency keys: the same key and input give the first effect, the same key with another input is a conflict.

A key belongs to one person and one mutation. It is inserted first in the effect's own transaction, so that concurrent
twins wait for each other. Refusals roll it back; keys live for 7 days.
"""

import hashlib
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from domain.identity.models import IdempotencyKey
from domain.mistakes import conflict, invalid
from runtime.unit import Unit

LONGEST_KEY = 200
DAYS = 7


def input_hash(content: Any) -> bytes:
    """SHA-256 of the input in a canonical form; the key itself is not part of `content`."""
    options = orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS
    return hashlib.sha256(orjson.dumps(content, default=str, option=options)).digest()


async def claim_key(unit: Unit, mutation: str, key: str, content_hash: bytes) -> IdempotencyKey | None:
    """None when this is the first time; else the first effect's row. CONFLICT where the input was another."""
    if not key.strip() or len(key) > LONGEST_KEY:
        raise invalid(f"An idempotency key has 1 to {LONGEST_KEY} characters.", "input", "idempotencyKey")
    of_key = {
        "household_id": unit.viewer.household_id,
        "user_id": unit.viewer.user_id,
        "mutation": mutation,
        "key": key,
    }
    inserted = await unit.session.execute(
        insert(IdempotencyKey)
        .values(**of_key, input_hash=content_hash, created_at=unit.at)
        .on_conflict_do_nothing()
        .returning(IdempotencyKey.key)
    )
    if inserted.first() is not None:
        return None
    first = (await unit.session.scalars(select(IdempotencyKey).filter_by(**of_key))).one()
    if first.input_hash != content_hash:
        raise conflict("This key was used before with another input.", "input", "idempotencyKey")
    return first


async def keep_effect(unit: Unit, mutation: str, key: str, object_id: UUID) -> None:
    """Remember which object came of it."""
    await unit.session.execute(
        update(IdempotencyKey)
        .where(
            IdempotencyKey.household_id == unit.viewer.household_id,
            IdempotencyKey.user_id == unit.viewer.user_id,
            IdempotencyKey.mutation == mutation,
            IdempotencyKey.key == key,
        )
        .values(object_id=object_id)
    )
