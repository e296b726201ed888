"""Backup codes: ten, each good once, for whoever has lost the authenticator."""

import base64
import secrets
from uuid import UUID

from sqlalchemy import delete, insert, text, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from domain.factors.models import BACKUP_CODES, BackupCode, Factor
from domain.factors.secrets import hash_of
from runtime import clock
from runtime.ids import new_id

CODES = 10
_BYTES = 10
_PURPOSE = "backup code"
NAME = "Backup codes"


def new_code() -> str:
    """80 bits as "k3jq-7h2d-mwx4-a5zt"."""
    text = base64.b32encode(secrets.token_bytes(_BYTES)).decode().lower()
    return "-".join(text[place : place + 4] for place in range(0, len(text), 4))


def code_hash(code: str) -> bytes:
    """Case, spaces and dashes do not matter."""
    return hash_of(_PURPOSE, "".join(letter for letter in code.lower() if letter.isalnum()))


async def make_codes(session: AsyncSession, user_id: UUID) -> list[str]:
    """As `system`: new codes, shown this once. Those before are good no more."""
    codes, at = [new_code() for _ in range(CODES)], clock.now()
    await session.execute(delete(BackupCode).where(BackupCode.user_id == user_id))
    await session.execute(insert(BackupCode), [{"user_id": user_id, "code_hash": code_hash(code)} for code in codes])
    values = {"created_at": at, "confirmed_at": at, "used_at": None, "codes_left": CODES}
    row = upsert(Factor).values(id=new_id(), user_id=user_id, kind=BACKUP_CODES, name=NAME, **values)
    is_single = text("kind <> 'PASSKEY'")
    await session.execute(
        row.on_conflict_do_update(index_elements=[Factor.user_id, Factor.kind], index_where=is_single, set_=values)
    )
    return codes


async def use_code(session: AsyncSession, user_id: UUID, code: str) -> bool:
    """As `system`: whether it is one of the person's, which is gone now."""
    used = await session.scalar(
        delete(BackupCode)
        .where(BackupCode.user_id == user_id, BackupCode.code_hash == code_hash(code))
        .returning(BackupCode.user_id)
    )
    if used is None:
        return False
    await session.execute(
        update(Factor)
        .where(Factor.user_id == user_id, Factor.kind == BACKUP_CODES)
        .values(codes_left=Factor.codes_left - 1, used_at=clock.now())
    )
    return True


async def drop_codes(session: AsyncSession, user_id: UUID) -> None:
    await session.execute(delete(BackupCode).where(BackupCode.user_id == user_id))
    await session.execute(delete(Factor).where(Factor.user_id == user_id, Factor.kind == BACKUP_CODES))
