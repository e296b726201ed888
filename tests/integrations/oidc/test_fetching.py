"""Asking a provider that answers badly."""

import gzip
from collections.abc import AsyncIterator

import httpx
import pytest

from domain.factors.providers import ProviderRefused, ProviderUnavailable
from integrations.oidc.fetching import LARGEST_BYTES, fetch_json

URL = "https://provider.example/x"


def answering(answer: httpx.Response) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.MockTransport(lambda _: answer))


async def endless() -> AsyncIterator[bytes]:
    while True:
        yield b" " * 65_536


async def test_an_object_is_given_back() -> None:
    async with answering(httpx.Response(200, json={"a": 1})) as client:
        assert await fetch_json(client, "GET", URL) == {"a": 1}


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(200, content=b"[1]"),
        httpx.Response(200, content=b"{"),
        httpx.Response(200, content=b"[" * 100_000),
        httpx.Response(200, content=b"\xff"),
        httpx.Response(200, content=b" " * (LARGEST_BYTES + 1)),
        httpx.Response(302, headers={"location": "http://169.254.169.254/"}),
        httpx.Response(500, json={}),
        httpx.Response(200, content=gzip.compress(b"{}"), headers={"content-encoding": "gzip"}),
    ],
    ids=["list", "half", "deep", "bytes", "large", "redirect", "broken", "packed"],
)
async def test_what_is_no_answer_is_unavailable(answer: httpx.Response) -> None:
    async with answering(answer) as client:
        with pytest.raises(ProviderUnavailable):
            await fetch_json(client, "GET", URL)


async def test_an_answer_without_an_end_is_cut() -> None:
    async with answering(httpx.Response(200, content=endless())) as client:
        with pytest.raises(ProviderUnavailable, match="too large"):
            await fetch_json(client, "GET", URL)


async def test_a_refusal_is_a_refusal() -> None:
    async with answering(httpx.Response(400, json={"error": "invalid_grant"})) as client:
        with pytest.raises(ProviderRefused):
            await fetch_json(client, "POST", URL, data={"code": "x"})


async def test_nobody_there_is_unavailable() -> None:
    async with httpx.AsyncClient(trust_env=False) as client:
        with pytest.raises(ProviderUnavailable):
            await fetch_json(client, "GET", "http://127.0.0.1:1/")
