"""Asking a provider: bounded in time and size, and never led elsewhere."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any

import httpx

from domain.factors.providers import ProviderRefused, ProviderUnavailable

LONGEST_SECONDS = 10.0
LARGEST_BYTES = 256 * 1024


def open_client() -> httpx.AsyncClient:
    """No redirects: an address that was not set up or discovered is never called."""
    return httpx.AsyncClient(timeout=5.0, follow_redirects=False, trust_env=False)


async def fetch_json(client: httpx.AsyncClient, method: str, url: str, **options: Any) -> Mapping[str, Any]:
    """The answer's JSON object. Raises ProviderRefused for a 4xx, ProviderUnavailable for everything else."""
    body = bytearray()
    # Not packed: what is bounded is what is read.
    headers = {"Accept": "application/json", "Accept-Encoding": "identity", **options.pop("headers", {})}
    try:
        async with asyncio.timeout(LONGEST_SECONDS), client.stream(method, url, headers=headers, **options) as answer:
            if answer.headers.get("content-encoding", "identity") != "identity":
                raise ProviderUnavailable("the answer is packed")
            async for part in answer.aiter_bytes():
                body += part
                if len(body) > LARGEST_BYTES:
                    raise ProviderUnavailable("the answer is too large")
    except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
        raise ProviderUnavailable(type(error).__name__) from None
    if 400 <= answer.status_code < 500:
        raise ProviderRefused(f"HTTP {answer.status_code}")
    if answer.status_code != 200:
        raise ProviderUnavailable(f"HTTP {answer.status_code}")
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        raise ProviderUnavailable("the answer is no JSON") from None
    if not isinstance(found, dict):
        raise ProviderUnavailable("the answer is no JSON object")
    return found
