"""What an ingest tells the journal and the sums, out of what its statement reports."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, overload
from uuid import UUID

import asyncpg
import orjson
from asyncpg.pgproto.pgproto import UUID as DriversUUID  # noqa: N811

from domain.events import TransactionsAdded, TransactionsModified, TransactionsRemoved
from domain.spending.commands import SpendingDelta
from runtime.facts import MOST_SUBJECTS, Fact

_ID_BYTES = 16
Reported = asyncpg.Record


class PackedIds(Sequence[UUID]):
    """Ids in 16 bytes each; as objects, those of a long history would take more memory than all else together."""

    def __init__(self, packed: bytes) -> None:
        self._packed = packed

    def __len__(self) -> int:
        return len(self._packed) // _ID_BYTES

    @overload
    def __getitem__(self, index: int) -> UUID: ...
    @overload
    def __getitem__(self, index: slice) -> list[UUID]: ...
    def __getitem__(self, index: int | slice) -> UUID | list[UUID]:
        if isinstance(index, slice):
            return [self._at(place) for place in range(*index.indices(len(self)))]
        return self._at(range(len(self))[index])

    def _at(self, place: int) -> UUID:
        # The driver's kind of UUID: made and written ten times as fast.
        return DriversUUID(self._packed[place * _ID_BYTES : (place + 1) * _ID_BYTES])


def facts_of(reported: Iterable[Reported]) -> Iterator[Fact]:
    """Added and removed ones by id only, changed ones with each field before and after; by account."""
    changed: dict[UUID, dict[UUID, dict[str, Any]]] = {}
    for row in reported:
        account_id = row["account_id"]
        match row["what"]:
            case "added":
                yield TransactionsAdded(ids=PackedIds(row["ids"]), account_id=account_id)
            case "deleted":
                yield TransactionsRemoved(ids=PackedIds(row["ids"]), account_id=account_id)
            case "changed":
                fields = orjson.loads(row["changes"]) if row["changes"] else {}
                changed.setdefault(account_id, {})[UUID(bytes=row["ids"])] = fields
    for account_id, by_id in changed.items():
        rest = iter(by_id.items())
        while line := dict(islice(rest, MOST_SUBJECTS)):
            yield TransactionsModified(
                ids=list(line), account_id=account_id, data={str(id): fields for id, fields in line.items()}
            )


def deltas_of(reported: Iterable[Reported]) -> Iterator[SpendingDelta]:
    for row in reported:
        if row["what"] == "spending":
            yield SpendingDelta(
                row["account_id"], row["category_id"], row["currency"], row["month"], row["amount"], row["count"]
            )
