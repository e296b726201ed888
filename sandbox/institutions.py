"""The institutions one can link."""

from dataclasses import dataclass
from typing import Any

from sandbox.mistakes import invalid_input

PRODUCTS = ("auth", "balance", "identity", "transactions")


@dataclass(frozen=True, slots=True)
class Institution:
    """One bank of the directory."""

    institution_id: str
    name: str
    countries: tuple[str, ...] = ("US",)
    oauth: bool = False
    color: str = "#1f4f8f"


INSTITUTIONS = {
    bank.institution_id: bank
    for bank in (
        Institution("ins_109508", "First Platypus Bank", ("US", "CA"), color="#1f7a5c"),
        Institution("ins_109509", "First Gingham Credit Union", ("US", "CA")),
        Institution("ins_109510", "Tattersall Federal Credit Union"),
        Institution("ins_109511", "Tartan Bank"),
        Institution("ins_109512", "Houndstooth Bank"),
        Institution("ins_43", "Tartan-Dominion Bank of Canada", ("CA",)),
        Institution("ins_116834", "Royal Bank of Plaid", ("GB",), color="#5b2a86"),
        Institution("ins_127287", "Platypus OAuth Bank", ("US",), oauth=True),
        Institution("ins_132241", "First Platypus OAuth App2App Bank", ("US", "GB"), oauth=True),
        Institution("ins_117181", "Flexible Platypus Open Banking", ("GB", "FR", "ES", "NL", "IE", "DE"), oauth=True),
        Institution("ins_117650", "Royal Bank of Plaid Deutschland", ("DE",), oauth=True),
        Institution("ins_135858", "Windowpane Bank"),
    )
}


def institution(institution_id: str) -> Institution:
    """The institution with this id; raises INVALID_INSTITUTION."""
    found = INSTITUTIONS.get(institution_id)
    if found is None:
        raise invalid_input("INVALID_INSTITUTION", "invalid institution_id provided")
    return found


def search(query: str, countries: list[str], products: list[str], oauth: bool | None) -> list[Institution]:
    """At most ten institutions whose name has every word of the query, in the directory's order."""
    words = query.casefold().split()
    return [
        bank
        for bank in INSTITUTIONS.values()
        if all(word in bank.name.casefold() for word in words)
        and set(bank.countries) & set(countries)
        and set(products) <= set(PRODUCTS)
        and (oauth is None or bank.oauth == oauth)
    ][:10]


def wire(bank: Institution, *, metadata: bool, status: bool) -> dict[str, Any]:
    """The institution as Plaid sends it."""
    answer: dict[str, Any] = {
        "institution_id": bank.institution_id,
        "name": bank.name,
        "products": list(PRODUCTS),
        "country_codes": list(bank.countries),
        "routing_numbers": [],
        "dtc_numbers": [],
        "oauth": bank.oauth,
        # Not in Plaid's published description, but plaid-python 46 refuses an institution without it.
        "connection_availability": "SUPPORTED",
    }
    if metadata:
        slug = bank.name.casefold().replace(" ", "-")
        answer |= {"url": f"https://{slug}.example", "primary_color": bank.color, "logo": None}
    if status:
        healthy = {
            "status": "HEALTHY",
            "last_status_change": "2024-01-01T00:00:00Z",
            "breakdown": {
                "success": 1.0,
                "error_plaid": 0.0,
                "error_institution": 0.0,
                "refresh_interval": "NORMAL",
            },
        }
        answer["status"] = {"item_logins": healthy, "transactions_updates": healthy, "health_incidents": None}
    return answer
