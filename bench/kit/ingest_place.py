"""A PostgreSQL of its own with households to apply rows to, and rows."""

import csv
import gzip
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import asyncpg

from domain.accounts.models import Account
from domain.identity.people import Registration, register
from domain.mistakes import Problem
from domain.transactions.ingest import Applied, IncomingRow, apply_rows
from engines import postgres
from runtime.database import Database
from runtime.ids import new_id
from runtime.roles import RoleUrls
from runtime.system import SystemDatabase
from runtime.unit import Unit, in_unit
from runtime.viewer import Viewer

OTHER_HOUSEHOLDS = 8
COLUMNS = [
    *("household_id", "id", "account_id", "source_id", "pending_source_id", "date", "amount", "currency", "status"),
    *("description", "original_description", "merchant_id", "category_id", "categorized_by", "confidence"),
    "created_at",
]
OTHERS = f"""
insert into transactions ({", ".join(COLUMNS)})
select $1, gen_random_uuid(), $2, 'other:' || n, null, date '2020-01-01' + n % 2000, -(n % 9000 + 1) / 100.0, 'CAD',
    'POSTED', 'Shop ' || n % 20000, 'SHOP ' || n % 20000 || ' TORONTO ON', null,
    '00000000-0000-7000-8000-00000000009d', 'NONE', 0, now()
from generate_series(1, $3::int) n
"""

Rows = Callable[[], Iterator[IncomingRow]]


def from_file(path: Path) -> Iterator[IncomingRow]:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        for number, line in enumerate(csv.DictReader(file)):
            try:
                yield _row(number, date.fromisoformat(line["date"]), -Decimal(line["amount"]), line["merchant"])
            except (Problem, ArithmeticError):
                continue


def made_up() -> Iterator[IncomingRow]:
    number = 0
    while True:
        number += 1
        day = date(2020, 1, 1) + timedelta(days=number % 2000)
        yield _row(number, day, Decimal(-(number % 9_000) - 1) / 100, f"SHOP {number * 7919 % 20_000:05} TORONTO ON")


def _row(number: int, day: date, amount: Decimal, words: str) -> IncomingRow:
    return IncomingRow(f"bench:{number}", day, amount, "CAD", "POSTED", words, words)


@dataclass(frozen=True)
class Place:
    """Where rows are applied, and as whom."""

    cluster: postgres.Cluster
    server_pid: int
    roles: RoleUrls
    database: Database
    system: SystemDatabase

    async def household(self, name: str) -> tuple[Viewer, UUID]:
        """A new one and its account."""
        person = Registration(f"{name}@example.com", "long enough", name, currency="CAD")
        viewer = await register(self.system, person)
        return viewer, await self.open_account(viewer)

    async def open_account(self, viewer: Viewer) -> UUID:
        now = datetime.now(UTC)
        given = {"name": "Card", "type": "CREDIT_CARD", "currency": "CAD", "balance": Decimal(0)}
        account = Account(household_id=viewer.household_id, id=new_id(), balance_at=now, created_at=now, **given)

        async def work(unit: Unit) -> None:
            unit.session.add(account)

        await in_unit(self.database, viewer, work)
        return account.id


@asynccontextmanager
async def opened(cluster: postgres.Cluster, server_pid: int, roles: RoleUrls) -> AsyncIterator[Place]:
    database, system = Database(roles.app, pool=2), SystemDatabase(roles.system)
    try:
        yield Place(cluster, server_pid, roles, database, system)
    finally:
        await database.close()
        await system.close()


async def apply(place: Place, viewer: Viewer, account: UUID, rows: Rows) -> Applied:
    async def work(unit: Unit) -> Applied:
        return await apply_rows(unit, ((account, row) for row in rows()))

    return await in_unit(place.database, viewer, work, actor="provider:bench")


async def seed_others(place: Place, count: int) -> None:
    admin = await asyncpg.connect(place.cluster.url("coffer"), command_timeout=600)
    for number in range(OTHER_HOUSEHOLDS):
        viewer, account = await place.household(f"other{number}")
        await admin.execute(OTHERS, viewer.household_id, account, count // OTHER_HOUSEHOLDS)
    await admin.execute("vacuum analyze transactions")
    await admin.close()
