"""An OpenID provider on the loopback, which can be made to lie in every way."""

import asyncio
import base64
import hashlib
import hmac
import json
import secrets
import socket
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import uvicorn
from cryptography.hazmat.primitives.asymmetric import rsa
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from runtime.factor_settings import ProviderSettings

Claims = dict[str, Any]


@dataclass
class Account:
    """Somebody's account at the provider."""

    subject: str
    email: str | None = None
    is_verified: bool = True
    name: str = "Somebody"


@cache
def key_of(name: str) -> rsa.RSAPrivateKey:
    """Made once for all tests: it takes its time."""
    return rsa.generate_private_key(65537, 2048)


@dataclass
class FakeProvider:
    id: str
    issuer: str = ""
    key_name: str = ""
    """Which key signs; that of the id where nothing is said."""
    kid: str = "key-1"
    bend: Callable[[Claims], Claims] = dict
    """What becomes of the claims before they are signed."""
    sign: Callable[["FakeProvider", Claims], str] | None = None
    """Another way of signing than the right one."""
    metadata: Claims = field(default_factory=dict)
    """What the metadata say otherwise."""
    in_userinfo: bool = False
    """Address and name are told by the userinfo endpoint alone."""
    asked: list[str] = field(default_factory=list)
    _codes: dict[str, tuple[dict[str, str], Account]] = field(default_factory=dict)
    _tokens: dict[str, Account] = field(default_factory=dict)

    @property
    def key(self) -> rsa.RSAPrivateKey:
        return key_of(self.key_name or self.id)

    @property
    def settings(self) -> ProviderSettings:
        return ProviderSettings(self.id, self.id.title(), self.issuer, f"coffer at {self.id}", "s3cret+/ and more")

    def authorize(self, url: str, account: Account) -> dict[str, str]:
        """The person signs in on the provider's page: what comes back with them."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        assert url.startswith(f"{self.issuer}/authorize?")
        assert asked["response_type"] == "code"
        assert asked["client_id"] == self.settings.client_id
        assert asked["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe(16)
        self._codes[code] = asked, account
        return {"state": asked["state"], "code": code}

    def token(self, claims: Claims, *, algorithm: str = "RS256", **headers: Any) -> str:
        return jwt.encode(claims, self.key, algorithm=algorithm, headers={"kid": self.kid, **headers})

    def public(self) -> Claims:
        numbers = self.key.public_key().public_numbers()
        parts = {"n": numbers.n.to_bytes(256), "e": numbers.e.to_bytes(3)}
        return {"kty": "RSA", "use": "sig", "kid": self.kid, **{name: _text(value) for name, value in parts.items()}}

    async def discover(self, _request: Request) -> Response:
        self.asked.append("metadata")
        return JSONResponse(
            {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/keys",
                "userinfo_endpoint": f"{self.issuer}/userinfo",
                **self.metadata,
            }
        )

    async def keys(self, _request: Request) -> Response:
        self.asked.append("keys")
        return JSONResponse({"keys": [self.public()]})

    async def exchange(self, request: Request) -> Response:
        self.asked.append("token")
        form = {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}
        scheme, _, shown = request.headers.get("authorization", "").partition(" ")
        asked, account = self._codes.pop(form.get("code", ""), ({}, Account("")))
        verifier = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        is_right = (
            scheme == "Basic"
            and base64.b64decode(shown) == f"coffer+at+{self.id}:s3cret%2B%2F+and+more".encode()
            and form["redirect_uri"] == asked.get("redirect_uri")
            and _text(verifier) == asked.get("code_challenge")
        )
        if not is_right:
            return JSONResponse({"error": "invalid_grant"}, 400)
        claims: Claims = {
            "iss": self.issuer,
            "aud": self.settings.client_id,
            "sub": account.subject,
            "iat": int(time.time()),
            "exp": int(time.time()) + 300,
            "nonce": asked["nonce"],
        }
        if not self.in_userinfo:
            claims |= _about(account)
        claims = self.bend(claims)
        access = secrets.token_urlsafe(16)
        self._tokens[access] = account
        signed = self.token(claims) if self.sign is None else self.sign(self, claims)
        return JSONResponse({"access_token": access, "token_type": "Bearer", "id_token": signed})

    async def userinfo(self, request: Request) -> Response:
        self.asked.append("userinfo")
        account = self._tokens[request.headers["authorization"].removeprefix("Bearer ")]
        return JSONResponse({"sub": account.subject, **_about(account)})


def _about(account: Account) -> Claims:
    if account.email is None:
        return {"name": account.name}
    return {"email": account.email, "email_verified": account.is_verified, "name": account.name}


def unsigned(_provider: FakeProvider, claims: Claims) -> str:
    return jwt.encode(claims, "", algorithm="none")


def by_hmac(provider: FakeProvider, claims: Claims) -> str:
    """HS256 with the public key as the secret, as a verifier that trusts `alg` would check it."""
    return _by_hand({"alg": "HS256", "kid": provider.kid}, claims, json.dumps(provider.public()).encode())


def by_client_secret(provider: FakeProvider, claims: Claims) -> str:
    return _by_hand({"alg": "HS256", "kid": provider.kid}, claims, provider.settings.client_secret.encode())


def by_embedded_key(provider: FakeProvider, claims: Claims) -> str:
    other = FakeProvider(provider.id, key_name="forged")
    return other.token(claims, jwk=other.public())


def by_another_key(provider: FakeProvider, claims: Claims) -> str:
    return FakeProvider(provider.id, key_name="forged", kid=provider.kid).token(claims)


def by_unknown_key(provider: FakeProvider, claims: Claims) -> str:
    return FakeProvider(provider.id, key_name="forged", kid="key-of-nobody").token(claims)


def _by_hand(header: Claims, claims: Claims, key: bytes) -> str:
    signed = ".".join(_text(json.dumps(part).encode()) for part in (header, claims))
    return f"{signed}.{_text(hmac.digest(key, signed.encode(), 'sha256'))}"


def _text(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


@asynccontextmanager
async def serving(provider: FakeProvider) -> AsyncIterator[FakeProvider]:
    """The provider at an address of its own, which is its issuer."""
    app = Starlette(
        routes=[
            Route("/.well-known/openid-configuration", provider.discover),
            Route("/keys", provider.keys),
            Route("/token", provider.exchange, methods=["POST"]),
            Route("/userinfo", provider.userinfo),
        ]
    )
    listening = socket.create_server(("127.0.0.1", 0))
    provider.issuer = f"http://127.0.0.1:{listening.getsockname()[1]}"
    server = uvicorn.Server(uvicorn.Config(app, lifespan="off", log_level="warning", ws="none"))
    running = asyncio.create_task(server.serve([listening]))
    try:
        yield provider
    finally:
        server.should_exit = True
        await running
