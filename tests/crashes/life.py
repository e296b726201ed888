"""What goes on while processes die: purchases, contributions, bookings by hand and files, all at once."""

import asyncio
import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import httpx
from plaid.exceptions import ApiException
from urllib3.exceptions import HTTPError

from tests.crashes import statement
from tests.crashes.insisting import insist
from tests.end_to_end.bank import Bank, Line
from tests.end_to_end.documents import CONTRIBUTE
from tests.end_to_end.patience import until
from tests.end_to_end.person import Person

PURCHASE_DAY = date(2025, 7, 1)
UPLOAD_SECONDS = 20
READ_SECONDS = 90

CREATE_TRANSACTION = """
mutation Book($input: CreateTransactionInput!) {
  createTransaction(input: $input) { transaction { id } userErrors { code message path } }
}
"""
START_IMPORT = """
mutation Start($input: StartStatementImportInput!) {
  startStatementImport(input: $input) { statementImport { id uploadUrl } userErrors { code message path } }
}
"""
IMPORT = """
query Import($id: ID!) {
  node(id: $id) { ... on StatementImport { status added duplicates problem rejected { reason } } }
}
"""


@dataclass
class Life:
    """One household's doings until `ended` is set; the counters say what must be there afterwards, once each."""

    person: Person
    bank: Bank
    dice: random.Random
    access_tokens: list[str]
    group: str
    cash_account: str
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    contributed: list[str] = field(default_factory=list)
    booked: list[str] = field(default_factory=list)
    imported: Counter[Line] = field(default_factory=Counter)
    purchases: int = 0

    async def live(self, name: str) -> None:
        await asyncio.gather(self._buy(name), self._contribute(name), self._book(name), self._import(name))

    async def _pause(self, longest: float) -> None:
        await asyncio.sleep(self.dice.uniform(0, longest))

    async def _buy(self, name: str) -> None:
        """The bank's own book is the truth: a purchase that it did not hear of did not happen."""
        while not self.ended.is_set():
            self.purchases += 1
            token, words = self.dice.choice(self.access_tokens), f"KROGER #{self.purchases:05} {name}"
            try:
                await self.bank.purchase(token, f"{self.dice.randint(1, 9999) / 100:.2f}", words, PURCHASE_DAY)
            except (ApiException, HTTPError):
                await asyncio.sleep(0.2)
            await self._pause(0.3)

    async def _contribute(self, name: str) -> None:
        while not self.ended.is_set():
            message = f"{name} {len(self.contributed)}"
            money = {"amount": "0.01", "currency": "USD"}
            given = {"groupId": self.group, "amount": money, "message": message, "idempotencyKey": message}
            self.contributed.append(message)
            await self._change(CONTRIBUTE, given)
            await self._pause(0.3)

    async def _book(self, name: str) -> None:
        while not self.ended.is_set():
            words = f"{name} by hand {len(self.booked)}"
            given = {"accountId": self.cash_account, "date": "2025-08-01", "amount": "-1.00", "description": words}
            self.booked.append(words)
            await self._change(CREATE_TRANSACTION, {**given, "idempotencyKey": words})
            await self._pause(0.5)

    async def _import(self, name: str) -> None:
        """Each file twice."""
        number = 0
        while not self.ended.is_set():
            number += 1
            for time in ("first", "second"):
                await self._import_one(statement.ofx(number), f"{name} {number} {time}")
            self.imported.update(statement.lines(number))
            await self._pause(1.0)

    async def _import_one(self, content: bytes, key: str) -> None:
        """A connection that breaks in the middle of a file takes its import with it: the person starts another."""
        attempt = 0
        while True:
            attempt += 1
            given = {"fileName": "statement.ofx", "idempotencyKey": f"{key} {attempt}"}
            begun = (await self._change(START_IMPORT, given))["statementImport"]
            if begun["uploadUrl"] is not None and await self._upload(begun["uploadUrl"], content):
                assert await self._read(begun["id"]) == "DONE"
                return
            await self._pause(0.3)

    async def _upload(self, url: str, content: bytes) -> bool:
        try:
            async with httpx.AsyncClient(timeout=UPLOAD_SECONDS, trust_env=False) as http:
                return (await http.put(url, content=content)).is_success
        except httpx.HTTPError:
            return False

    async def _read(self, import_id: str) -> str:
        state: dict[str, Any] = {}

        async def ended() -> bool:
            state.update((await insist(lambda: self.person.ask(IMPORT, id=import_id)))["node"])
            return state["status"] in ("DONE", "FAILED")

        await until(ended, f"import {import_id} ends", READ_SECONDS, pause=0.2)
        assert state["rejected"] == [], state
        return str(state["status"])

    async def _change(self, document: str, given: dict[str, Any]) -> dict[str, Any]:
        return await insist(lambda: self.person.change(document, input=given))
