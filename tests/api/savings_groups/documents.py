"""What the tests of savings groups send."""

from typing import Any

from tests.api.client import Person

CREATE = """
mutation ($input: CreateSavingsGroupInput!) {
  createSavingsGroup(input: $input) {
    savingsGroup {
      id name target { amount currency } saved { amount currency } targetDate inviteCode
      members { displayName contributed { amount currency } isMe }
    }
    userErrors { code path }
  }
}
"""
JOIN = """
mutation ($code: String!) {
  joinSavingsGroup(input: {inviteCode: $code}) {
    savingsGroup { id members { displayName isMe } } userErrors { code path }
  }
}
"""
LEAVE = """
mutation ($groupId: ID!) {
  leaveSavingsGroup(input: {groupId: $groupId}) { savingsGroup { id } userErrors { code path } }
}
"""
REPLACE = """
mutation ($groupId: ID!) {
  replaceInviteCode(input: {groupId: $groupId}) { savingsGroup { inviteCode } userErrors { code path } }
}
"""
CONTRIBUTE = """
mutation ($input: ContributeToGroupInput!) {
  contributeToGroup(input: $input) {
    contribution { id amount { amount currency } message by { displayName isMe contributed { amount } } }
    userErrors { code path }
  }
}
"""
GROUPS = """
{ viewer { savingsGroups {
  id name saved { amount } inviteCode
  members { displayName isMe contributed { amount } }
  contributions { nodes { amount { amount } by { displayName } message } }
} } }
"""


async def found(person: Person, **given: Any) -> dict[str, Any]:
    values = {"name": "Lisbon", "target": {"amount": "1000.00", "currency": "EUR"}, **given}
    group: dict[str, Any] = (await person.change(CREATE, input=values))["savingsGroup"]
    return group


async def found_together(person: Person, other: Person, **given: Any) -> str:
    """A group of two; its id."""
    group = await found(person, **given)
    await other.change(JOIN, code=group["inviteCode"])
    group_id: str = group["id"]
    return group_id


def giving(group_id: str, amount: str, currency: str = "EUR", **more: Any) -> dict[str, Any]:
    return {"groupId": group_id, "amount": {"amount": amount, "currency": currency}, **more}


async def give(person: Person, group_id: str, *amounts: str) -> None:
    for amount in amounts:
        await person.change(CONTRIBUTE, input=giving(group_id, amount))


async def groups_of(person: Person) -> list[dict[str, Any]]:
    groups: list[dict[str, Any]] = (await person.data(GROUPS))["viewer"]["savingsGroups"]
    return groups
