"""What is in the logs after people signed in, made mistakes and were attacked: nothing of theirs."""

import asyncio
import io
import json
import logging
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from runtime.pool import AT_ONCE_SECONDS
from runtime.telemetry import JsonLines
from tests.api.books import book, open_account
from tests.api.client import Client, Person
from tests.api.core.test_masking import WAITING, cut_connections
from tests.cluster import DatabaseUrls

PASSWORD = "Zanzibar-4711-hush"
TEXT, AMOUNT, NAME = "Quincunx apothecary", "-73191.37", "Ottoline Quux"
SIGN_IN = """mutation ($email: String!, $password: String!) {
  signIn(input: {email: $email, password: $password}) { session { accessToken refreshToken } userErrors { code } } }"""
REFRESH = """mutation ($token: String!) {
  refreshSession(input: {refreshToken: $token}) { session { accessToken refreshToken } userErrors { code } } }"""
RENAME = "mutation ($name: String!) { updateProfile(input: {displayName: $name}) { userErrors { code } } }"


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """What a process would write on its standard error, and everything below that level as well."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines("api"))
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    # As a process has it; here it is the test's own client besides.
    logging.getLogger("httpx").setLevel(logging.WARNING)
    yield stream
    logging.getLogger("httpx").setLevel(logging.NOTSET)
    root.removeHandler(handler)
    root.setLevel(level)


async def test_logs_hold_nothing_personal_and_no_secret(
    new_person: Any, nobody: Client, database_urls: DatabaseUrls, written: io.StringIO
) -> None:
    person: Person = await new_person(email="quux.ottoline@example.com", password=PASSWORD, displayName=NAME)
    account = await open_account(person, name="Vault of Quux")
    await book(person, account, AMOUNT, TEXT)
    await nobody.send(SIGN_IN, email=person.email, password=PASSWORD + "x")
    session = (await nobody.data(SIGN_IN, email=person.email, password=PASSWORD))["signIn"]["session"]
    again = (await nobody.data(REFRESH, token=session["refreshToken"]))["refreshSession"]["session"]
    await nobody.send(SIGN_IN, email=person.email + "\0", password=PASSWORD)
    await hostile(person, [person.email, PASSWORD, TEXT, AMOUNT])
    await broken_off(person, database_urls)

    lines = written.getvalue()
    assert any("correlation_id" in json.loads(line) for line in lines.splitlines())
    secrets = [
        *(
            person.email,
            "quux.ottoline",
            PASSWORD,
            TEXT,
            "Quincunx",
            AMOUNT,
            "73191",
            NAME,
            "Ottoline",
            "Vault of Quux",
        ),
        *(person.access_token, person.refresh_token, *session.values(), *again.values()),
    ]
    assert [secret for secret in secrets if secret in lines] == []


async def hostile(person: Person, texts: list[str]) -> None:
    """Each text where a parser, a validator, a scalar and a column would quote it."""
    for text in texts:
        quoted = json.dumps(text)
        for document in (
            f"{{ viewer {{ transactions(first: {quoted}) {{ nodes {{ id }} }} }} }}",
            f"{{ node(id: {quoted}) {{ id }} }}",
            f"{{ {quoted} }}",
            f"mutation {{ updateProfile(input: {{displayName: {quoted}, timeZone: {quoted}}}) {{ user {{ id }} }} }}",
        ):
            await person.send(document)
        await person.http.post("/graphql", content=text.encode(), headers={"Content-Type": "application/json"})
        await person.http.post(f"/webhooks/plaid?{text}", content=text.encode())
        await person.http.get("/graphql", params={"query": text}, headers={"Authorization": f"Bearer {text}"})


async def broken_off(person: Person, database_urls: DatabaseUrls) -> None:
    """An error of ours, in the middle of a change."""
    connection = await asyncpg.connect(database_urls.admin)
    try:
        async with connection.transaction():
            await connection.execute("lock table users in access exclusive mode")
            request = asyncio.create_task(person.send(RENAME, name=NAME))
            while not await connection.fetchval(WAITING, timedelta(seconds=2 * AT_ONCE_SECONDS)):
                await connection.execute("select pg_stat_clear_snapshot()")
            await cut_connections(database_urls)
            await request
    finally:
        await connection.close()
