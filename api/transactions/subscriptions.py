"""Transactions as they come, change and go."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import strawberry

from api import ids
from api.fields import column, edge
from api.live.following import Following, Subscriber, Topic, start_of
from api.live.gate import After, subscription
from api.scopes import requires
from api.transactions.types import Transaction
from domain import events
from domain.changes.lines import Line
from domain.changes.position import Position, encode_position
from domain.transactions import models
from domain.transactions.queries import transactions_by_ids
from runtime.facts import Change
from runtime.reader import Reader

KINDS = {
    fact.__name__: fact.change
    for fact in (
        events.TransactionsAdded,
        events.TransactionsModified,
        events.TransactionCategorized,
        events.TransactionsRemoved,
    )
}

Ids = tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class TransactionsEvent:
    sequence: str
    at: datetime
    added_ids: Ids = ()
    modified_ids: Ids = ()
    removed_ids: Sequence[str] = ()


async def transactions_of(reader: Reader, keys: Sequence[Ids]) -> dict[Ids, list[models.Transaction]]:
    """Those that are still there."""
    found = await transactions_by_ids(reader, list({id for key in keys for id in key}))
    return {key: [found[id] for id in key if id in found] for key in keys}


@requires("transactions:read")
@strawberry.type(description="At most 100 transactions an event; a larger update comes as several.")
class TransactionsChanged:
    sequence: str = column("The position behind this event: pass it as `after` to go on from here. Opaque.")
    at: datetime = column("When it was committed.")
    added: list[Transaction] = edge(
        transactions_of, "added_ids", description="New ones, as they are now; without those that are gone again."
    )
    modified: list[Transaction] = edge(
        transactions_of, "modified_ids", description="Changed ones, as they are now; without those that are gone."
    )
    removed_ids: list[strawberry.ID] = column("Those that are gone.")


async def transactions_changed(subscriber: Subscriber, after: After = None) -> Following[TransactionsEvent]:
    stream_id = subscriber.viewer.household_id
    async with subscriber.reader() as reader:
        start = await start_of(reader, stream_id, after)

    async def events_of(_reader: Reader, lines: Sequence[Line], position: Position) -> list[TransactionsEvent]:
        return [_event(stream_id, line, tuple(line.rest(position))) for line in lines]

    return Following(subscriber, Topic(stream_id, events_of, kinds=KINDS.keys()), start, is_current=after is None)


def _event(stream_id: UUID, line: Line, changed: Ids) -> TransactionsEvent:
    sequence = encode_position(stream_id, Position.after(line.seq))
    match KINDS[line.kind]:
        case Change.CREATED:
            return TransactionsEvent(sequence, line.at, added_ids=changed)
        case Change.UPDATED:
            return TransactionsEvent(sequence, line.at, modified_ids=changed)
        case Change.DELETED:
            return TransactionsEvent(sequence, line.at, removed_ids=[ids.encode("txn", id) for id in changed])


@strawberry.type
class TransactionsSubscription:
    transactions_changed: TransactionsChanged = subscription(
        transactions_changed,
        description="Transactions as they come, change and go, whoever did it.",
        scope="transactions:read",
    )
