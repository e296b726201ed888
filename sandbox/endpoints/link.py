"""`/link/token/*`: the tokens with which the link dialogue is opened."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from sandbox import items
from sandbox.bank import Bank
from sandbox.fields import Fields
from sandbox.identifiers import token
from sandbox.institutions import PRODUCTS
from sandbox.mistakes import invalid_input

HOURS_TO_LINK = 4
MINUTES_TO_REPAIR = 30
_NORTH_AMERICA = frozenset({"US", "CA"})
_EUROPE = frozenset(
    {"AT", "BE", "DE", "DK", "EE", "ES", "FI", "FR", "GB", "IE", "IT", "LT", "LV", "NL", "NO", "PL", "PT"}
)
COUNTRIES = _NORTH_AMERICA | _EUROPE | {"SE"}


async def create(bank: Bank, body: Fields) -> dict[str, Any]:
    """`/link/token/create`; with an `access_token` the token is for update mode."""
    repairs = body.has("access_token")
    now = datetime.now(UTC)
    lifetime = timedelta(minutes=MINUTES_TO_REPAIR) if repairs else timedelta(hours=HOURS_TO_LINK)
    metadata = {
        "initial_products": read_products(body, "products") if not repairs or body.has("products") else [],
        "webhook": body.url("webhook"),
        "country_codes": read_countries(body),
        "language": body.text("language", 2),
        "redirect_uri": body.url("redirect_uri"),
        "client_name": body.text("client_name", 100),
    }
    if body.has("user"):
        body.inner("user").text("client_user_id")
    elif not body.has("user_id"):
        body.raw("user")
    if repairs:
        items.by_access_token(bank.store.db, body.text("access_token"))
    link_token, expiration = token("link"), _moment(now + lifetime)
    async with bank.store.writing() as db:
        db.execute("delete from link_tokens where expiration < ?", (_moment(now - timedelta(days=1)),))
        db.execute(
            "insert into link_tokens values (?, ?, ?, ?)", (link_token, _moment(now), expiration, json.dumps(metadata))
        )
    return {"link_token": link_token, "expiration": expiration}


async def get(bank: Bank, body: Fields) -> dict[str, Any]:
    """`/link/token/get`: what the token was made for. Nobody opens a dialogue here, so it has no sessions."""
    row = bank.store.db.execute("select * from link_tokens where token = ?", (body.text("link_token"),)).fetchone()
    if row is None:
        raise invalid_input("INVALID_LINK_TOKEN", "invalid link_token provided")
    return {
        "link_token": row["token"],
        "created_at": row["created_at"],
        "expiration": row["expiration"],
        "link_sessions": [],
        "metadata": json.loads(row["metadata"]),
    }


def read_products(body: Fields, name: str) -> list[str]:
    """Products that this bank has; raises INVALID_PRODUCT for others."""
    products = body.texts(name)
    if not products:
        raise body.mistake(name, "must not be empty")
    unknown = sorted(set(products) - set(PRODUCTS))
    if unknown:
        raise invalid_input("INVALID_PRODUCT", f"this bank does not support the products {', '.join(unknown)}")
    return list(dict.fromkeys(products))


def read_countries(body: Fields) -> list[str]:
    """Country codes; raises INVALID_FIELD for one that Plaid does not serve."""
    countries = body.texts("country_codes")
    if not countries or not set(countries) <= COUNTRIES:
        raise body.mistake("country_codes", "must be a list of supported ISO 3166-1 country codes")
    return countries


def _moment(at: datetime) -> str:
    return at.isoformat(timespec="seconds").replace("+00:00", "Z")
