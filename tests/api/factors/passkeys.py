"""Passkeys, as a client makes them with a browser."""

from tests.api.client import Client, Person
from tests.api.factors.authenticator import Browser, Key

START = """
mutation ($input: StartPasskeyInput!) { startPasskey(input: $input) { options userErrors { code path } } }
"""
REGISTER = """
mutation ($input: FinishPasskeyRegistrationInput!) {
  finishPasskeyRegistration(input: $input) { factor { id kind name } userErrors { code path } }
}
"""


async def options_for(client: Client, purpose: str) -> str:
    payload = (await client.data(START, input={"purpose": purpose}))["startPasskey"]
    assert payload["userErrors"] == []
    return str(payload["options"])


async def registered(person: Person, name: str = "Laptop") -> tuple[Key, str]:
    """A passkey of the person, and its id."""
    key, credential = Browser().create(await options_for(person, "REGISTER"))
    payload = await person.change(REGISTER, input={"credential": credential, "name": name})
    return key, payload["factor"]["id"]
