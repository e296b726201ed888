"""The program of docs/integrators/python.md, and the person's browser that it sends away and gets back."""

import asyncio
import json
import os
import re
import warnings
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
from websockets import Subprotocol
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

RECIPE = Path(__file__).parents[2] / "docs" / "integrators" / "python.md"
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FORM_TOKEN = re.compile(r'name="form_token" value="([^"]+)"')


def recipe(url: str, client_id: str, client_secret: str) -> SimpleNamespace:
    """What the blocks of the page define when they are run as one program."""
    source = "\n\n".join(BLOCK.findall(RECIPE.read_text()))
    defined: dict[str, Any] = {"__name__": "recipe"}
    given = {"COFFER_URL": url, "CLIENT_ID": client_id, "CLIENT_SECRET": client_secret}
    before = {name: os.environ.get(name) for name in given}
    os.environ.update(given)
    try:
        with warnings.catch_warnings():
            # Authlib prefers a successor of httpx that hardly anybody has yet.
            warnings.simplefilter("ignore")
            exec(compile(source, RECIPE.name, "exec"), defined)  # noqa: S102 (our own page)
    finally:
        for name, value in before.items():
            os.environ.pop(name)
            if value is not None:
                os.environ[name] = value
    return SimpleNamespace(**defined)


async def consent(url: str, email: str, password: str, **choice: Any) -> str:
    """The person follows the link, signs in, and allows all that is asked. Where they are sent back to."""
    asked = dict(parse_qsl(urlsplit(url).query))
    async with httpx.AsyncClient(trust_env=False) as browser:
        page = await browser.get(url)
        signed_in = await _send(browser, url, page, action="sign-in", email=email, password=password)
        page = await browser.get(httpx.URL(url).join(signed_in.headers["location"]))
        answer = await _send(
            browser, url, page, action="allow", scope=asked["scope"].split(), **{"accounts": "all", **choice}
        )
    assert answer.status_code == 303, answer.text
    location: str = answer.headers["location"]
    return location


async def _send(browser: httpx.AsyncClient, url: str, page: httpx.Response, **values: Any) -> httpx.Response:
    found = FORM_TOKEN.search(page.text)
    assert found is not None, page.text
    return await browser.post(url, data={"form_token": found.group(1), **values})


async def heard_until_closed(
    address: str, token: str, document: str, position: str, pushed: asyncio.Queue[dict[str, Any]]
) -> int | None:
    """Follows the changes on a socket (graphql-transport-ws). The code with which the server closes it."""
    async with connect(address, subprotocols=[Subprotocol("graphql-transport-ws")], proxy=None) as socket:
        await socket.send(json.dumps({"type": "connection_init", "payload": {"Authorization": f"Bearer {token}"}}))
        assert json.loads(await socket.recv())["type"] == "connection_ack"
        payload = {"query": document, "variables": {"after": position}}
        await socket.send(json.dumps({"id": "1", "type": "subscribe", "payload": payload}))
        with suppress(ConnectionClosed):
            async for text in socket:
                message = json.loads(text)
                if message["type"] == "next":
                    pushed.put_nowait(message["payload"]["data"]["changes"])
    return socket.close_code
