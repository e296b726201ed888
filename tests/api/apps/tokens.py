"""Personal tokens for the API's tests, made as people make them."""

from dataclasses import replace
from datetime import UTC, timedelta
from typing import Any

from runtime import clock
from tests.api.client import Person

CREATE = """
mutation ($input: CreatePersonalTokenInput!) {
  createPersonalToken(input: $input) {
    personalToken { id name scopes accounts { id } }
    secret
    userErrors { code path }
  }
}
"""
REVOKE = """
mutation ($id: ID!) {
  revokePersonalToken(input: {tokenId: $id}) { revokedId userErrors { code path } }
}
"""
TOKENS = "{ viewer { personalTokens { id name scopes accounts { id } } } }"


def in_days(days: float) -> str:
    return (clock.now() + timedelta(days=days)).astimezone(UTC).isoformat()


def token_input(*scopes: str, **given: Any) -> dict[str, Any]:
    return {"name": "Tool", "scopes": list(scopes), "expiresAt": in_days(30), **given}


async def token_of(person: Person, *scopes: str, **given: Any) -> Person:
    """A tool of the person's with these scopes; `given` replaces parts of the input."""
    made = await person.change(CREATE, input=token_input(*scopes, **given))
    return replace(person, access_token=made["secret"])
