"""Fills every table with rows of two households, by what the models say and nothing else."""

import itertools
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import asyncpg
import sqlalchemy as sa

from domain.tables import models
from runtime.ids import new_id
from runtime.tables import Model, Scope

PERSONAL = [model for model in models() if model.scope not in (Scope.REFERENCE, Scope.SYSTEM)]
"""Every table whose rows belong to somebody."""

# Values that a check constraint or the meaning of a column asks for.
SPECIAL: dict[str, Any] = {
    "currency": "USD",
    "role": "OWNER",
    "period": "MONTHLY",
    "rollover": "NONE",
    "ends_on": date(2026, 12, 31),
    "starts_on": date(2026, 1, 1),
    "categorized_by": "PERSON",
    "seq": 1,
}
BY_TABLE: dict[tuple[str, str], Any] = {
    ("bank_links", "status"): "ACTIVE",
    ("syncs", "status"): "RUNNING",
    ("transactions", "status"): "POSTED",
    ("statement_imports", "status"): "DONE",
    ("link_attempts", "state"): "OPEN",
    ("category_rules", "words"): None,
    ("notifications", "kind"): "SYNC_TROUBLE",
    ("categories", "kind"): "EXPENSE",
    ("sessions", "kind"): "PERSON",
    ("factors", "kind"): "PASSKEY",
    ("webhook_endpoints", "status"): "ACTIVE",
    ("webhook_deliveries", "kind"): "PING",
    ("webhook_deliveries", "status"): "DELIVERED",
    ("account_shares", "sharing"): "FULL",
    ("categories", "parent_id"): None,
}
_numbers = itertools.count(1)


@dataclass
class Filled:
    """One household with a row in every personal table."""

    user_id: UUID = field(default_factory=new_id)
    household_id: UUID = field(default_factory=new_id)
    group_id: UUID = field(default_factory=new_id)
    rows: dict[str, dict[str, Any]] = field(default_factory=dict)

    async def fill(self, owner: asyncpg.Connection) -> None:
        """Insert as the tables' owner, whose own policy lets all rows pass."""
        for model in models():
            if model.scope is Scope.SYSTEM:
                continue
            row = self.row(model)
            self.rows[model.__tablename__] = row
            names = ", ".join(row)
            places = ", ".join(f"${number}" for number in range(1, len(row) + 1))
            await owner.execute(f"insert into {model.__tablename__} ({names}) values ({places})", *row.values())

    def row(self, model: type[Model]) -> dict[str, Any]:
        table = model.__table__
        assert isinstance(table, sa.Table)
        return {
            column.name: self.value(model, column)
            for column in table.columns
            if column.computed is None and column.identity is None
        }

    def value(self, model: type[Model], column: sa.Column[Any]) -> Any:
        table = model.__tablename__
        if (table, column.name) in BY_TABLE:
            return BY_TABLE[table, column.name]
        owners = {"household_id": self.household_id, "user_id": self.user_id, "group_id": self.group_id}
        if column.name in owners:
            return owners[column.name]
        if (table, column.name) in (("users", "id"), ("households", "id")):
            return self.user_id if table == "users" else self.household_id
        if column.name == "stream_id":
            return self.household_id
        if column.name == "category_id" and "categories" in self.rows:
            return self.rows["categories"]["id"]
        for key in column.foreign_keys:
            referred = self.rows.get(key.column.table.name)
            if referred is not None and key.column.name in referred:
                return referred[key.column.name]
        if column.name in SPECIAL:
            return SPECIAL[column.name]
        return _any_value(column)


def _any_value(column: sa.Column[Any]) -> Any:
    number = next(_numbers)
    kind = column.type
    if isinstance(kind, sa.ARRAY):
        return [] if isinstance(kind.item_type, sa.Text) else [new_id()]
    if isinstance(kind, sa.JSON):
        return "{}" if column.name != "rejected" else "[]"
    values: list[tuple[type[Any], Any]] = [
        (sa.UUID, new_id()),
        (sa.DateTime, datetime(2026, 11, 20, tzinfo=UTC)),
        (sa.Date, date(2026, 11, 1)),
        (sa.Boolean, False),
        (sa.Integer, 1),
        (sa.Numeric, Decimal("0.5")),
        (sa.LargeBinary, number.to_bytes(32)),
        (sa.String, f"{column.name} {number}"),
    ]
    for type_, value in values:
        if isinstance(kind, type_):
            return value
    raise AssertionError(f"no value for {column}: teach this module its type")
