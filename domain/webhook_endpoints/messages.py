"""What a delivery says: which objects changed, in the order of the journal, as far as its endpoint may see them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson

from domain import events  # noqa: F401 (the catalogue fills itself)
from domain.changes.lines import Line, heads_of, lines_from
from domain.changes.position import Position, encode_position
from domain.webhook_endpoints.models import WebhookDelivery, WebhookEndpoint
from domain.webhook_endpoints.subjects import SUBJECTS
from domain.webhook_endpoints.values import values_of
from runtime.facts import Fact
from runtime.public_ids import encode
from runtime.reader import Reader
from runtime.scopes import readable
from runtime.viewer import Viewer

ENDPOINT = "whe"
"""What ids of endpoints begin with."""
DELIVERY = "msg"
"""The same of deliveries, as Standard Webhooks has it."""
MOST_LINES = 50
MOST_OBJECTS = 500
MOST_WITH_VALUES = 100
"""So many in one message at most, but for its first line: the rest is the next one's."""


@dataclass(frozen=True)
class Batch:
    """Lines to be told at once. `last_seq`: with them everything up to this line is dealt with."""

    lines: Sequence[Line]
    last_seq: int


async def next_batch(reader: Reader, endpoint: WebhookEndpoint) -> Batch | None:
    """What follows after what the endpoint was told of; without lines where nothing of it is for this endpoint; None
    where nothing follows."""
    head = (await heads_of(reader, [endpoint.household_id])).get(endpoint.household_id)
    if head is None or head.line <= endpoint.next_seq:
        return None
    lines = await _visible(reader, endpoint, endpoint.next_seq)
    most = MOST_WITH_VALUES if endpoint.include_values else MOST_OBJECTS
    objects, taken = 0, 0
    for line in lines:
        objects += len(line.ids)
        if taken and objects > most:
            break
        taken += 1
    is_all = taken == len(lines) < MOST_LINES
    return Batch(lines[:taken], head.line - 1 if is_all else lines[taken - 1].seq)


@dataclass(frozen=True)
class Body:
    """`last_seq` is less than the delivery's where more may be seen by now than one message holds."""

    content: bytes
    last_seq: int | None


async def body_of(reader: Reader, endpoint: WebhookEndpoint, delivery: WebhookDelivery) -> Body | None:
    """The message as it is to be sent now; None where nothing of it may be seen any more."""
    if delivery.first_seq is None or delivery.last_seq is None:
        return Body(_message("ping", delivery, endpoint, {}), None)
    found = await _visible(reader, endpoint, delivery.first_seq)
    last_seq = min(delivery.last_seq, found[-1].seq) if len(found) == MOST_LINES else delivery.last_seq
    lines = [line for line in found if line.seq <= last_seq]
    if not lines:
        return None
    stream = endpoint.household_id
    data: dict[str, Any] = {
        "after": encode_position(stream, Position(delivery.first_seq)),
        "position": encode_position(stream, Position.after(last_seq)),
        "changes": [_change(stream, line) for line in lines],
    }
    if endpoint.include_values:
        data["values"] = await values_of(reader, lines)
    return Body(_message("changes", delivery, endpoint, data), last_seq)


def subjects_for(endpoint: WebhookEndpoint, viewer: Viewer) -> list[str]:
    """The types that it asked for and that its scopes reach."""
    asked = SUBJECTS if endpoint.types is None else endpoint.types
    return [name for name in asked if name in SUBJECTS and readable(SUBJECTS[name][1], viewer.scopes)]


async def _visible(reader: Reader, endpoint: WebhookEndpoint, first_seq: int) -> list[Line]:
    subjects = subjects_for(endpoint, reader.viewer)
    return await lines_from(reader, endpoint.household_id, Position(first_seq), subjects=subjects, most=MOST_LINES)


def _change(stream_id: UUID, line: Line) -> dict[str, Any]:
    return {
        "event": line.kind,
        "type": line.subject,
        "kind": Fact.catalogue[line.kind].change.value,
        "ids": [encode(SUBJECTS[line.subject][0], id) for id in line.ids],
        "at": line.at,
        "position": encode_position(stream_id, Position.after(line.seq)),
    }


def _message(type_: str, delivery: WebhookDelivery, endpoint: WebhookEndpoint, data: dict[str, Any]) -> bytes:
    whose = {"endpointId": encode(ENDPOINT, endpoint.id), "householdId": encode("hsh", endpoint.household_id)}
    message = {"type": type_, "timestamp": delivery.created_at, "data": {**whose, **data}}
    return orjson.dumps(message, option=orjson.OPT_UTC_Z)
