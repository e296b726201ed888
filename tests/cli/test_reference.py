"""The system's categories and the dictionary of merchants are in the database as the files say."""

from collections.abc import Iterator

import asyncpg
import pytest

from cli import reference
from domain.categories.system import ALL, by_code, by_number
from domain.merchants import dictionary_file
from tests.cluster import DatabaseUrls, in_own_loop


@pytest.fixture(scope="module")
def database_urls(own_database_urls: DatabaseUrls) -> DatabaseUrls:
    """All rows of the reference tables are looked at."""
    return own_database_urls


async def rows_of(url: str, statement: str) -> set[tuple[object, ...]]:
    connection = await asyncpg.connect(url)
    try:
        return {tuple(row) for row in await connection.fetch(statement)}
    finally:
        await connection.close()


CATEGORIES = "select id, code, name, kind, parent_id from system_categories"
DICTIONARY = "select key, country, name, category_id from merchant_dictionary"
# `ctid` tells whether a row was written again.
WRITTEN = """
select 'category', id::text, ctid::text from system_categories
union all select key, country, ctid::text from merchant_dictionary
"""


@pytest.fixture
def owner(database_urls: DatabaseUrls) -> Iterator[str]:
    yield database_urls.owner
    reference.load(database_urls.owner)


def in_files() -> set[tuple[object, ...]]:
    return {(row.key, row.country, row.name, by_number(row.category_number).id) for row in dictionary_file.rows()}


def test_a_migrated_database_has_them(owner: str) -> None:
    assert in_own_loop(rows_of(owner, CATEGORIES)) == {
        (one.id, one.code, one.name, one.kind.value, one.parent) for one in ALL
    }
    assert in_own_loop(rows_of(owner, DICTIONARY)) == in_files()


def test_loading_again_writes_nothing(owner: str) -> None:
    before = in_own_loop(rows_of(owner, WRITTEN))

    reference.load(owner)

    assert in_own_loop(rows_of(owner, WRITTEN)) == before


def test_what_was_damaged_is_mended(owner: str) -> None:
    groceries = by_code("FOOD_AND_DRINK_GROCERIES").id

    async def damage() -> None:
        connection = await asyncpg.connect(owner)
        try:
            await connection.execute("update system_categories set name = 'Else' where id = $1", groceries)
            await connection.execute("delete from merchant_dictionary where key = 'aldi'")
            await connection.execute("update merchant_dictionary set name = 'Else' where key = 'ikea'")
            await connection.execute(
                "insert into merchant_dictionary (key, country, name, category_id) values ($1, '', 'Else', $2)",
                "elsewhere",
                groceries,
            )
        finally:
            await connection.close()

    in_own_loop(damage())
    assert in_own_loop(rows_of(owner, DICTIONARY)) != in_files()

    reference.load(owner)

    assert in_own_loop(rows_of(owner, DICTIONARY)) == in_files()
    assert in_own_loop(rows_of(owner, "select name from system_categories where name = 'Else'")) == set()
