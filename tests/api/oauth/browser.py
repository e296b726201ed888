"""A person's browser at the consent pages, and an app at the other end, for tests."""

import base64
import hashlib
import re
import secrets
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
from starlette.applications import Starlette

from tests.api.client import Person

CALLBACK = "https://app.example/callback"
REGISTER_APP = """
mutation ($input: RegisterAppInput!) {
  registerApp(input: $input) { app { id } clientSecret userErrors { code path } }
}
"""
FORM_TOKEN = re.compile(r'name="form_token" value="([^"]+)"')
ACCOUNT = re.compile(r'name="account" value="([^"]+)"')


@dataclass
class Maker:
    """An app as its maker runs it."""

    client_id: str
    client_secret: str | None
    http: httpx.AsyncClient
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48))

    @property
    def challenge(self) -> str:
        digest = hashlib.sha256(self.verifier.encode()).digest()
        return base64.urlsafe_b64encode(digest).decode().rstrip("=")

    def request(self, *scopes: str, **given: str | None) -> dict[str, str]:
        """The query of an authorisation request; `given` replaces parts of it, None leaves them out."""
        values: dict[str, str | None] = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": CALLBACK,
            "scope": " ".join(scopes),
            "state": "state 1",
            "code_challenge": self.challenge,
            "code_challenge_method": "S256",
            **given,
        }
        return {name: value for name, value in values.items() if value is not None}

    async def post(self, path: str, **values: str | None) -> httpx.Response:
        """A form to one of the server's endpoints, with the app's own proof."""
        data = {name: value for name, value in values.items() if value is not None}
        if self.client_secret is None:
            return await self.http.post(path, data={"client_id": self.client_id, **data})
        return await self.http.post(path, data=data, auth=(self.client_id, self.client_secret))

    async def redeem(self, code: str, **given: str | None) -> httpx.Response:
        values: dict[str, str | None] = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": CALLBACK,
            "code_verifier": self.verifier,
            **given,
        }
        return await self.post("/oauth/token", **values)

    async def refresh(self, token: str) -> httpx.Response:
        return await self.post("/oauth/token", grant_type="refresh_token", refresh_token=token)


async def register_app(person: Person, **given: Any) -> Maker:
    values = {"name": "Ledger", "redirectUris": [CALLBACK], **given}
    made = await person.change(REGISTER_APP, input=values)
    return Maker(made["app"]["id"], made["clientSecret"], person.http)


def client_at(app: Starlette, address: str) -> httpx.AsyncClient:
    """Of a network of its own, where that is counted."""
    return httpx.AsyncClient(transport=httpx.ASGITransport(app, client=(address, 1)), base_url="http://coffer.test")


class Browser:
    """With cookies of its own; redirects are looked at, not followed."""

    def __init__(self, app: Starlette, address: str = "127.0.0.1") -> None:
        self.app = app
        self.http = client_at(app, address)

    async def open(self, path: str, query: dict[str, str]) -> httpx.Response:
        return await self.http.get(path, params=query)

    async def send(self, path: str, query: dict[str, str], page: httpx.Response, **values: Any) -> httpx.Response:
        """The form of a page that was opened."""
        return await self.http.post(path, params=query, data={"form_token": form_token(page), **values})

    async def sign_in(self, path: str, query: dict[str, str], person: Person) -> httpx.Response:
        """The page that follows upon signing in."""
        page = await self.open(path, query)
        answer = await self.send(path, query, page, action="sign-in", email=person.email, password=person.password)
        assert answer.status_code == 303, answer.text
        return await self.http.get(answer.headers["location"])

    async def allow(self, person: Person, query: dict[str, str], **given: Any) -> dict[str, str]:
        """What the app is told when the person allows all that it asks; `given` replaces parts of the form."""
        page = await self.sign_in("/oauth/authorize", query, person)
        form = {"action": "allow", "scope": query["scope"].split(), "accounts": "all", **given}
        answer = await self.send("/oauth/authorize", query, page, **form)
        assert answer.status_code == 303, answer.text
        return told(answer)


def form_token(page: httpx.Response) -> str:
    found = FORM_TOKEN.search(page.text)
    assert found is not None, page.text
    return found.group(1)


def told(answer: httpx.Response) -> dict[str, str]:
    """The parameters with which somebody is sent to the app."""
    location = answer.headers["location"]
    assert location.startswith(CALLBACK + "?"), location
    return {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}
