"""A person at their client: what the API's tests drive the application with, in process."""

import itertools
import json
from dataclasses import dataclass
from typing import Any

import httpx
from starlette.applications import Starlette

_numbers = itertools.count(1)

REGISTER = """
mutation Register($input: RegisterInput!) {
  register(input: $input) {
    session { accessToken refreshToken }
    viewer { user { id } household { id } }
    userErrors { code message path }
  }
}
"""


@dataclass
class Client:
    """Sends documents with or without a person's credentials."""

    http: httpx.AsyncClient
    access_token: str | None = None

    async def send(self, document: str, **variables: Any) -> dict[str, Any]:
        """The whole answer: data and errors."""
        headers = {"Content-Type": "application/json"}
        if self.access_token:
            headers["Authorization"] = f"Bearer {self.access_token}"
        # Written as ASCII, so that a lone surrogate can be sent: httpx would refuse to encode it.
        body = json.dumps({"query": document, "variables": variables})
        answer = await self.http.post("/graphql", content=body, headers=headers)
        assert answer.status_code < 500, answer.text
        whole: dict[str, Any] = answer.json()
        return whole

    async def data(self, document: str, **variables: Any) -> dict[str, Any]:
        """The data of an answer without errors."""
        answer = await self.send(document, **variables)
        assert "errors" not in answer, answer["errors"]
        data: dict[str, Any] = answer["data"]
        return data


@dataclass
class Person(Client):
    """Somebody signed in to a household of their own."""

    email: str = ""
    password: str = ""
    refresh_token: str = ""
    user_id: str = ""
    household_id: str = ""

    async def change(self, document: str, **variables: Any) -> dict[str, Any]:
        """The payload of a document's only mutation, which must have been done."""
        (payload,) = (await self.data(document, **variables)).values()
        assert payload["userErrors"] == [], payload["userErrors"]
        changed: dict[str, Any] = payload
        return changed

    async def refused(self, document: str, **variables: Any) -> list[tuple[str, list[str]]]:
        """The (code, path) of each userError of a document's only mutation, which must have been refused."""
        (payload,) = (await self.data(document, **variables)).values()
        assert payload["userErrors"], payload
        return [(error["code"], error["path"]) for error in payload["userErrors"]]


def http_client(app: Starlette) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://coffer.test")


async def register(http: httpx.AsyncClient, **given: Any) -> Person:
    """A new person in a household of their own; `given` replaces parts of the input."""
    number = next(_numbers)
    values = {
        "email": f"person{number}@example.com",
        "password": "correct horse battery",
        "displayName": f"Person {number}",
        **given,
    }
    payload = (await Client(http).data(REGISTER, input=values))["register"]
    assert payload["userErrors"] == [], payload["userErrors"]
    return Person(
        http=http,
        access_token=payload["session"]["accessToken"],
        email=values["email"],
        password=values["password"],
        refresh_token=payload["session"]["refreshToken"],
        user_id=payload["viewer"]["user"]["id"],
        household_id=payload["viewer"]["household"]["id"],
    )
