"""A household's merchants, and what the shared dictionary knows."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import Text, any_, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from domain.merchants.models import DictionaryEntry, Merchant
from domain.rows import OneByKey
from runtime.statements import HOUSEHOLD

merchants_by_ids = OneByKey(Merchant, Merchant.id, Merchant.household_id == HOUSEHOLD)


async def dictionary_hits(
    session: AsyncSession, keys: Collection[str], country: str = ""
) -> dict[str, tuple[str, UUID]]:
    """Name and category of the merchants known under these keys.

    `country` is an ISO 3166 code in lower case: what the dictionary says of it goes before what holds everywhere.
    """
    statement = select(DictionaryEntry.key, DictionaryEntry.name, DictionaryEntry.category_id).where(
        DictionaryEntry.key == any_(literal(list(keys), ARRAY(Text))), DictionaryEntry.country.in_(["", country])
    )
    rows = await session.execute(statement.order_by(DictionaryEntry.country))
    return {key: (name, category_id) for key, name, category_id in rows}
