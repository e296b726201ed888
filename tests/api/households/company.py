"""Several people in one household, made as clients make them."""

import asyncio
from dataclasses import replace

from tests.api.client import Person

INVITE = """
mutation ($input: InviteMemberInput!) {
  inviteMember(input: $input) { invitation { id } token userErrors { code message path } }
}
"""
ACCEPT = """
mutation ($token: String!) {
  acceptInvitation(input: {token: $token}) { household { id } userErrors { code message path } }
}
"""
SWITCH = """
mutation ($id: ID!) {
  switchHousehold(input: {householdId: $id}) {
    session { accessToken refreshToken }
    viewer { household { id } }
    userErrors { code message path }
  }
}
"""
SHARE = """
mutation ($id: ID!, $sharing: AccountSharing!) {
  shareAccount(input: {accountId: $id, sharing: $sharing}) {
    account { sharing owner { id } }
    userErrors { code message path }
  }
}
"""
SETTLED_SECONDS = 4.0
"""After which a change of rights is everywhere (api/sessions.py)."""


async def join(owner: Person, person: Person, role: str = "MEMBER") -> Person:
    """The person, in the owner's household as well: with a session of it."""
    token = (await owner.change(INVITE, input={"role": role}))["token"]
    await person.change(ACCEPT, token=token)
    return await switch(person, owner.household_id)


async def switch(person: Person, household_id: str) -> Person:
    """The person with a session of that household."""
    session = (await person.change(SWITCH, id=household_id))["session"]
    return replace(
        person,
        access_token=session["accessToken"],
        refresh_token=session["refreshToken"],
        household_id=household_id,
    )


async def share(person: Person, account_id: str, sharing: str) -> None:
    await person.change(SHARE, id=account_id, sharing=sharing)


async def settled() -> None:
    """Long enough for every process to have asked again what sessions may do."""
    await asyncio.sleep(SETTLED_SECONDS)
