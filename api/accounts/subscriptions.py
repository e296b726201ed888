"""Balances as they move."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

import strawberry

from api.accounts.types import Account
from api.errors import bad_input
from api.fields import column, edge
from api.ids import BadId, decode_as
from api.live.following import Following, Subscriber, Topic, start_of
from api.live.gate import After, subscription
from api.money import Money
from api.scopes import requires
from domain import money
from domain.accounts.queries import accounts_by_household, accounts_by_ids
from domain.changes.lines import Line, heads_of
from domain.changes.position import Position, encode_position
from domain.events import BalanceChanged as BalanceChangedFact
from runtime.reader import Reader

MOST_ACCOUNTS = 100


@dataclass(frozen=True, slots=True)
class BalanceEvent:
    sequence: str
    at: datetime
    account_id: UUID
    balance: money.Money


@requires("accounts:read")
@strawberry.type(description="An account has another balance.")
class BalanceChanged:
    sequence: str = column("The position behind this event: pass it as `after` to go on from here. Opaque.")
    at: datetime = column("When the balance was learned.")
    account: Account = edge(accounts_by_ids, "account_id", description="The account as it is now.")
    balance: Money = column("The balance as of the event.")


async def balance_changed(
    subscriber: Subscriber,
    account_ids: Annotated[
        list[strawberry.ID] | None, strawberry.argument(description="Only these accounts; at most 100.")
    ] = None,
    after: After = None,
) -> Following[BalanceEvent]:
    stream_id = subscriber.viewer.household_id
    wanted = None if account_ids is None else _decoded(account_ids)
    async with subscriber.reader() as reader:
        if wanted is not None and wanted - (await accounts_by_ids(reader, list(wanted))).keys():
            raise bad_input("`accountIds`: there is no such account.")
        # One snapshot: what is shown first is exactly what the position has behind it.
        start = await start_of(reader, stream_id, after)
        current = [] if after is not None else await _current(reader, stream_id, wanted)

    async def events_of(reader: Reader, lines: Sequence[Line], _position: Position) -> list[BalanceEvent]:
        moved = [
            (line, account_id, line.data)
            for line in lines
            for account_id in line.ids
            if line.data is not None and (wanted is None or account_id in wanted)
        ]
        there = await accounts_by_ids(reader, list({account_id for _, account_id, _ in moved}))
        return [
            BalanceEvent(
                sequence=encode_position(stream_id, Position.after(line.seq)),
                at=line.at,
                account_id=account_id,
                balance=money.Money(Decimal(data["balance"]), data["currency"]),
            )
            for line, account_id, data in moved
            # An account that was deleted since has no balance to tell.
            if account_id in there
        ]

    topic = Topic(stream_id, events_of, kinds={BalanceChangedFact.__name__}, with_data=True)
    return Following(subscriber, topic, start, current, is_current=after is None)


async def _current(reader: Reader, stream_id: UUID, wanted: set[UUID] | None) -> list[BalanceEvent]:
    sequence = encode_position(stream_id, (await heads_of(reader, [stream_id]))[stream_id])
    if wanted is None:
        accounts = (await accounts_by_household(reader, [stream_id]))[stream_id]
    else:
        accounts = list((await accounts_by_ids(reader, list(wanted))).values())
    return [
        BalanceEvent(sequence, account.balance_at, account.id, money.Money(account.balance, account.currency))
        for account in accounts
    ]


def _decoded(account_ids: list[strawberry.ID]) -> set[UUID]:
    if len(account_ids) > MOST_ACCOUNTS:
        raise bad_input(f"`accountIds` has at most {MOST_ACCOUNTS} ids.")
    try:
        return {decode_as("acc", id) for id in account_ids}
    except BadId:
        raise bad_input("`accountIds`: there is no such account.") from None


@strawberry.type
class BalanceSubscription:
    balance_changed: BalanceChanged = subscription(
        balance_changed,
        description="Without `after` the current balances come first; with it, only what was missed. `balance` is as "
        "of the event.",
        scope="accounts:read",
    )
