"""A link's synchronisations, step by step."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

import strawberry

from api.bank_links.types import Sync
from api.errors import bad_input
from api.fields import edge
from api.ids import BadId, decode_as
from api.live.following import Following, Subscriber, Topic, start_of
from api.live.gate import subscription
from api.scopes import requires
from domain import events
from domain.bank_links.queries import bank_links_by_ids, syncs_by_bank_link, syncs_by_ids
from domain.changes.lines import Line
from domain.changes.position import Position
from domain.pages import PageRequest
from runtime.reader import Reader

KINDS = frozenset({events.SyncStarted.__name__, events.SyncFinished.__name__})


@dataclass(frozen=True, slots=True)
class SyncEvent:
    sync_id: UUID


@requires("bank_links:read")
@strawberry.type(description="A synchronisation has come a step further.")
class SyncProgressed:
    sync: Sync = edge(syncs_by_ids, "sync_id", description="The synchronisation as it is now.")


async def sync_progressed(
    subscriber: Subscriber,
    bank_link_id: Annotated[strawberry.ID, strawberry.argument(description="A link of the household.")],
) -> Following[SyncEvent]:
    try:
        link_id = decode_as("bnk", bank_link_id)
    except BadId:
        raise bad_input("`bankLinkId`: there is no such link.") from None
    stream_id = subscriber.viewer.household_id
    async with subscriber.reader() as reader:
        if not await bank_links_by_ids(reader, [link_id]):
            raise bad_input("`bankLinkId`: there is no such link.")
        start = await start_of(reader, stream_id, None)
        newest = (await syncs_by_bank_link(reader, [link_id], PageRequest(size=1)))[link_id].nodes

    async def events_of(reader: Reader, lines: Sequence[Line], _position: Position) -> list[SyncEvent]:
        steps = [sync_id for line in lines for sync_id in line.ids]
        syncs = await syncs_by_ids(reader, list(set(steps)))
        return [SyncEvent(id) for id in steps if id in syncs and syncs[id].bank_link_id == link_id]

    first = [SyncEvent(sync.id) for sync in newest]
    return Following(subscriber, Topic(stream_id, events_of, kinds=KINDS), start, first)


@strawberry.type
class SyncSubscription:
    sync_progressed: SyncProgressed = subscription(
        sync_progressed,
        description="The current state first, if there was a synchronisation; then each step.",
        scope="bank_links:read",
    )
