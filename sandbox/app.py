"""The bank as an ASGI application."""

import asyncio
import contextlib
import hmac
import logging
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import orjson
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from sandbox import faults
from sandbox.bank import Bank, open_bank
from sandbox.control import faults as control_faults
from sandbox.control import history as control_history
from sandbox.control import items as control_items
from sandbox.control import mail as control_mail
from sandbox.endpoints import accounts, institutions, items, link, sandbox, transactions, webhook_keys
from sandbox.fields import Fields, parse_json
from sandbox.identifiers import random_id
from sandbox.living import live, post_due
from sandbox.mistakes import PlaidMistake, invalid_body, invalid_input
from sandbox.settings import Settings
from sandbox.store import UPLOAD_PREFIX

LARGEST_BODY = 8 * 1024 * 1024
LARGEST_UPLOAD = 512 * 1024 * 1024

Endpoint = Callable[[Bank, Fields], Awaitable[dict[str, Any]]]

log = logging.getLogger("sandbox")

ENDPOINTS: dict[str, Endpoint] = {
    "/link/token/create": link.create,
    "/link/token/get": link.get,
    "/item/public_token/exchange": items.exchange,
    "/item/get": items.get,
    "/item/remove": items.remove,
    "/item/webhook/update": items.update_webhook,
    "/accounts/get": accounts.get,
    "/accounts/balance/get": accounts.get,
    "/transactions/sync": transactions.sync,
    "/transactions/refresh": transactions.refresh,
    "/institutions/get_by_id": institutions.get_by_id,
    "/institutions/search": institutions.search,
    "/webhook_verification_key/get": webhook_keys.get,
    "/sandbox/public_token/create": sandbox.create_public_token,
    "/sandbox/item/fire_webhook": sandbox.fire_webhook,
    "/sandbox/item/reset_login": sandbox.reset_login,
    "/sandbox/transactions/create": sandbox.create_transactions,
}
CONTROLS: dict[tuple[str, str], Endpoint] = {
    ("GET", "/control/items"): control_items.list_items,
    ("POST", "/control/items/repair"): control_items.repair,
    ("POST", "/control/transactions"): control_items.correct,
    ("GET", "/control/faults"): control_faults.list_faults,
    ("POST", "/control/faults"): control_faults.order,
    ("DELETE", "/control/faults"): control_faults.cancel,
    ("POST", "/control/history"): control_history.load,
    ("GET", "/control/mail"): control_mail.read,
    ("POST", "/control/mail"): control_mail.receive,
}


def create_app(settings: Settings) -> Starlette:
    """The application; its state opens when it starts. Raises RuntimeError outside sandbox mode."""
    if not settings.sandbox_mode:
        raise RuntimeError("the sandbox bank runs only where COFFER_SANDBOX=1")

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        bank = open_bank(settings)
        app.state.bank = bank
        bank.courier.start()
        lives = [asyncio.create_task(live(bank)), asyncio.create_task(post_due(bank))]
        yield
        for task in lives:
            task.cancel()
        await asyncio.gather(*lives, return_exceptions=True)
        await bank.courier.stop()
        bank.store.close()

    routes = [Route("/health", _health)]
    routes += [Route(path, _endpoint(endpoint), methods=["POST"]) for path, endpoint in ENDPOINTS.items()]
    routes += [Route(path, _endpoint(control), methods=[method]) for (method, path), control in CONTROLS.items()]
    return Starlette(routes=routes, lifespan=lifespan, exception_handlers={HTTPException: _no_such_endpoint})


async def _health(request: Request) -> Response:
    return _answer({"status": "ok"})


