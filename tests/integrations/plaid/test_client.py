"""What Plaid's errors mean to us."""

import asyncio
import json
from contextlib import suppress

import pytest

from domain.bank_links import feed
from integrations.plaid import client
from integrations.plaid.client import PlaidClient, problem_of


def error(kind: str, code: str) -> bytes:
    return json.dumps({"error_type": kind, "error_code": code, "error_message": "…"}).encode()


@pytest.mark.parametrize(
    ("status", "body", "meaning"),
    [
        (400, error("ITEM_ERROR", "ITEM_LOGIN_REQUIRED"), feed.NeedsSignIn),
        (400, error("INVALID_INPUT", "INVALID_ACCESS_TOKEN"), feed.LinkGone),
        (400, error("ITEM_ERROR", "ITEM_NOT_FOUND"), feed.LinkGone),
        (400, error("INVALID_INPUT", "INVALID_PUBLIC_TOKEN"), feed.BadPublicToken),
        (400, error("TRANSACTIONS_ERROR", "TRANSACTIONS_SYNC_MUTATION_DURING_PAGINATION"), feed.PagesChanged),
        (429, error("RATE_LIMIT_EXCEEDED", "TRANSACTIONS_LIMIT"), feed.RateLimited),
        (429, b"", feed.RateLimited),
        (400, error("INSTITUTION_ERROR", "INSTITUTION_DOWN"), feed.ProviderDown),
        (400, error("ITEM_ERROR", "PRODUCT_NOT_READY"), feed.ProviderDown),
        (500, error("API_ERROR", "INTERNAL_SERVER_ERROR"), feed.ProviderDown),
        (502, b"<html>", feed.ProviderDown),
        (503, b"[1]", feed.ProviderDown),
        (400, error("INVALID_INPUT", "INVALID_API_KEYS"), feed.RequestRefused),
        (404, b"not found", feed.RequestRefused),
        (400, b"[" * 100_000, feed.RequestRefused),
        (400, b"\xff", feed.RequestRefused),
    ],
)
def test_meanings(status: int, body: bytes, meaning: type[feed.FeedProblem]) -> None:
    assert type(problem_of(status, body)) is meaning


async def test_an_answer_that_comes_drop_by_drop_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "LONGEST_SECONDS", 0.3)
    given_up, ended = asyncio.Event(), asyncio.Event()

    async def drip(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        while not given_up.is_set():
            writer.write(b" ")
            await asyncio.sleep(0.05)
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()
        ended.set()

    server = await asyncio.start_server(drip, "127.0.0.1", 0)
    plaid = PlaidClient(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", "client", "secret")
    try:
        async with server, asyncio.timeout(10):
            with pytest.raises(feed.ProviderDown):
                await plaid.post("/item/get", {})
            given_up.set()
            await ended.wait()
    finally:
        plaid.close()
