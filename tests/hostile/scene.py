"""Two households with something of everything, and a group of both. Nothing in these tests may change any of it.

It is made once for all tests of a process: what would be spoilt by one of them is that one's finding.
"""

from dataclasses import dataclass, field, replace
from typing import Any

import asyncpg
import httpx

from api import ids
from domain.statement_imports.upload import upload_secret
from integrations.world import World
from runtime.ids import new_id
from tests.api.apps.tokens import CREATE as CREATE_TOKEN
from tests.api.apps.tokens import token_input
from tests.api.client import Client, Person, register
from tests.api.statement_imports.files import link
from tests.cluster import DatabaseUrls

MARK = "Marigold"
"""In every text of the stranger's: it must not be in any answer that the person gets."""

MAKE = {
    "account": """mutation ($name: String!, $currency: CurrencyCode!) {
      createAccount(input: {name: $name, type: CHECKING, currency: $currency, balance: "500"}) {
        account { id } ...e } }""",
    "transaction": """mutation ($account: ID!, $text: String!) {
      createTransaction(input: {accountId: $account, date: "2026-01-15", amount: "-12.50", description: $text}) {
        transaction { id category { id } } ...e } }""",
    "rule": """mutation ($transaction: ID!, $category: ID!) {
      categorizeTransaction(input: {transactionId: $transaction, categoryId: $category, always: true}) {
        transaction { id } ...e } }""",
    "budget": """mutation ($category: ID!) {
      createBudget(input: {categoryId: $category, limit: {amount: "100", currency: "USD"}, startsOn: "2026-01-01"}) {
        budget { id } ...e } }""",
    "goal": """mutation ($name: String!) {
      createGoal(input: {name: $name, target: {amount: "1000", currency: "USD"}}) { goal { id } ...e } }""",
    "group": """mutation ($name: String!) {
      createSavingsGroup(input: {name: $name, target: {amount: "1000", currency: "USD"}}) {
        savingsGroup { id inviteCode } ...e } }""",
    "app": """mutation ($name: String!) {
      registerApp(input: {name: $name, redirectUris: ["https://app.example.com/back"]}) { app { id } ...e } }""",
    "endpoint": """mutation ($url: URL!) {
      createWebhookEndpoint(input: {url: $url}) { webhookEndpoint { id } ...e } }""",
    "import": """mutation ($name: String!) {
      startStatementImport(input: {fileName: $name}) { statementImport { id } ...e } }""",
    "join": """mutation ($code: String!) {
      joinSavingsGroup(input: {inviteCode: $code}) { savingsGroup { id } ...e } }""",
    "give": """mutation ($group: ID!) {
      contributeToGroup(input: {groupId: $group, amount: {amount: "25", currency: "USD"}}) {
        contribution { id } ...e } }""",
}
INVITE = """
mutation { inviteMember(input: {role: MEMBER}) { invitation { id } token userErrors { code message path } } }
"""
RULES = "{ viewer { rules { id } categories { id name } sequence } }"


@dataclass
class Belongings:
    """One household's objects, by what they are."""

    person: Person
    ids: dict[str, str] = field(default_factory=dict)
    invite_code: str = ""
    invitation: str = ""
    sequence: str = ""


@dataclass
class Scene:
    mine: Belongings
    theirs: Belongings

    @property
    def person(self) -> Person:
        return self.mine.person

    def at(self, http: httpx.AsyncClient) -> "Scene":
        """The same people at another client."""
        mine, theirs = (replace(one, person=replace(one.person, http=http)) for one in (self.mine, self.theirs))
        return Scene(mine, theirs)


async def make(person: Person, what: str, **variables: Any) -> dict[str, Any]:
    """The object of the only mutation in `MAKE[what]`."""
    document = MAKE[what].replace("...e", "userErrors { code message path }")
    payload = await person.change(document, **variables)
    made: dict[str, Any] = next(value for name, value in payload.items() if name != "userErrors")
    return made


async def belongings(http: httpx.AsyncClient, world: World, database_urls: DatabaseUrls, mark: str) -> Belongings:
    person = await register(http, email=f"{mark}.{new_id()}@example.com", displayName=mark)
    own = Belongings(person)
    account = (await make(person, "account", name=f"{mark} account", currency="USD"))["id"]
    transaction = await make(person, "transaction", account=account, text=f"{mark} bakery")
    viewer = (await person.data(RULES))["viewer"]
    category = next(one["id"] for one in viewer["categories"] if one["name"] == "Groceries")
    await make(person, "rule", transaction=transaction["id"], category=category)
    linked = (await make(person, "account", name=f"{mark} linked account", currency="USD"))["id"]
    await link(database_urls, person, linked)
    group = await make(person, "group", name=f"{mark} group")
    await make(person, "give", group=group["id"])
    imported = await make(person, "import", name=f"{mark}.ofx")
    own.ids = {
        "acc": account,
        "txn": transaction["id"],
        "cat": await _own_category(database_urls, person, mark),
        "rul": (await person.data(RULES))["viewer"]["rules"][0]["id"],
        "bud": (await make(person, "budget", category=category))["id"],
        "goa": (await make(person, "goal", name=f"{mark} goal"))["id"],
        "grp": group["id"],
        "imp": imported["id"],
        "bnk": await _link_of(database_urls, linked),
        "hsh": person.household_id,
        "usr": person.user_id,
        "linked": linked,
        "category": category,
    }
    secret = upload_secret(world.keys, ids.decode_as("hsh", person.household_id), ids.decode_as("imp", imported["id"]))
    own.ids["upload"] = f"http://coffer.test/uploads/{secret}"
    own.invite_code = group["inviteCode"]
    own.sequence = (await person.data(RULES))["viewer"]["sequence"]
    return own


async def make_scene(http: httpx.AsyncClient, world: World, database_urls: DatabaseUrls) -> Scene:
    mine = await belongings(http, world, database_urls, "Myself")
    theirs = await belongings(http, world, database_urls, MARK)
    for own, mark in ((mine, "Myself"), (theirs, MARK)):
        await _open_to_others(own, mark)
    return Scene(mine, theirs)


async def _open_to_others(own: Belongings, mark: str) -> None:
    """What lets other people and third parties in."""
    person = own.person
    token = await person.change(CREATE_TOKEN, input=token_input("accounts:read", name=f"{mark} token"))
    invited = await person.change(INVITE)
    own.ids |= {
        "app": (await make(person, "app", name=f"{mark} app"))["id"],
        "whe": (await make(person, "endpoint", url=f"https://hooks.example.com/{mark}"))["id"],
        "pat": token["personalToken"]["id"],
        "inv": invited["invitation"]["id"],
    }
    own.invitation = invited["token"]


async def _own_category(database_urls: DatabaseUrls, person: Person, mark: str) -> str:
    """A category of the household's own: nothing makes them yet."""
    connection = await asyncpg.connect(database_urls.owner)
    try:
        id = new_id()
        await connection.execute(
            "insert into categories (household_id, id, name, kind, created_at) values ($1, $2, $3, 'EXPENSE', now())",
            ids.decode_as("hsh", person.household_id),
            id,
            f"{mark} category",
        )
    finally:
        await connection.close()
    return ids.encode("cat", id)


async def _link_of(database_urls: DatabaseUrls, account: str) -> str:
    connection = await asyncpg.connect(database_urls.owner)
    try:
        found = await connection.fetchval(
            "select bank_link_id from accounts where id = $1", ids.decode_as("acc", account)
        )
    finally:
        await connection.close()
    return ids.encode("bnk", found)


def nobody(http: httpx.AsyncClient) -> Client:
    return Client(http)
