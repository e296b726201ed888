"""A mail's whole way: asked for at the API, posted and sent by workers, read in the sandbox's mailbox."""

import asyncio
import re
from collections.abc import AsyncIterator
from typing import Any

import pytest

from integrations.world import World
from runtime.tasks import end
from tests.api.client import Client, Person
from tests.api.identity.mailbox import forget_waiting
from tests.banking import PATIENCE, app, bank, listener, settings
from tests.sandbox.running import CREDENTIALS, RunningBank
from workers.identity import sweep_address_requests
from workers.mail import sweep_mails
from workers.main import serve_queue

__all__ = ["app", "bank", "listener", "settings"]

ASK = "mutation ($email: String!) { requestPasswordReset(input: {email: $email}) { userErrors { code } } }"
RESET = """
mutation ($token: String!, $password: String!) {
  resetPassword(input: {token: $token, password: $password}) { userErrors { code } }
}
"""


@pytest.fixture
async def working(world: World) -> AsyncIterator[None]:
    await forget_waiting(world)
    task = asyncio.create_task(serve_queue(world))
    yield
    await end(task)


async def mails_to(world: World, bank: RunningBank, email: str, about: str) -> list[dict[str, Any]]:
    """Those with these words in their subject, once there are some."""
    async with asyncio.timeout(PATIENCE):
        while True:
            await sweep_address_requests(world)
            await sweep_mails(world)
            answer = await asyncio.to_thread(
                bank.http.get, "/control/mail", params={**CREDENTIALS, "to": email}, timeout=PATIENCE
            )
            found = [mail for mail in answer.json()["mails"] if about in mail["subject"]]
            if found:
                return found
            await asyncio.sleep(0.05)


async def test_a_password_is_got_back_by_what_lies_in_the_mailbox(
    person: Person, http: Any, world: World, bank: RunningBank, working: None
) -> None:
    nobody = Client(http)
    await nobody.data(ASK, email=person.email)

    (mail,) = await mails_to(world, bank, person.email, "a new password")
    (token,) = re.findall(r"cfm_[\w-]+", mail["text"])
    payload = await nobody.data(RESET, token=token, password="a brand-new password")

    assert payload == {"resetPassword": {"userErrors": []}}
    assert await mails_to(world, bank, person.email, "the password was reset")
