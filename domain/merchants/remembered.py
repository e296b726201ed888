"""The dictionary of merchants, looked up once per process: what was found and what was not is kept by its key.

Not the whole of it, which takes 14 MiB: a bank's lines name the same merchants again and again. How fresh it is stands
in runtime/table_versions.py. The statement that looks up what is not known compares the version as well, so that to
remember never costs a statement more, unless the dictionary has changed.
"""

from collections.abc import Collection
from time import monotonic
from uuid import UUID
from weakref import WeakKeyDictionary

from sqlalchemy import Text, and_, any_, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from domain.merchants.models import DictionaryEntry
from runtime.table_versions import Freshness, TableVersion

MOST_REMEMBERED = 50_000

Hit = tuple[str, UUID]


class _Remembered:
    """Of one database, by country and key. Null where there is no entry."""

    def __init__(self) -> None:
        self.freshness = Freshness()
        self.entries: dict[tuple[str, str], Hit | None] = {}


_remembered: WeakKeyDictionary[object, _Remembered] = WeakKeyDictionary()


async def dictionary_hits(session: AsyncSession, keys: Collection[str], country: str = "") -> dict[str, Hit]:
    """Name and category of the merchants known under these keys.

    `country` is an ISO 3166 code in lower case: what the dictionary says of it goes before what holds everywhere.
    """
    database = session.get_bind()
    memory = _remembered.get(database)
    if memory is None:
        memory = _remembered[database] = _Remembered()
    freshness = memory.freshness
    known = {key: memory.entries[country, key] for key in keys if (country, key) in memory.entries}
    found: dict[str, Hit] = {}
    unknown = [key for key in keys if key not in known]
    if unknown or not freshness.holds:
        before, asked_at = freshness.version, monotonic()
        version, found = await _look_up(session, unknown, country)
        if known and version != before:
            _, again = await _look_up(session, list(known), country)
            found, known = found | again, {}
        # Each statement of a unit has a snapshot of its own, taken after it was asked for.
        if freshness.confirm(version, asked_at) or len(memory.entries) > MOST_REMEMBERED:
            memory.entries.clear()
        if version == freshness.version:
            memory.entries |= {(country, key): found.get(key) for key in keys if key not in known}
    return found | {key: hit for key, hit in known.items() if hit is not None}


async def _look_up(session: AsyncSession, keys: list[str], country: str) -> tuple[int, dict[str, Hit]]:
    """The dictionary's version, and what that version says."""
    entry = DictionaryEntry
    wanted = and_(entry.key == any_(literal(keys, ARRAY(Text))), entry.country.in_(["", country]))
    statement = (
        select(TableVersion.version, entry.key, entry.name, entry.category_id)
        .outerjoin_from(TableVersion, entry, wanted)
        .where(TableVersion.name == entry.__tablename__)
        .order_by(entry.country)
    )
    rows = (await session.execute(statement)).all()
    return rows[0].version, {row.key: (row.name, row.category_id) for row in rows if row.key is not None}
