"""Values that are read through a snapshot are those that the models give."""

import pytest
from sqlalchemy import literal_column, select
from sqlalchemy.dialects.postgresql.asyncpg import dialect

from domain import tables
from runtime.database import Database
from runtime.snapshot import Snapshot
from runtime.viewer import Viewer

LITERALS = {
    "UUID": "01a1fea3-c41d-77b6-a612-368095bcbe61",
    "UUID[]": "{01a1fea3-c41d-77b6-a612-368095bcbe61}",
    "TEXT": "grün",
    "TEXT[]": '{a,NULL,"b c"}',
    "CHAR(3)": "EUR",
    "BOOLEAN": "t",
    "INTEGER": "-7",
    "BIGINT": "9223372036854775807",
    "NUMERIC(19, 4)": "-12.5",
    "NUMERIC(28, 4)": "0",
    "NUMERIC(3, 2)": "0.95",
    "DATE": "2024-02-29",
    "TIMESTAMP WITH TIME ZONE": "2024-02-29 12:30:00.000001+05:30",
    "BYTEA": "\\x00ff",
    "JSONB": '{"list": [1, 2.5, null, true, "ü"], "empty": {}}',
}
DIALECT = dialect()  # type: ignore[no-untyped-call]
TYPES = {
    column.type.compile(DIALECT): column.type for table in tables.metadata().tables.values() for column in table.columns
}


@pytest.mark.parametrize("name", sorted(TYPES))
async def test_a_value_is_the_same_on_both_ways(database: Database, viewer: Viewer, name: str) -> None:
    literal = f"'{LITERALS[name]}'::{name}"
    async with database.writing(viewer) as session:
        told = (await session.execute(select(literal_column(literal, TYPES[name])))).scalar_one()

    snapshot = Snapshot(database.reads, viewer)
    ((read,),) = await snapshot.fetch(f"select {literal}")
    await snapshot.close()

    assert (read, type(read)) == (told, type(told))


async def test_json_goes_in_as_it_comes_out(database: Database, viewer: Viewer) -> None:
    value = {"a": [1, "ü", None]}
    snapshot = Snapshot(database.reads, viewer)

    (found,) = await snapshot.fetch("select $1::jsonb, $2::json", [value, value])

    await snapshot.close()
    assert list(found) == [value, value]
