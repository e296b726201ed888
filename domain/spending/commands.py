"""Moving the sums with the transactions: what a unit changes is gathered, and written in one statement at its close."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from domain.periods import month_of
from runtime.unit import Unit

_CLOSING_STEP = "spending"

# In key order, so that two units never wait for each other crosswise.
_UPSERT = """
insert into spending as s (household_id, account_id, category_id, currency, month, amount, count)
select $1, d.* from unnest($2::uuid[], $3::uuid[], $4::text[], $5::date[], $6::numeric[], $7::int[])
    as d (account_id, category_id, currency, month, amount, count)
order by d.account_id, d.category_id, d.currency, d.month
on conflict (household_id, account_id, category_id, currency, month)
do update set amount = s.amount + excluded.amount, count = s.count + excluded.count
"""


@dataclass(frozen=True, slots=True)
class SpendingDelta:
    """By how much the sum of one (account, category, currency, month) moves; `amount` and `count` are signed.

    Any day of the month stands for it.
    """

    account_id: UUID
    category_id: UUID
    currency: str
    month: date
    amount: Decimal
    count: int


_Key = tuple[UUID, UUID, str, date]


class _Gathered:
    """The unit's deltas by key: as many as there are sums to change, however many transactions changed."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit
        self._sums: dict[_Key, tuple[Decimal, int]] = {}

    def add(self, deltas: Iterable[SpendingDelta]) -> None:
        for delta in deltas:
            key = (delta.account_id, delta.category_id, delta.currency, month_of(delta.month).first_day)
            amount, count = self._sums.get(key, (Decimal(0), 0))
            self._sums[key] = (amount + delta.amount, count + delta.count)

    async def write(self) -> None:
        moved = [(*key, amount, count) for key, (amount, count) in self._sums.items() if amount or count]
        self._sums = {}
        if moved:
            connection = await self._unit.connection()
            await connection.execute(
                _UPSERT, self._unit.household_id, *(list(column) for column in zip(*moved, strict=True))
            )


def change_spending(unit: Unit, deltas: Iterable[SpendingDelta]) -> None:
    """Move the sums of counting transactions: called with every change of a transaction, in the same unit.

    A changed transaction is two deltas: what it was, negated, and what it is. Those that do not count give none.
    """
    gathered = unit.gathered(_CLOSING_STEP, lambda: _Gathered(unit))
    gathered.add(deltas)
    unit.at_close(_CLOSING_STEP, gathered.write)
