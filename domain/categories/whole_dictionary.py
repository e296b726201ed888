"""The dictionary of merchants that everyone shares, in memory."""

from uuid import UUID

import asyncpg

from domain.categories.dictionary import Entry

_ALL = "select key, country, name, category_id from merchant_dictionary"
_AT_ONCE = 2_000


class WholeDictionary:
    """For many thousand questions: some forty thousand rows, read once."""

    def __init__(self) -> None:
        self._by_country: dict[str, dict[str, Entry]] = {"": {}}
        self._categories: dict[UUID, UUID] = {}

    def add(self, key: str, country: str, name: str, category_id: UUID) -> None:
        category_id = self._categories.setdefault(category_id, category_id)
        self._by_country.setdefault(country, {})[key] = Entry(name, category_id)

    def entry(self, key: str, country: str) -> Entry | None:
        """What holds in the country (an ISO 3166 code in lower case) goes before what holds everywhere."""
        local = self._by_country.get(country)
        return (local.get(key) if local else None) or self._by_country[""].get(key)


async def whole_dictionary(connection: asyncpg.Connection) -> WholeDictionary:
    """Within a transaction."""
    whole = WholeDictionary()
    async for row in connection.cursor(_ALL, prefetch=_AT_ONCE):
        whole.add(*row)
    return whole
