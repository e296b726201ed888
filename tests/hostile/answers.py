"""What every refusal must be: a documented code, no 5xx, nothing changed, nothing leaked."""

import json
from dataclasses import dataclass
from typing import Any

import asyncpg
import httpx

from api.errors import CODES
from domain.mistakes import UserErrorCode
from domain.tables import models
from runtime.tables import Scope
from tests.hostile.scene import MARK

# What counts wrong guesses changes with each of them: that is what it is for.
_COUNTERS = frozenset({"factor_attempts"})
_TABLES = [
    model.__tablename__
    for model in models()
    if model.scope is not Scope.REFERENCE and model.__tablename__ not in _COUNTERS
]
# That a session was used is written down once a minute, whatever came of it.
_ROWS = {"sessions": "select (to_jsonb(s) - 'used_at')::text as row from sessions s"}
_DIGEST = " union all ".join(
    f"select '{table}', count(*), md5(coalesce(string_agg(md5(row), '' order by row), '')) "
    f"from ({_ROWS.get(table, f'select t::text as row from {table} t')}) rows"
    for table in _TABLES
)

TELLTALE = (
    MARK,
    "Traceback",
    'File "',
    "asyncpg",
    "sqlalchemy",
    "SELECT ",
    "select ",
    "INSERT ",
    "insert into",
    "constraint",
    "violates",
    "relation ",
    "household_id",
    "coffer_app",
    "127.0.0.1",
    "site-packages",
)
"""What no answer may hold: the stranger's texts, and traces of how it is made."""


@dataclass(frozen=True)
class Answer:
    """`codes` with the places they are about: of the person's mistakes, or of top-level errors (no place)."""

    status: int
    codes: list[str]
    paths: list[list[str]]
    text: str

    @property
    def is_refusal(self) -> bool:
        return bool(self.codes)


async def everything(connection: "asyncpg.Connection[Any]") -> dict[str, tuple[int, str]]:
    """Each table's rows and their digest, as the owner sees them: of all households."""
    return {table: (count, digest) for table, count, digest in await connection.fetch(_DIGEST)}


async def send(http: httpx.AsyncClient, token: str | None, document: str, variables: Any = None) -> Answer:
    """Post an operation; lone surrogates and NUL go as JSON's escapes. What it gets is held to the rules."""
    body = json.dumps({"query": document, "variables": variables or {}}).encode()
    return await post(http, token, body)


async def post(http: httpx.AsyncClient, token: str | None, body: bytes, **headers: str) -> Answer:
    """Any bytes at all."""
    given = {"Content-Type": "application/json", **headers}
    if token is not None:
        given["Authorization"] = f"Bearer {token}"
    response = await http.post("/graphql", content=body, headers=given)
    return read(response)


def read(response: httpx.Response) -> Answer:
    text = response.text
    assert response.status_code < 500, text[:2000]
    for telltale in TELLTALE:
        assert telltale not in text, f"{telltale!r} in {text[:2000]}"
    whole = response.json()
    codes: list[str] = []
    paths: list[list[str]] = []
    for error in whole.get("errors", []):
        code = error["extensions"]["code"]
        assert code in CODES - {"INTERNAL"}, error
        codes.append(code)
    for payload in (whole.get("data") or {}).values():
        for mistake in (payload or {}).get("userErrors", []) if isinstance(payload, dict) else []:
            assert mistake["code"] in set(UserErrorCode), mistake
            assert mistake["message"]
            assert len(mistake["message"]) < 500
            codes.append(mistake["code"])
            paths.append(mistake["path"])
    return Answer(response.status_code, codes, paths, text)
