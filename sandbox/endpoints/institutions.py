"""`/institutions/*`."""

from typing import Any

from sandbox import institutions
from sandbox.bank import Bank
from sandbox.endpoints.link import read_countries, read_products
from sandbox.fields import Fields
from sandbox.mistakes import invalid_input


async def get_by_id(bank: Bank, body: Fields) -> dict[str, Any]:
    """`/institutions/get_by_id`; raises INVALID_INSTITUTION, also for one outside the countries asked for."""
    found = institutions.institution(body.text("institution_id"))
    if not set(found.countries) & set(read_countries(body)):
        raise invalid_input("INVALID_INSTITUTION", "the institution does not serve these country_codes")
    options = body.inner("options")
    metadata, status = options.flag("include_optional_metadata"), options.flag("include_status")
    return {"institution": institutions.wire(found, metadata=metadata, status=status)}


async def search(bank: Bank, body: Fields) -> dict[str, Any]:
    """`/institutions/search`: by words of the name."""
    options = body.inner("options")
    found = institutions.search(
        body.text("query", 200),
        read_countries(body),
        read_products(body, "products") if body.has("products") else [],
        options.flag("oauth") if options.has("oauth") else None,
    )
    metadata = options.flag("include_optional_metadata")
    return {"institutions": [institutions.wire(one, metadata=metadata, status=False) for one in found]}
