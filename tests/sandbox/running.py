"""A sandbox bank that runs on the loopback, a receiver for its webhooks, and ways to speak to it."""

import json
import queue
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import plaid
import uvicorn
from plaid.api.plaid_api import PlaidApi
from starlette.applications import Starlette

from sandbox.app import create_app
from sandbox.settings import Settings
from sandbox.signing import Signer

CLIENT_ID, SECRET = "test-client", "test-secret"
CREDENTIALS = {"client_id": CLIENT_ID, "secret": SECRET}
PATIENCE = 20.0


@dataclass
class RunningBank:
    """The address of a bank and a client for it."""

    url: str
    http: httpx.Client
    app: Starlette | None = None
    """Where the bank runs in this process."""

    @property
    def signer(self) -> Signer:
        """What the bank signs its webhooks with."""
        assert self.app is not None, "the bank is another process"
        signer: Signer = self.app.state.bank.signer
        return signer

    def call(self, endpoint: str, **body: Any) -> dict[str, Any]:
        """POST with credentials; the answer must be 200."""
        answer = self.http.post(endpoint, json=CREDENTIALS | body)
        assert answer.status_code == 200, answer.text
        result: dict[str, Any] = answer.json()
        return result

    def refusal(self, endpoint: str, **body: Any) -> tuple[int, str, str]:
        """POST with credentials; the status, type and code of the error."""
        answer = self.http.post(endpoint, json=CREDENTIALS | body)
        values = answer.json()
        assert values["request_id"]
        return answer.status_code, values["error_type"], values["error_code"]

    def link(self, *, webhook: str | None = None, **options: Any) -> str:
        """Make and exchange an item (`user_good` unless told otherwise); returns its access token."""
        if webhook:
            options["webhook"] = webhook
        made = self.call(
            "/sandbox/public_token/create",
            institution_id="ins_109508",
            initial_products=["transactions"],
            options=options,
        )
        token: str = self.call("/item/public_token/exchange", public_token=made["public_token"])["access_token"]
        return token

    def link_custom(self, accounts: list[dict[str, Any]], *, webhook: str | None = None) -> str:
        """Link a custom user with these accounts; returns the access token."""
        password = json.dumps({"override_accounts": accounts})
        return self.link(override_username="user_custom", override_password=password, webhook=webhook)

    def item_id(self, access_token: str) -> str:
        """The item behind a token."""
        item_id: str = self.call("/item/get", access_token=access_token)["item"]["item_id"]
        return item_id

    def page(self, access_token: str, cursor: str = "", count: int = 500, **more: Any) -> dict[str, Any]:
        """One page of `/transactions/sync`."""
        return self.call("/transactions/sync", access_token=access_token, cursor=cursor, count=count, **more)

    def buy(self, access_token: str, amount: float, description: str = "STARBUCKS 1", **more: Any) -> None:
        """One purchase, posted on a fixed day."""
        purchase = {"amount": amount, "description": description, "date_posted": "2026-01-05"}
        purchase["date_transacted"] = "2026-01-04"
        self.call("/sandbox/transactions/create", access_token=access_token, transactions=[purchase], **more)

    def balance(self, access_token: str, place: int = 0) -> float:
        """The current balance of the item's account at `place`."""
        accounts = self.call("/accounts/balance/get", access_token=access_token)["accounts"]
        current: float = accounts[place]["balances"]["current"]
        return current


@contextmanager
def running_bank(data: Path, purchase_seconds: float = 0, settle_seconds: float = 30) -> Iterator[RunningBank]:
    """Serve a bank on a free port, in a thread, until the block ends."""
    settings = Settings(data, CLIENT_ID, SECRET, purchase_seconds, settle_seconds, sandbox_mode=True)
    app = create_app(settings)
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False, ws="none"))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            deadline = time.monotonic() + PATIENCE
            while not server.started and thread.is_alive() and time.monotonic() < deadline:
                time.sleep(0.005)
            url = f"http://127.0.0.1:{listener.getsockname()[1]}"
            with httpx.Client(base_url=url, timeout=PATIENCE, trust_env=False) as http:
                yield RunningBank(url, http, app)
        finally:
            server.should_exit = True
            thread.join(PATIENCE)


@contextmanager
def plaid_client(url: str, client_id: str = CLIENT_ID) -> Iterator[PlaidApi]:
    """Plaid's own client, with nothing changed but the address."""
    configuration = plaid.Configuration(host=url, api_key={"clientId": client_id, "secret": SECRET})
    with plaid.ApiClient(configuration) as client:
        yield PlaidApi(client)
        client.rest_client.pool_manager.clear()


@dataclass(frozen=True)
class Received:
    """One webhook as it came."""

    body: bytes
    verification: str

    @property
    def values(self) -> dict[str, Any]:
        """The body read as JSON."""
        values: dict[str, Any] = json.loads(self.body)
        return values

    @property
    def code(self) -> str:
        """Its `webhook_code`."""
        code: str = self.values["webhook_code"]
        return code


@dataclass
class Receiver:
    """What a webhook address got, and what it answers: `statuses` first, then 200."""

    url: str
    statuses: list[int] = field(default_factory=list)
    got: "queue.Queue[Received]" = field(default_factory=queue.Queue)

    def next(self) -> Received:
        """Wait for the next webhook."""
        return self.got.get(timeout=PATIENCE)

    def codes(self, count: int) -> list[str]:
        """Wait for that many webhooks; their codes in order of arrival."""
        return [self.next().code for _ in range(count)]


@contextmanager
def receiver() -> Iterator[Receiver]:
    """A webhook address on a free port."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            status = result.statuses.pop(0) if result.statuses else 200
            result.got.put(Received(body, self.headers["plaid-verification"]))
            self.send_response(status)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    result = Receiver(f"http://127.0.0.1:{server.server_port}/webhooks/plaid")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield result
    finally:
        server.shutdown()
        thread.join(PATIENCE)
        server.server_close()
