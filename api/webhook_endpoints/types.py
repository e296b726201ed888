"""Where changes are sent to, and how that went."""

from collections.abc import Sequence
from datetime import datetime
from enum import Enum
from typing import Annotated
from uuid import UUID

import strawberry

from api import ids
from api.fields import column, edge, rows_of, value
from api.gates import Payload
from api.pagination import Connection, page_request
from api.scalars import URL
from api.scopes import requires
from domain.changes.position import Position, encode_position
from domain.pages import Page
from domain.webhook_endpoints import models
from domain.webhook_endpoints.messages import DELIVERY, ENDPOINT
from domain.webhook_endpoints.queries import (
    deliveries_by_endpoint,
    deliveries_by_ids,
    endpoints_by_ids,
    makers_by_session,
)
from runtime.reader import Reader


@strawberry.enum(description="What a delivery is about.")
class WebhookDeliveryKind(Enum):
    CHANGES = strawberry.enum_value("CHANGES", description="What changed in the household.")
    PING = strawberry.enum_value("PING", description="A test, made by `sendTestWebhook`.")


@strawberry.enum(description="How far a delivery is.")
class WebhookDeliveryStatus(Enum):
    PENDING = strawberry.enum_value("PENDING", description="It was not acknowledged yet; everything behind it waits.")
    DELIVERED = strawberry.enum_value("DELIVERED", description="The receiver answered with a success (2xx).")
    DEAD = strawberry.enum_value(
        "DEAD",
        description="It was given up: after 3 days, because the receiver wants nothing more (410), or at once, being a "
        "test. `replayWebhooks` sends what it said again.",
    )
    WITHDRAWN = strawberry.enum_value(
        "WITHDRAWN",
        description="It was taken back: what it says is sent otherwise, or may not be seen by the endpoint any more.",
    )


def _after(household_id: UUID, first_seq: int | None) -> str | None:
    return None if first_seq is None else encode_position(household_id, Position(first_seq))


def _position(household_id: UUID, last_seq: int | None) -> str | None:
    return None if last_seq is None else encode_position(household_id, Position.after(last_seq))


def _next_attempt(status: str, next_attempt_at: datetime | None) -> datetime | None:
    return next_attempt_at if status == models.PENDING else None


def _is_enabled(status: str) -> bool:
    return status == models.ACTIVE


@requires("webhook_endpoints:read")
@strawberry.type(description="One message to an endpoint, whatever number of tries it takes.")
@rows_of(models.WebhookDelivery)
class WebhookDelivery:
    id: strawberry.ID = value("The `webhook-id` of all its tries.", ids.encoder(DELIVERY), "id")
    kind: WebhookDeliveryKind = column("What it is about.")
    status: WebhookDeliveryStatus = column("How far it is.")
    after: str | None = value(
        "The position before what it says: `replayWebhooks` sends it again from there. Null for a test.",
        _after,
        "household_id",
        "first_seq",
    )
    position: str | None = value(
        "The position behind what it says; null for a test.", _position, *("household_id", "last_seq")
    )
    attempts: int = column("How often it was tried.")
    created_at: datetime = column("When it was written.")
    attempted_at: datetime | None = column("When it was tried last; null until it was.")
    next_attempt_at: datetime | None = value(
        "When it is tried next; null once nothing more is tried.", _next_attempt, "status", "next_attempt_at"
    )
    response_status: int | None = column("The HTTP status of the last answer; null where none came.")
    response_text: str | None = column("The beginning of the last answer's body, where it was no success.")
    duration_ms: int | None = column("How long the last try took, in milliseconds.")
    problem: str | None = column("Why the last try failed, in words; null where it did not.")


async def deliveries_of_endpoint(
    reader: Reader,
    endpoint_ids: Sequence[UUID],
    first: Annotated[int | None, strawberry.argument(description="How many, 1 to 100; 50 where left out.")] = None,
    after: Annotated[str | None, strawberry.argument(description="The cursor that the page follows.")] = None,
) -> dict[UUID, Page[models.WebhookDelivery]]:
    return await deliveries_by_endpoint(reader, endpoint_ids, page_request(first, after))


@requires("webhook_endpoints:read")
@strawberry.type(description="A server that is told what changes, by signed HTTP requests (Standard Webhooks).")
@rows_of(models.WebhookEndpoint)
class WebhookEndpoint:
    id: strawberry.ID = value("For the mutations.", ids.encoder(ENDPOINT), "id")
    url: URL = column("Where its messages go.")
    description: str = column("What it is for; may be empty.")
    types: list[str] | None = column("Only changes of objects of these types are sent; null for all.")
    include_values: bool = column(
        "Whether messages carry amounts, names and descriptions; else ids and positions only."
    )
    is_enabled: bool = value("Whether anything is sent.", _is_enabled, "status")
    problem: str | None = column("Why it was disabled, in words; null where it is not, or where somebody did it.")
    made_by: str | None = edge(
        makers_by_session,
        "session_id",
        description="The app or the token that made it, and with which it ends; null where you did yourself.",
    )
    position: str = value(
        "The position that it has reached: everything before was acknowledged, given up or not for it.",
        _after,
        "household_id",
        "next_seq",
    )
    created_at: datetime = column("When it was made.")
    deliveries: Connection[WebhookDelivery] = edge(
        deliveries_of_endpoint, "id", description="What was sent in the last 30 days, the newest first."
    )


@strawberry.type(description="An endpoint that was made or changed.")
class WebhookEndpointPayload(Payload):
    webhook_endpoint: WebhookEndpoint | None = edge(
        endpoints_by_ids, "object_id", description="The endpoint; null where it was refused."
    )


@strawberry.type(description="An endpoint with a new secret.")
class WebhookSecretPayload(Payload):
    webhook_endpoint: WebhookEndpoint | None = edge(
        endpoints_by_ids, "object_id", description="The endpoint; null where it was refused."
    )
    secret: str | None = column(
        "What its messages are signed with (`whsec_…`), shown this once; null where it was refused."
    )


@strawberry.type(description="An endpoint that was deleted.")
class DeleteWebhookEndpointPayload(Payload):
    deleted_id: strawberry.ID | None = column("Its id; null where it was refused.")


@strawberry.type(description="A test that is on its way.")
class SendTestWebhookPayload(Payload):
    delivery: WebhookDelivery | None = edge(
        deliveries_by_ids, "object_id", description="The delivery, as it stands; null where it was refused."
    )
