"""The shipped dictionary as a mapping, as the table gives it for a household whose country is not known."""

from functools import cache

from domain.categories.dictionary import Entry
from domain.categories.system import system_category_id
from domain.merchants.dictionary_file import rows


@cache
def shipped_entries() -> dict[str, Entry]:
    return {row.key: Entry(row.name, system_category_id(row.category_number)) for row in rows() if not row.country}
