"""The directory of institutions, shared by all households and filled as banks are linked."""

from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from domain.bank_links.feed import FeedInstitution
from domain.bank_links.models import Institution
from runtime.ids import new_id
from runtime.system import SystemDatabase


async def keep_institution(system: SystemDatabase, provider: str, given: FeedInstitution) -> UUID:
    """The institution's id; its name and address are brought up to date."""
    row = insert(Institution).values(
        id=new_id(), provider=provider, provider_id=given.provider_id, name=given.name, url=given.url
    )
    row = row.on_conflict_do_update(
        index_elements=[Institution.provider, Institution.provider_id],
        set_={"name": row.excluded.name, "url": row.excluded.url},
    )
    async with system.system_session() as session:
        return (await session.execute(row.returning(Institution.id))).scalar_one()
