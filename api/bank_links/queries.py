"""The household's links."""

import strawberry

from api.bank_links.types import BankLink
from api.fields import edge
from domain.bank_links.queries import bank_links_by_household


@strawberry.type
class BankLinksOfViewer:
    bank_links: list[BankLink] = edge(
        bank_links_by_household,
        "household_id",
        description="The household's links to banks as they were made, ended ones included.",
        scope="bank_links:read",
    )
