"""What Plaid's errors mean to us."""

import json

import pytest

from domain.bank_links import feed
from integrations.plaid.client import problem_of


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
