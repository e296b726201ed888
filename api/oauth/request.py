"""Requests and answers as Authlib's core wants them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from authlib.oauth2.rfc6749 import OAuth2Payload, OAuth2Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from api.oauth.form import Form

NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}


class Payload(OAuth2Payload):  # type: ignore[misc]  # Authlib has no types
    def __init__(self, form: Form) -> None:
        self._form = form

    @property
    def data(self) -> dict[str, str]:
        return self._form.single

    @property
    def datalist(self) -> Mapping[str, list[str]]:
        return self._form.lists


class ServerRequest(OAuth2Request):  # type: ignore[misc]  # Authlib has no types
    """`form` are the parameters, wherever they came in."""

    def __init__(self, method: str, path: str, headers: Mapping[str, str], form: Form) -> None:
        # TLS ends before this process: whether an address is secure enough was decided where it is published.
        super().__init__(method, f"https://coffer{path}", headers=headers)
        self.payload = Payload(form)
        self._form = form

    @property
    def args(self) -> dict[str, str]:
        return self._form.single

    @property
    def form(self) -> dict[str, str]:
        return self._form.single


@dataclass
class Answer:
    status: int
    body: Any
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def location(self) -> str | None:
        return self.headers.get("Location")

    @location.setter
    def location(self, value: str) -> None:
        self.headers["Location"] = value

    def response(self) -> Response:
        if self.location is not None:
            # 303, so that no browser sends the form on to the app (RFC 9700, 4.12).
            return RedirectResponse(self.location, 303, headers=NO_STORE)
        return JSONResponse(self.body, self.status, headers={**self.headers, **NO_STORE})
