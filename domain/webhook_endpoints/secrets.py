"""Secrets of endpoints: shown once, kept sealed, two of them good while they are changed over."""

import base64
import secrets
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import insert, select

from domain.webhook_endpoints.models import WebhookEndpoint, WebhookSecret
from runtime import clock
from runtime.ids import new_id
from runtime.keys import Keys
from runtime.system import SystemDatabase
from runtime.unit import Unit

PREFIX = "whsec_"
BYTES = 32
OVERLAP = timedelta(hours=24)
"""How long the secret before the newest is signed with as well."""


async def add_secret(unit: Unit, keys: Keys, endpoint: WebhookEndpoint) -> str:
    """A new secret for the endpoint, which is nowhere else in this form (Standard Webhooks: whsec_ and base64)."""
    id, secret = new_id(), PREFIX + base64.b64encode(secrets.token_bytes(BYTES)).decode()
    key_id, sealed = keys.encrypt(secret, bound_to=id.bytes)
    # `app` may put it in and never read it, so nothing may come back.
    await unit.session.execute(
        insert(WebhookSecret).values(
            id=id,
            endpoint_id=endpoint.id,
            household_id=endpoint.household_id,
            user_id=endpoint.user_id,
            key_id=key_id,
            secret=sealed,
            created_at=unit.at,
        )
    )
    return secret


async def secrets_of(system: SystemDatabase, keys: Keys, endpoint_id: UUID) -> Sequence[str]:
    """Those that deliveries are signed with now, the newest first. Raises KeyProblem where a key is missing."""
    newest = (
        select(WebhookSecret)
        .where(WebhookSecret.endpoint_id == endpoint_id)
        .order_by(WebhookSecret.created_at.desc(), WebhookSecret.id.desc())
        .limit(2)
    )
    async with system.system_session() as session:
        found = (await session.scalars(newest)).all()
    if found and found[0].created_at < clock.now() - OVERLAP:
        found = found[:1]
    return [keys.decrypt(one.key_id, one.secret, bound_to=one.id.bytes) for one in found]
