"""Apps as the authorisation server knows them: whoever asks, before anybody is signed in."""

from collections.abc import Sequence
from dataclasses import dataclass
from hmac import compare_digest
from uuid import UUID

from sqlalchemy import select

from domain.apps.models import App, AppSecret
from domain.apps.secrets import Secret, hash_of
from runtime.system import SystemDatabase


@dataclass(frozen=True)
class Client:
    app_id: UUID
    name: str
    homepage: str | None
    redirect_uris: Sequence[str]
    is_confidential: bool
    secret_hash: bytes | None

    def knows(self, secret: str) -> bool:
        """In constant time. False for a public client, which has no secret."""
        return self.secret_hash is not None and compare_digest(self.secret_hash, hash_of(Secret.CLIENT, secret))


async def find_client(system: SystemDatabase, app_id: UUID) -> Client | None:
    async with system.system_session() as session:
        app = await session.get(App, app_id)
        if app is None:
            return None
        newest = (
            select(AppSecret.secret_hash)
            .where(AppSecret.app_id == app_id)
            .order_by(AppSecret.created_at.desc(), AppSecret.id.desc())
            .limit(1)
        )
        secret_hash = await session.scalar(newest) if app.is_confidential else None
        return Client(app.id, app.name, app.homepage, app.redirect_uris, app.is_confidential, secret_hash)
