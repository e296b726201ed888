"""The viewer's endpoints and their deliveries."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from domain.identity.models import Session
from domain.pages import Keyset, Page, PageRequest, PagesByKey
from domain.rows import OneByKey
from domain.webhook_endpoints.models import WebhookDelivery, WebhookEndpoint
from domain.webhook_endpoints.ownership import is_theirs
from runtime.reader import Reader
from runtime.statements import HOUSEHOLD, PERSON

NEWEST_FIRST = Keyset((WebhookDelivery.id,))
"""Ids are in the order of time."""

deliveries_by_ids = OneByKey[WebhookDelivery](
    WebhookDelivery, WebhookDelivery.id, WebhookDelivery.household_id == HOUSEHOLD
)
_deliveries = PagesByKey(
    WebhookDelivery,
    WebhookDelivery.endpoint_id,
    NEWEST_FIRST,
    WebhookDelivery.household_id == HOUSEHOLD,
    WebhookDelivery.user_id == PERSON,
)


async def endpoints_by_user(reader: Reader, ids: Sequence[UUID]) -> dict[UUID, list[WebhookEndpoint]]:
    """As they were made."""
    found = await reader.all(
        select(WebhookEndpoint)
        .where(*is_theirs(reader.viewer))
        .order_by(WebhookEndpoint.created_at, WebhookEndpoint.id)
    )
    return {id: [endpoint for endpoint in found if endpoint.user_id == id] for id in ids}


async def endpoints_by_ids(reader: Reader, ids: Sequence[UUID]) -> dict[UUID, WebhookEndpoint]:
    found = await reader.all(select(WebhookEndpoint).where(*is_theirs(reader.viewer), WebhookEndpoint.id.in_(ids)))
    return {endpoint.id: endpoint for endpoint in found}


async def deliveries_by_endpoint(
    reader: Reader, ids: Sequence[UUID], request: PageRequest
) -> dict[UUID, Page[WebhookDelivery]]:
    """The newest first. Raises `CursorProblem`."""
    return await _deliveries(reader, ids, request)


async def makers_by_session(reader: Reader, ids: Sequence[UUID]) -> dict[UUID, str]:
    """What the third parties are called, as their person was told."""
    found = await reader.all(select(Session).where(Session.id.in_(ids)))
    return {session.id: session.label for session in found}
