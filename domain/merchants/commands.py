"""Merchants come with the transactions that name them."""

from collections.abc import Collection, Mapping
from uuid import UUID

from runtime.ids import new_id
from runtime.unit import Unit

_FIND = "select key, id from merchants where household_id = $1 and key = any ($2)"

# In key order, so that two units that meet the same new merchants never wait for each other crosswise.
_ADD = """
insert into merchants (household_id, id, key, name)
select $1, n.* from unnest($2::uuid[], $3::text[], $4::text[]) as n (id, key, name) order by n.key
on conflict (household_id, key) do nothing
"""


async def known_merchants(unit: Unit, keys: Collection[str]) -> dict[str, UUID]:
    """Those that the household has, by the keys of their names."""
    if not keys:
        return {}
    connection = await unit.connection()
    rows = await connection.fetch(_FIND, unit.household_id, list(keys))
    return {row["key"]: row["id"] for row in rows}


async def merchants_named(unit: Unit, names: Mapping[str, str]) -> dict[str, UUID]:
    """The household's merchants by the keys of their names; those that are not there are made."""
    found = await known_merchants(unit, names)
    if new := [key for key in names if key not in found]:
        connection = await unit.connection()
        ids = [new_id() for _ in new]
        await connection.execute(_ADD, unit.household_id, ids, new, [names[key] for key in new])
        # Somebody else may have made one meanwhile: whose it is now is read and not assumed.
        found |= await known_merchants(unit, new)
    return found
