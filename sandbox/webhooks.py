"""Webhooks: written with the change they tell of, sent the moment it is committed, repeated until answered with 200.

As at Plaid they carry no event id, may come twice or out of order, and are given up after 24 hours.
"""

import asyncio
import json
import logging
import sqlite3
import time
from functools import partial
from typing import Any

import httpx

from sandbox import faults
from sandbox.items import now_text
from sandbox.signing import Signer
from sandbox.store import Store

ANSWER_SECONDS = 10
GIVE_UP_SECONDS = 86_400
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 10.0
HOLD_SECONDS = 10
SYNC_UPDATES = "SYNC_UPDATES_AVAILABLE"

log = logging.getLogger("sandbox.webhooks")


class Courier:
    """Delivers the webhooks of the outbox. One task a webhook, so that a slow receiver delays nobody else."""

    def __init__(self, store: Store, signer: Signer) -> None:
        """Nothing is sent before `start`."""
        self._store = store
        self._signer = signer
        self._tasks: set[asyncio.Task[None]] = set()
        self._held: dict[int, list[asyncio.Event]] = {}
        # Proxies of the environment are not for the loopback.
        self._client = httpx.AsyncClient(trust_env=False, timeout=ANSWER_SECONDS)

    def start(self) -> None:
        """Take up what an earlier process left unsent."""
        for row in self._store.db.execute("select number from webhooks order by number").fetchall():
            self._spawn(row["number"], hold=False)

    async def stop(self) -> None:
        """Stop sending; what is unsent stays in the outbox."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._client.aclose()

    def put(self, db: sqlite3.Connection, item: sqlite3.Row, kind: str, code: str, **more: Any) -> bool:
        """Queue a webhook in the caller's transaction; false if the item has no address."""
        if not item["webhook"]:
            return False
        number = item["number"]
        db.execute("update items set webhook_code = ?, webhook_at = ? where number = ?", (code, now_text(), number))
        body = {
            "webhook_type": kind,
            "webhook_code": code,
            "item_id": item["item_id"],
            **more,
            "environment": "sandbox",
        }
        if code == SYNC_UPDATES:
            # It only says that there is something new: one that still waits to be repeated has nothing to add.
            db.execute("delete from webhooks where item = ? and code = ? and attempts > 0", (number, code))
        fault = faults.take(db, faults.WEBHOOK_KINDS, item_id=item["item_id"], webhook_code=code)
        if fault and fault.kind == "webhook_lost":
            return True
        for _ in range(2 if fault and fault.kind == "webhook_doubled" else 1):
            row = db.execute(
                "insert into webhooks (item, url, code, body, made_at) values (?, ?, ?, ?, ?) returning number",
                (number, item["webhook"], code, json.dumps(body).encode(), time.time()),
            ).fetchone()
            hold = fault is not None and fault.kind == "webhook_reordered"
            self._store.after_commit(partial(self._spawn, row["number"], hold))
        return True

    def _spawn(self, number: int, hold: bool) -> None:
        task = asyncio.create_task(self._deliver(number, hold))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _deliver(self, number: int, hold: bool) -> None:
        while True:
            row = self._store.db.execute("select * from webhooks where number = ?", (number,)).fetchone()
            if row is None:
                return
            if hold:
                await self._until_overtaken(row["item"])
                hold = False
            arrived = await self._post(row["url"], row["body"])
            if arrived or time.time() - row["made_at"] > GIVE_UP_SECONDS:
                async with self._store.writing() as db:
                    db.execute("delete from webhooks where number = ?", (number,))
                for event in self._held.pop(row["item"], ()):
                    event.set()
                return
            async with self._store.writing() as db:
                db.execute("update webhooks set attempts = attempts + 1 where number = ?", (number,))
            await asyncio.sleep(min(FIRST_PAUSE * 2 ** min(row["attempts"], 10), LONGEST_PAUSE))

    async def _until_overtaken(self, item: int) -> None:
        overtaken = asyncio.Event()
        self._held.setdefault(item, []).append(overtaken)
        try:
            async with asyncio.timeout(HOLD_SECONDS):
                await overtaken.wait()
        except TimeoutError:
            log.info("a webhook held back was not overtaken and goes out late")

    async def _post(self, url: str, body: bytes) -> bool:
        headers = {"content-type": "application/json", "plaid-verification": self._signer.sign(body)}
        try:
            answer = await self._client.post(url, content=body, headers=headers)
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
            log.info("webhook not delivered: %s", type(error).__name__)
            return False
        return answer.status_code == 200
