"""The bank, through Plaid's own client with nothing changed but the address."""

import asyncio
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

import httpx
import plaid
from plaid import models
from plaid.api.plaid_api import PlaidApi

INSTITUTION = "ins_109508"
REQUEST_SECONDS = 20
PAGE = 500


class Line(NamedTuple):
    """A transaction as its account sees it: money out is negative."""

    date: str
    amount: Decimal
    words: str


@dataclass(frozen=True)
class Item:
    """A link as the bank knows it."""

    item_id: str
    access_token: str
    username: str


@dataclass(frozen=True)
class Bank:
    """Calls run in threads: Plaid's client blocks."""

    url: str
    client_id: str
    secret: str

    async def public_token(self, accounts: Sequence[dict[str, Any]]) -> str:
        """What the link dialogue would hand over for a custom user with these accounts."""
        request = models.SandboxPublicTokenCreateRequest(
            institution_id=INSTITUTION,
            initial_products=[models.Products("transactions")],
            options=models.SandboxPublicTokenCreateRequestOptions(
                override_username="user_custom",
                override_password=json.dumps({"override_accounts": list(accounts)}),
            ),
        )
        answer = await asyncio.to_thread(self._call, "sandbox_public_token_create", request)
        return str(answer["public_token"])

    async def purchase(self, access_token: str, amount: str, words: str, day: date) -> None:
        """One posted purchase; its webhook is on its way when this returns."""
        request = models.SandboxTransactionsCreateRequest(
            access_token=access_token,
            transactions=[
                models.CustomSandboxTransaction(
                    date_transacted=day, date_posted=day, amount=float(amount), description=words
                )
            ],
        )
        await asyncio.to_thread(self._call, "sandbox_transactions_create", request)

    async def items(self) -> list[Item]:
        """Every item that somebody holds a token for, newest last."""
        async with httpx.AsyncClient(timeout=REQUEST_SECONDS, trust_env=False) as http:
            answer = await http.get(
                f"{self.url}/control/items", params={"client_id": self.client_id, "secret": self.secret}
            )
        answer.raise_for_status()
        return [Item(one["item_id"], one["access_token"], one["username"]) for one in answer.json()["items"]]

    async def truth(self, access_token: str) -> Counter[Line]:
        """Everything the bank has booked and not taken back, read from the first cursor."""
        lines: dict[str, Line] = {}
        cursor, more = "", True
        async with httpx.AsyncClient(timeout=REQUEST_SECONDS, trust_env=False) as http:
            while more:
                body = {"client_id": self.client_id, "secret": self.secret, "access_token": access_token}
                answer = await http.post(
                    f"{self.url}/transactions/sync", json={**body, "cursor": cursor, "count": PAGE}
                )
                answer.raise_for_status()
                page = json.loads(answer.content, parse_float=Decimal)
                for one in (*page["added"], *page["modified"]):
                    lines[one["transaction_id"]] = Line(one["date"], -Decimal(one["amount"]), one["name"])
                for one in page["removed"]:
                    lines.pop(one["transaction_id"], None)
                cursor, more = page["next_cursor"], page["has_more"]
        return Counter(lines.values())

    def _call(self, operation: str, request: object) -> dict[str, Any]:
        with self._client() as api:
            answer: dict[str, Any] = getattr(api, operation)(request, _request_timeout=REQUEST_SECONDS).to_dict()
        return answer

    @contextmanager
    def _client(self) -> Iterator[PlaidApi]:
        keys = {"clientId": self.client_id, "secret": self.secret}
        with plaid.ApiClient(plaid.Configuration(host=self.url, api_key=keys)) as client:
            yield PlaidApi(client)
            client.rest_client.pool_manager.clear()
