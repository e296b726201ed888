"""Requests to Plaid through Plaid's own client, and what its errors mean to us.

Bodies are read as they come and not as the client's models: those turn amounts into floats.
Errors: https://plaid.com/docs/errors/.
"""

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import plaid
import urllib3

from domain.bank_links.feed import (
    BadPublicToken,
    FeedProblem,
    LinkGone,
    NeedsSignIn,
    PagesChanged,
    ProviderDown,
    RateLimited,
    RequestRefused,
)
from integrations.plaid.breaker import Breaker

AT_ONCE = 8
CONNECT_SECONDS, READ_SECONDS = 5, 30
LONGEST_SECONDS = 90.0
"""The two above are for a single read: an answer that comes drop by drop keeps to them for ever."""
RATE_LIMIT_SECONDS = 5.0

_MEANING: dict[str, type[FeedProblem]] = {
    **dict.fromkeys(
        (
            "ITEM_LOGIN_REQUIRED",
            "ITEM_LOCKED",
            "INVALID_CREDENTIALS",
            "INVALID_MFA",
            "INVALID_SEND_METHOD",
            "INVALID_UPDATED_USERNAME",
            "INSUFFICIENT_CREDENTIALS",
            "MFA_NOT_SUPPORTED",
            "PASSWORD_RESET_REQUIRED",
            "USER_INPUT_TIMEOUT",
            "USER_SETUP_REQUIRED",
        ),
        NeedsSignIn,
    ),
    **dict.fromkeys(
        (
            "ACCESS_NOT_GRANTED",
            "INVALID_ACCESS_TOKEN",
            "ITEM_NOT_FOUND",
            "ITEM_NOT_SUPPORTED",
            "NO_ACCOUNTS",
            "USER_ACCOUNT_REVOKED",
            "USER_PERMISSION_REVOKED",
        ),
        LinkGone,
    ),
    "INVALID_PUBLIC_TOKEN": BadPublicToken,
    "TRANSACTIONS_SYNC_MUTATION_DURING_PAGINATION": PagesChanged,
    # The bank's fault or a matter of time, not ours: asking again helps.
    **dict.fromkeys(
        (
            "INSTITUTION_DOWN",
            "INSTITUTION_NOT_AVAILABLE",
            "INSTITUTION_NOT_RESPONDING",
            "INTERNAL_SERVER_ERROR",
            "PLANNED_MAINTENANCE",
            "PRODUCT_NOT_READY",
            "TRANSACTIONS_ERROR",
        ),
        ProviderDown,
    ),
}


class PlaidClient:
    """A bounded pool of threads, because Plaid's client blocks. Closed with `close()`."""

    def __init__(self, url: str, client_id: str, secret: str) -> None:
        configuration = plaid.Configuration(host=url)
        configuration.retries = False
        configuration.connection_pool_maxsize = AT_ONCE
        self._url = url
        self._api = plaid.ApiClient(configuration)
        self._headers = {**self._api.default_headers, "PLAID-CLIENT-ID": client_id, "PLAID-SECRET": secret}
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="plaid")
        self._breaker = Breaker()

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._api.close()
        self._api.rest_client.pool_manager.clear()

    async def post(self, path: str, body: dict[str, Any]) -> bytes:
        """The answer's body. Raises a FeedProblem for anything but success; tries once."""
        self._breaker.check()
        try:
            async with asyncio.timeout(LONGEST_SECONDS):
                raw = await asyncio.get_running_loop().run_in_executor(self._threads, self._send, path, body)
        except plaid.ApiException as error:
            problem = problem_of(error.status or 0, error.body)
            # An answer in Plaid's own words means that Plaid is there.
            self._count(is_down=error.status is None or error.status >= 500)
            raise problem from None
        except (urllib3.exceptions.HTTPError, TimeoutError) as error:
            self._count(is_down=True)
            raise ProviderDown(f"no answer: {type(error).__name__}") from None
        self._count(is_down=False)
        return raw

    def _count(self, *, is_down: bool) -> None:
        if is_down:
            self._breaker.failed()
        else:
            self._breaker.succeeded()

    def _send(self, path: str, body: dict[str, Any]) -> bytes:
        answer = self._api.rest_client.POST(
            self._url + path,
            headers=dict(self._headers),
            body=body,
            _request_timeout=(CONNECT_SECONDS, READ_SECONDS),
        )
        raw: bytes = answer.data
        return raw


def problem_of(status: int, body: bytes | str | None) -> FeedProblem:
    """What an answer without success means. Plaid's codes decide, else the status."""
    kind, code = "", ""
    try:
        values = json.loads(body or b"")
        kind, code = str(values["error_type"]), str(values["error_code"])
    except (ValueError, KeyError, TypeError, RecursionError):
        pass
    if status == 429 or kind == "RATE_LIMIT_EXCEEDED":
        return RateLimited(code or "429", wait_seconds=RATE_LIMIT_SECONDS)
    if (meaning := _MEANING.get(code)) is not None:
        return meaning(code)
    if status >= 500 or status == 0 or kind == "API_ERROR":
        return ProviderDown(f"{status} {code}".strip())
    return RequestRefused(code or str(status))
