"""Plaid as a BankFeed (domain/bank_links/feed.py): the real one or the sandbox bank, by the address alone."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from domain.bank_links.feed import (
    BadPublicToken,
    Exchanged,
    FeedAccount,
    FeedInstitution,
    FeedOutline,
    FeedPage,
    LinkGone,
    LinkToken,
    Notice,
    RequestRefused,
    Unreadable,
)
from integrations.plaid import reading, values, webhooks
from integrations.plaid.client import PlaidClient

PAGE_ROWS = 500
HISTORY_DAYS = 730
PRODUCTS = ("transactions",)
LONGEST_TOKEN = 500


class PlaidFeed:
    """Closed with `close()`. `countries` are those whose banks can be linked (ISO 3166-1)."""

    name = "plaid"

    def __init__(self, url: str, client_id: str, secret: str, *, countries: Sequence[str]) -> None:
        self._client = PlaidClient(url.rstrip("/"), client_id, secret)
        self._countries = list(countries)
        self._webhooks = webhooks.WebhookVerifier(self._webhook_key)

    def close(self) -> None:
        self._client.close()

    async def create_link_token(self, *, person: str, webhook: str, access_token: str | None = None) -> LinkToken:
        body: dict[str, Any] = {
            "client_name": "Coffer",
            "language": "en",
            "country_codes": self._countries,
            "user": {"client_user_id": person},
            "webhook": webhook,
        }
        if access_token is None:
            body |= {"products": PRODUCTS, "transactions": {"days_requested": HISTORY_DAYS}}
        else:
            body["access_token"] = access_token
        answer = await self._ask("/link/token/create", body)
        try:
            expiration = datetime.fromisoformat(_text(answer, "expiration")).astimezone(UTC)
        except (ValueError, OverflowError):
            raise Unreadable("no expiration") from None
        return LinkToken(_text(answer, "link_token"), expiration)

    async def exchange(self, public_token: str) -> Exchanged:
        if not 0 < len(public_token) <= LONGEST_TOKEN:
            raise BadPublicToken("not a token")
        try:
            answer = await self._ask("/item/public_token/exchange", {"public_token": public_token})
        except RequestRefused as error:
            # Plaid has several words for a token that is none.
            if error.code.startswith("INVALID_") and error.code != "INVALID_API_KEYS":
                raise BadPublicToken(error.code) from None
            raise
        return Exchanged(_text(answer, "item_id"), _text(answer, "access_token"))

    async def set_webhook(self, access_token: str, url: str) -> FeedInstitution:
        answer = await self._ask("/item/webhook/update", {"access_token": access_token, "webhook": url})
        item = answer.get("item")
        if not isinstance(item, dict):
            raise Unreadable("no item")
        provider_id = values.words(item.get("institution_id"), most=values.LONGEST_ID) or "unknown"
        return FeedInstitution(provider_id, values.words(item.get("institution_name"), most=200) or "Bank", None)

    async def institution(self, provider_id: str) -> FeedInstitution:
        body = {
            "institution_id": provider_id,
            "country_codes": self._countries,
            "options": {"include_optional_metadata": True},
        }
        found = (await self._ask("/institutions/get_by_id", body)).get("institution")
        if not isinstance(found, dict):
            raise Unreadable("no institution")
        url = values.words(found.get("url"), most=500)
        is_web = url is not None and url.startswith(("https://", "http://"))
        return FeedInstitution(
            provider_id, values.words(found.get("name"), most=200) or "Bank", url if is_web else None
        )

    async def accounts(self, access_token: str) -> Sequence[FeedAccount]:
        return reading.read_accounts(await self._client.post("/accounts/get", {"access_token": access_token}))

    async def fetch_page(self, access_token: str, cursor: str | None) -> bytes:
        body: dict[str, Any] = {
            "access_token": access_token,
            "count": PAGE_ROWS,
            "options": {"include_original_description": True},
        }
        if cursor:
            body["cursor"] = cursor
        return await self._client.post("/transactions/sync", body)

    def read_outline(self, raw: bytes) -> FeedOutline:
        return reading.read_outline(raw)

    def read_page(self, raw: bytes) -> FeedPage:
        return reading.read_page(raw)

    async def remove(self, access_token: str) -> None:
        try:
            await self._ask("/item/remove", {"access_token": access_token})
        except LinkGone:
            return

    async def verify(self, headers: Mapping[str, str], body: bytes) -> str:
        return await self._webhooks.verify(headers, body)

    def read_notice(self, body: object) -> Notice:
        return webhooks.read_notice(body)

    async def _webhook_key(self, key_id: str) -> dict[str, Any]:
        key = (await self._ask("/webhook_verification_key/get", {"key_id": key_id})).get("key")
        if not isinstance(key, dict):
            raise Unreadable("no key")
        return key

    async def _ask(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        raw = await self._client.post(path, body)
        try:
            return values.mapping(values.parse(raw))
        except (ValueError, RecursionError):
            raise Unreadable(f"{path} answered no JSON object") from None


def _text(answer: Mapping[str, Any], name: str) -> str:
    found = answer.get(name)
    if not isinstance(found, str) or not 0 < len(found) <= LONGEST_TOKEN:
        raise Unreadable(f"no {name}")
    return found
