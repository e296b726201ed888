"""Sending an endpoint back to a position, and sending it a word to see whether it listens."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, select

from domain.changes.lines import check_position
from domain.changes.position import Position
from domain.mistakes import conflict, invalid, invalid_at, too_many
from domain.webhook_endpoints.commands import own_endpoint, withdraw_changes
from domain.webhook_endpoints.models import ACTIVE, PENDING, PING, WebhookDelivery
from runtime.database import Database
from runtime.ids import new_id
from runtime.reader import Reader
from runtime.unit import Unit, in_unit
from runtime.viewer import Viewer

MOST_REPLAYED = 10_000
"""Lines: who missed more reads `changes`."""
MOST_PINGS = 10
"""In a minute."""


async def replay_webhooks(database: Database, viewer: Viewer, endpoint_id: UUID, after: str) -> UUID:
    """Tell it again everything from the position on, dead letters included; a position within a line begins with the
    whole line. It may also lie ahead of what the endpoint was told, to skip that.

    INVALID for a position that is none of this journal, that never was, or that is more than 10,000 lines back.
    """
    async with Reader(database, viewer) as reader:
        with invalid_at("input", "after"):
            position, head = await check_position(reader, viewer.household_id, after)
    if head.line - position.line > MOST_REPLAYED:
        raise invalid(
            f"This is more than {MOST_REPLAYED} lines back: read `Viewer.changes`, and replay from its end.",
            *("input", "after"),
        )

    async def work(unit: Unit) -> UUID:
        return await _send_back(unit, endpoint_id, position)

    return await in_unit(database, viewer, work)


async def _send_back(unit: Unit, endpoint_id: UUID, position: Position) -> UUID:
    endpoint = await own_endpoint(unit, endpoint_id)
    endpoint.next_seq = position.line
    await withdraw_changes(unit, endpoint)
    return endpoint.id


async def send_test_webhook(unit: Unit, endpoint_id: UUID) -> UUID:
    """The delivery's id. It is tried once, soon, whatever else waits. CONFLICT for an endpoint that is disabled,
    TOO_MANY while another one waits and beyond 10 in a minute."""
    endpoint = await own_endpoint(unit, endpoint_id)
    if endpoint.status != ACTIVE:
        raise conflict("The endpoint is disabled.", "input", "endpointId")
    recent = select(func.count(), func.count().filter(WebhookDelivery.status == PENDING)).where(
        WebhookDelivery.endpoint_id == endpoint.id,
        WebhookDelivery.kind == PING,
        WebhookDelivery.created_at > unit.at - timedelta(minutes=1),
    )
    count, waiting = (await unit.session.execute(recent)).one()
    if count >= MOST_PINGS or waiting:
        raise too_many("There were tests of this endpoint just now: look at its deliveries.", "input", "endpointId")
    ping = WebhookDelivery(
        id=new_id(),
        endpoint_id=endpoint.id,
        household_id=endpoint.household_id,
        user_id=endpoint.user_id,
        kind=PING,
        status=PENDING,
        created_at=unit.at,
        next_attempt_at=unit.at,
    )
    unit.session.add(ping)
    await unit.session.flush()
    return ping.id
