"""POST /webhooks/<provider>: verified, stored in the inbox, answered; a job does the rest.

200 stored, or nothing that concerns us; 400 not a webhook; 401 not the provider's, or too old; 408 too slow; 413 too
large; 503 it cannot be verified or stored at the moment: the provider sends it again.
"""

import asyncio
import logging
from typing import Any

import orjson
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from domain.bank_links.feed import FeedProblem, WebhookRefused
from domain.bank_links.inbox import digest_of, keep_webhook
from domain.mistakes import UserMistake
from domain.text import check_texts
from integrations.world import World

MOST_BYTES = 64 * 1024
BODY_SECONDS = 5.0

log = logging.getLogger("coffer.webhooks")


def webhook_routes(world: World) -> list[Route]:
    banking = world.banking

    async def receive(request: Request) -> Response:
        try:
            async with asyncio.timeout(BODY_SECONDS):
                raw = await _body(request)
        except TimeoutError:
            return _answer(408)
        except ClientDisconnect:
            return _answer(400)
        if raw is None:
            return _answer(413)
        try:
            signature = await banking.feed.verify(request.headers, raw)
        except WebhookRefused as refusal:
            log.warning("webhook refused: %s", refusal)
            return _answer(401)
        except FeedProblem as problem:
            log.warning("webhook cannot be verified: %s", type(problem).__name__)
            return _answer(503)
        try:
            body = _read(raw)
            banking.feed.read_notice(body)
        except WebhookRefused:
            return _answer(400)
        try:
            stored = await keep_webhook(world.system, banking.feed.name, digest_of(signature, raw), body)
        except (SQLAlchemyError, OSError):
            log.exception("webhook cannot be stored")
            return _answer(503)
        if stored is not None:
            await world.jobs.enqueue("handle_webhook", webhook_id=stored)
        return _answer(200)

    return [Route(f"/webhooks/{banking.feed.name}", receive, methods=["POST"])]


async def _body(request: Request) -> bytes | None:
    """None where it is too large."""
    raw = bytearray()
    async for chunk in request.stream():
        raw += chunk
        if len(raw) > MOST_BYTES:
            return None
    return bytes(raw)


def _read(raw: bytes) -> dict[str, Any]:
    try:
        body = orjson.loads(raw)
        check_texts(body)
    except (ValueError, UserMistake, RecursionError):
        raise WebhookRefused("not JSON") from None
    if not isinstance(body, dict):
        raise WebhookRefused("not a webhook")
    return body


def _answer(status: int) -> Response:
    return JSONResponse({"ok": status == 200}, status)