async def _no_such_endpoint(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 404
    return _refusal(PlaidMistake("INVALID_REQUEST", "NOT_FOUND", "the requested endpoint was not found", status=status))


def _endpoint(endpoint: Endpoint) -> Callable[[Request], Awaitable[Response]]:
    async def handle(request: Request) -> Response:
        bank: Bank = request.app.state.bank
        try:
            async with _body(request, bank) as body:
                _check_credentials(bank.settings, request, body)
                return await _carry_out(bank, request.url.path, endpoint, body)
        except PlaidMistake as mistake:
            return _refusal(mistake)
        except ClientDisconnect:
            return Response(status_code=400)
        except Exception:
            log.exception("unexpected failure in %s", request.url.path)
            return _refusal(_internal_error(500))

    return handle


@asynccontextmanager
async def _body(request: Request, bank: Bank) -> AsyncIterator[Fields]:
    """The JSON body; without one the query string; for an uploaded history the query and the file's `path`."""
    uploaded = request.url.path == "/control/history" and "json" not in request.headers.get("content-type", "")
    if uploaded:
        with tempfile.NamedTemporaryFile(dir=bank.settings.data, prefix=UPLOAD_PREFIX) as file:
            size = 0
            async for chunk in request.stream():
                size += len(chunk)
                if size > LARGEST_UPLOAD:
                    raise invalid_body("the upload is too large", status=413)
                file.write(chunk)
            file.flush()
            yield Fields(_query(request) | {"path": file.name})
        return
    raw = bytearray()
    async for chunk in request.stream():
        raw += chunk
        if len(raw) > LARGEST_BODY:
            raise invalid_body("body is too large", status=413)
    if request.method == "POST":
        values = parse_json(bytes(raw))
        if isinstance(values, dict) and request.url.path.startswith("/control/"):
            values = _query(request) | values
        yield Fields(values)
    else:
        yield Fields(_query(request))


def _query(request: Request) -> dict[str, Any]:
    return {
        name: int(value) if name == "rows" and value.isdecimal() else value
        for name, value in request.query_params.items()
    }


def _check_credentials(settings: Settings, request: Request, body: Fields) -> None:
    """Raise INVALID_API_KEYS unless client id and secret, in the body or in Plaid's headers, are ours."""
    for name, expected in (("client_id", settings.client_id), ("secret", settings.secret)):
        header = request.headers.get(f"plaid-{name.replace('_', '-')}")
        given = body.text(name) if body.has(name) or header is None else header
        if not hmac.compare_digest(given.encode(), expected.encode()):
            raise invalid_input("INVALID_API_KEYS", "invalid client_id or secret provided")


async def _carry_out(bank: Bank, path: str, endpoint: Endpoint, body: Fields) -> Response:
    fault = await _fault(bank, path, body)
    if fault is None:
        return _answer(await endpoint(bank, body))
    if fault.kind == "slow":
        await asyncio.sleep(fault.seconds)
        return _answer(await endpoint(bank, body))
    if fault.kind == "cut":
        return CutResponse(_answer(await endpoint(bank, body)))
    if fault.after:
        await endpoint(bank, body)
    raise _ordered_mistake(fault)


async def _fault(bank: Bank, path: str, body: Fields) -> faults.Fault | None:
    if path.startswith("/control/") or not faults.any_ordered(bank.store.db):
        return None
    item_id = None
    if body.has("access_token"):
        row = bank.store.db.execute(
            "select item_id from items where access_token = ?", (body.text("access_token"),)
        ).fetchone()
        item_id = row["item_id"] if row else None
    async with bank.store.writing() as db:
        return faults.take(db, ("status", "slow", "cut"), path=path, item_id=item_id)


def _ordered_mistake(fault: faults.Fault) -> PlaidMistake:
    if fault.error_type and fault.error_code:
        message = "this error was ordered by a test"
        return PlaidMistake(fault.error_type, fault.error_code, message, status=fault.status)
    if fault.status == 429:
        return PlaidMistake("RATE_LIMIT_EXCEEDED", "RATE_LIMIT", "rate limit exceeded", status=429)
    return _internal_error(fault.status)


def _internal_error(status: int) -> PlaidMistake:
    return PlaidMistake("API_ERROR", "INTERNAL_SERVER_ERROR", "an unexpected error occurred", status=status)


def _answer(values: dict[str, Any], status: int = 200) -> Response:
    body = orjson.dumps(values | {"request_id": random_id(15)})
    return Response(body, status_code=status, media_type="application/json")


def _refusal(mistake: PlaidMistake) -> Response:
    return _answer(mistake.body(), mistake.status)


class CutResponse(Response):
    """An answer whose connection breaks in the middle of the body."""

    def __init__(self, whole: Response) -> None:
        """Announce the whole, send half."""
        self._whole = whole
        super().__init__(status_code=whole.status_code)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Leave the body incomplete: the server then closes the connection."""
        body = bytes(self._whole.body)
        await send({"type": "http.response.start", "status": self.status_code, "headers": self._whole.raw_headers})
        with contextlib.suppress(OSError):
            await send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})
