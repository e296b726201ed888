"""The one-use address that a file's bytes are put to: it says which import is meant, and nobody can make one up.

Nothing of it is stored. It is household and id of the import with a seal (HMAC-SHA256) under the server's own key, so
it can be shown again as long as the import awaits its file. What makes it good once is the import's status.
"""

import base64
import binascii
import hmac
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from domain.events import StatementImportChanged
from domain.statement_imports.models import StatementImport
from domain.statement_imports.status import AWAITING_FILE, READING
from runtime import clock
from runtime.keys import Keys
from runtime.system import SystemDatabase
from runtime.unit import Unit

MOST_BYTES = 20 * 1024 * 1024
UPLOAD_SECONDS = 300
"""How long the bytes may take once they have begun to come."""

_PURPOSE = "statement upload"
_IDS, _SEAL = 32, 32
_LETTERS = 86


class UploadUnknown(Exception):
    """This server has never given out such an address."""


class UploadUsed(Exception):
    """A file has come to this address before."""


class UploadLate(Exception):
    """The time in which a file could be sent is over."""


@dataclass(frozen=True, slots=True)
class Upload:
    """An address that is still good."""

    household_id: UUID
    statement_import_id: UUID
    user_id: UUID


def upload_secret(keys: Keys, household_id: UUID, statement_import_id: UUID) -> str:
    """The last part of the address."""
    ids = household_id.bytes + statement_import_id.bytes
    return base64.urlsafe_b64encode(ids + keys.seals(_PURPOSE, ids)[0]).rstrip(b"=").decode()


def folder_of(household_id: UUID, statement_import_id: UUID) -> str:
    """Below this the object store keeps an import's bytes, and those of uploads that came to nothing."""
    return f"imports/{household_id.hex}/{statement_import_id.hex}/"


def awaits_file(status: str, upload_until: datetime) -> bool:
    """Whether there is an address to show."""
    return status == AWAITING_FILE and clock.now() < upload_until


async def find_upload(system: SystemDatabase, keys: Keys, secret: str) -> Upload:
    """What an address stands for. Raises UploadUnknown, UploadUsed and UploadLate."""
    household_id, statement_import_id = _read_secret(keys, secret)
    async with system.system_session() as session:
        found = (
            await session.scalars(
                select(StatementImport).where(
                    StatementImport.household_id == household_id, StatementImport.id == statement_import_id
                )
            )
        ).one_or_none()
    if found is None:
        raise UploadUnknown
    if found.object_key is not None:
        raise UploadUsed
    if not awaits_file(found.status, found.upload_until):
        raise UploadLate
    return Upload(household_id, statement_import_id, found.user_id)


async def receive_file(unit: Unit, statement_import_id: UUID, object_key: str) -> None:
    """The bytes are kept under `object_key` and wait to be read. Of several files that come at once the first to be
    complete counts: raises UploadUsed for the others, and UploadLate where nobody waits any more."""
    found = (
        await unit.session.scalars(
            select(StatementImport)
            .where(StatementImport.household_id == unit.household_id, StatementImport.id == statement_import_id)
            .with_for_update()
        )
    ).one_or_none()
    if found is None or (found.status != AWAITING_FILE and found.object_key is None):
        raise UploadLate
    if found.status != AWAITING_FILE:
        raise UploadUsed
    found.status, found.object_key, found.due_at, found.attempts = READING, object_key, unit.at, 0
    change = {"status": {"before": AWAITING_FILE, "after": READING}}
    unit.record(StatementImportChanged(ids=[found.id], account_id=found.account_id, data=change))


def _read_secret(keys: Keys, secret: str) -> tuple[UUID, UUID]:
    try:
        if len(secret) != _LETTERS or not secret.isascii():
            raise UploadUnknown
        content = base64.b64decode(f"{secret}==", altchars=b"-_", validate=True)
    except binascii.Error:
        raise UploadUnknown from None
    ids, seal = content[:_IDS], content[_IDS:]
    if len(seal) != _SEAL or not any(hmac.compare_digest(seal, good) for good in keys.seals(_PURPOSE, ids)):
        raise UploadUnknown
    return UUID(bytes=ids[:16]), UUID(bytes=ids[16:])
