"""What every household shares and the code brings along: the system's categories and the dictionary of merchants.

Whether the database has them already is read off its rows, so that nothing has to be remembered and damage is mended.
"""

import asyncio
import hashlib
from collections.abc import Iterable

import asyncpg

from domain.categories.system import ALL, by_number
from domain.merchants import dictionary_file

_CATEGORIES = """
insert into system_categories (id, code, name, kind, parent_id)
select * from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::uuid[])
    as given (id, code, name, kind, parent_id) order by id
on conflict (id) do update
set code = excluded.code, name = excluded.name, kind = excluded.kind, parent_id = excluded.parent_id
where (system_categories.code, system_categories.name, system_categories.kind, system_categories.parent_id)
    is distinct from (excluded.code, excluded.name, excluded.kind, excluded.parent_id)
"""

# The same bytes as `_digest` makes of the file, in an order that no locale changes.
_DICTIONARY_DIGEST = """
select encode(sha256(coalesce(string_agg(
    convert_to(concat_ws(E'\\x1f', key, country, name, category_id::text) || E'\\n', 'UTF8'), ''::bytea
    order by key collate "C", country collate "C"
), ''::bytea)), 'hex')
from merchant_dictionary
"""

_STAGE = "create temporary table given (key text, country text, name text, category_id uuid) on commit drop"

_DELETE = """
delete from merchant_dictionary d
where not exists (select from given g where g.key = d.key and g.country = d.country)
"""

_UPSERT = """
insert into merchant_dictionary (key, country, name, category_id)
select key, country, name, category_id from given order by key, country
on conflict (key, country) do update set name = excluded.name, category_id = excluded.category_id
where (merchant_dictionary.name, merchant_dictionary.category_id)
    is distinct from (excluded.name, excluded.category_id)
"""

_Entry = tuple[str, str, str, str]


def load(owner_url: str) -> None:
    """Bring categories and dictionary to what the files say; safe to run twice, quick where nothing changed.

    Readers see the old ones until all is done. Raises asyncpg's errors, OSError, and ValueError for a damaged file.
    """
    asyncio.run(_load(owner_url))


async def _load(owner_url: str) -> None:
    entries = sorted(
        (row.key, row.country, row.name, str(by_number(row.category_number).id)) for row in dictionary_file.rows()
    )
    connection = await asyncpg.connect(owner_url)
    try:
        async with connection.transaction():
            columns = zip(*((one.id, one.code, one.name, one.kind.value, one.parent) for one in ALL), strict=True)
            await connection.execute(_CATEGORIES, *map(list, columns))
            if await connection.fetchval(_DICTIONARY_DIGEST) != _digest(entries):
                await _replace_dictionary(connection, entries)
    finally:
        await connection.close()


async def _replace_dictionary(connection: asyncpg.Connection, entries: list[_Entry]) -> None:
    # Straight into the table would be refused: row-level security holds its owner as well.
    await connection.execute(_STAGE)
    await connection.copy_records_to_table("given", records=entries)
    await connection.execute(_DELETE)
    await connection.execute(_UPSERT)


def _digest(entries: Iterable[_Entry]) -> str:
    digest = hashlib.sha256()
    for entry in entries:
        digest.update(("\x1f".join(entry) + "\n").encode())
    return digest.hexdigest()
