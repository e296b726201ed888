"""The household that generated documents read: something of everything, made as people make it."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

import asyncpg
import httpx

from api import ids
from domain.changes.position import Position, encode_position
from domain.notifications.commands import notify
from integrations.world import World
from runtime.ids import new_id
from runtime.unit import Unit, in_unit
from runtime.viewer import OWNER, VIEWER, Viewer
from tests.api.booking import category
from tests.api.books import book, open_account
from tests.api.client import Person, register
from tests.api.statement_imports.files import attend, import_file, put, start
from tests.banking import CHECKING, link, purchase
from tests.cluster import DatabaseUrls
from tests.executor.values import Known
from tests.integrations.statements.documents import file_of, row
from tests.sandbox.running import RunningBank

GROCERIES, COFFEE, RENT = "FOOD_AND_DRINK_GROCERIES", "FOOD_AND_DRINK_COFFEE", "RENT_AND_UTILITIES_RENT"
CODES = (GROCERIES, COFFEE, RENT, "FOOD_AND_DRINK")
SHOPS = ("STARBUCKS 1234 SEATTLE", "Bäckerei Müller", "WHOLE FOODS MKT", 'Corner "shop" \\ ☃', "Netflix.com", "rent")
TAGS = ("holiday", "Ärger", "tax 2026")

CLOSE = "mutation ($id: ID!) { closeAccount(input: {accountId: $id}) { userErrors { code } } }"
CATEGORIZE = """mutation ($id: ID!, $category: ID!) {
  categorizeTransaction(input: {transactionId: $id, categoryId: $category, always: true}) { userErrors { code } } }"""
UPDATE = "mutation ($input: UpdateTransactionInput!) { updateTransaction(input: $input) { userErrors { code } } }"
DELETE = "mutation ($id: ID!) { deleteTransaction(input: {transactionId: $id}) { userErrors { code } } }"
BUDGET = "mutation ($input: CreateBudgetInput!) { createBudget(input: $input) { budget { id } userErrors { code } } }"
GOAL = "mutation ($input: CreateGoalInput!) { createGoal(input: $input) { goal { id } userErrors { code } } }"
GIVE = "mutation ($input: ContributeToGoalInput!) { contributeToGoal(input: $input) { userErrors { code } } }"
ARCHIVE = "mutation ($id: ID!) { archiveGoal(input: {goalId: $id}) { userErrors { code } } }"
GROUP = """mutation ($input: CreateSavingsGroupInput!) {
  createSavingsGroup(input: $input) { savingsGroup { id inviteCode } userErrors { code } } }"""
JOIN = "mutation ($code: String!) { joinSavingsGroup(input: {inviteCode: $code}) { userErrors { code } } }"
SHARE = "mutation ($input: ContributeToGroupInput!) { contributeToGroup(input: $input) { userErrors { code } } }"
READ = "mutation ($ids: [ID!]!) { markNotificationsRead(input: {notificationIds: $ids}) { userErrors { code } } }"


@dataclass
class Household:
    """Who may look at it, by the name under which they are signed in; and what there is."""

    viewers: dict[str, Viewer] = field(default_factory=dict)
    known: Known = field(default_factory=Known)


async def make_household(http: httpx.AsyncClient, world: World, urls: DatabaseUrls, bank: RunningBank) -> Household:
    """Always the same but for ids and the hour. Needs a World whose bank is `bank`."""
    person, partner, stranger = [await register(http, email=f"{new_id()}@example.com") for _ in range(3)]
    dice = random.Random(1)
    for one, size in ((person, 130), (stranger, 12), (partner, 8)):
        await _live(one, world, dice, size)
    await _use_bank(person, world, bank)
    await _save_together([person, partner, stranger])
    await _know_of_each_other(urls, person, partner)
    await _tell(person, world)
    everybody = [person, partner, stranger]
    return Household(await _viewers(everybody), await look_around(everybody))


async def _live(person: Person, world: World, dice: random.Random, size: int) -> None:
    """Accounts, transactions, rules, budgets, goals and files of one person."""
    checking = await open_account(person, name="Everyday", type="CHECKING", balance="1234.56")
    euros = await open_account(person, name="Euros", currency="EUR", balance="80")
    card = await open_account(person, name="Card", type="CREDIT_CARD", balance="-250")
    old = await open_account(person, name="Old one", type="SAVINGS", balance="10")
    await book(person, old, "-10", "The last of it", date="2026-02-01")
    await person.change(CLOSE, id=old)
    booked = [await _book(person, dice, dice.choice([checking, checking, euros, card]), size) for _ in range(size)]
    for id in booked[:2]:
        await person.change(CATEGORIZE, id=id, category=category(COFFEE))
    await person.change(UPDATE, input={"transactionId": booked[3], "isExcluded": True, "notes": "never mind\n"})
    await person.change(DELETE, id=booked[4])
    await _plan(person)
    await _save(person, booked[5])
    rows = [
        row(f"-{number + 1}.50", f"202603{number + 1:02d}", f"F{number}", dice.choice(["STARBUCKS 7", "Amazon", "Gym"]))
        for number in range(20)
    ]
    await import_file(world, person, file_of(*rows, row("nothing", "20260301", "BAD")))
    await start(person)
    broken = await start(person, "broken.ofx", accountId=euros)
    await put(person.http, broken, b"no statement at all")
    await attend(world, person, broken["id"])


async def _plan(person: Person) -> None:
    kinds: dict[str, dict[str, str]] = {
        GROCERIES: {},
        "FOOD_AND_DRINK": {"period": "WEEKLY", "rollover": "SURPLUS"},
        RENT: {"period": "ANNUAL", "rollover": "SURPLUS_AND_OVERSPEND"},
        COFFEE: {"period": "ONCE", "endsOn": "2026-04-30"},
    }
    for code, more in kinds.items():
        limit = {"amount": "150.00", "currency": "USD"}
        given = {"categoryId": category(code), "limit": limit, "startsOn": "2026-01-01", **more}
        await person.change(BUDGET, input=given)


async def _save(person: Person, transaction: str) -> None:
    """Three goals: one with a day and a contribution that came with a transaction, one without, one archived."""
    made = []
    for name, day in (("Bicycle", "2026-12-24"), ("Anything", None), ("Given up", "2026-05-01")):
        given = {"name": name, "target": {"amount": "600", "currency": "USD"}, "targetDate": day}
        made.append((await person.change(GOAL, input=given))["goal"]["id"])
        for number in range(1, 5):
            gift = {"goalId": made[-1], "amount": {"amount": f"{number}0", "currency": "USD"}}
            await person.change(GIVE, input=gift)
    money = {"amount": "5", "currency": "USD"}
    gift = {"goalId": made[0], "amount": money, "transactionId": transaction, "note": "at last"}
    await person.change(GIVE, input=gift)
    await person.change(ARCHIVE, id=made[2])


async def _book(person: Person, dice: random.Random, account: str, size: int) -> str:
    words = dice.choice(SHOPS)
    given: dict[str, Any] = {"date": f"2026-{dice.randint(1, 6):02d}-{dice.randint(1, 28):02d}"}
    if dice.random() < 0.6:
        given["categoryId"] = category(dice.choice(CODES))
    if dice.random() < 0.3:
        given |= {"tags": dice.sample(TAGS, dice.randint(1, 3)), "notes": "Grüße \U0001f600"}
    return await book(
        person, account, f"{dice.choice(['-', '-', ''])}{dice.randint(1, 9000)}.{size % 90 + 10}", words, **given
    )


async def _use_bank(person: Person, world: World, bank: RunningBank) -> None:
    """A link that works, with three syncs, and one that wants to see the person again."""
    lines = [purchase(f"2026-04-{day:02d}", 3.5 * day, "STARBUCKS STORE 12") for day in range(1, 12)]
    good = await link(person, world, bank, {**CHECKING, "transactions": lines}, {**CHECKING, "transactions": []})
    await good.sync()
    bank.buy(good.access_token, 12.34, "BOOKSHOP")
    for fault in (None, "ITEM_LOGIN_REQUIRED"):
        await person.change(
            "mutation ($id: ID!) { syncBankLink(input: {bankLinkId: $id}) { sync { id } userErrors { code } } }",
            id=good.id,
        )
        if fault is not None:
            bank.call("/sandbox/item/reset_login", access_token=good.access_token)
        await good.sync()


async def _save_together(people: Sequence[Person]) -> None:
    first, second, third = people
    for founder, other, gifts in ((first, second, 9), (third, second, 2)):
        target = {"amount": "1000", "currency": "EUR"}
        given = {"name": "Lisbon", "target": target, "targetDate": "2027-01-01"}
        group = (await founder.change(GROUP, input=given))["savingsGroup"]
        await other.change(JOIN, code=group["inviteCode"])
        for number in range(gifts):
            money = {"amount": f"{number + 1}5", "currency": "EUR"}
            gift = {"groupId": group["id"], "amount": money, "message": "for us" if number % 2 else None}
            await (founder, other)[number % 2].change(SHARE, input=gift)


async def _know_of_each_other(urls: DatabaseUrls, person: Person, partner: Person) -> None:
    """What nothing in the product makes yet: a second member, and a category of the household's own."""
    household_id = ids.decode_as("hsh", person.household_id)
    connection = await asyncpg.connect(urls.owner)
    try:
        await connection.execute(
            "insert into household_members (household_id, user_id, role, joined_at) values ($1, $2, 'MEMBER', now())",
            household_id,
            ids.decode_as("usr", partner.user_id),
        )
        await connection.execute(
            "insert into categories (household_id, id, name, kind, created_at) values ($1, $2, $3, 'EXPENSE', now())",
            household_id,
            new_id(),
            "Own",
        )
    finally:
        await connection.close()


async def _tell(person: Person, world: World) -> None:
    """Notifications about an object, about nothing, about what is gone; one of them read."""
    viewer = _viewer(person)
    budget = (await person.data("{ viewer { budgets { id } } }"))["viewer"]["budgets"][0]["id"]
    subjects: list[tuple[str | None, UUID | None]] = [
        ("Budget", ids.decode_as("bud", budget)),
        ("Budget", new_id()),
        ("Household", ids.decode_as("hsh", person.household_id)),
        (None, None),
    ]
    for number, (subject, subject_id) in enumerate(subjects * 2):

        async def work(unit: Unit, number: int = number, subject: Any = subject, subject_id: Any = subject_id) -> None:
            words = {"title": f"Look {number}", "body": "There is something."}
            about = {"subject": subject, "subject_id": subject_id}
            await notify(unit, kind="BUDGET_NEARING", once_key=f"{number}", **words, **about)  # type: ignore[arg-type]

        await in_unit(world.database, viewer, work)
    told = (await person.data("{ viewer { notifications { nodes { id } } } }"))["viewer"]["notifications"]["nodes"]
    await person.change(READ, ids=[told[1]["id"]])


def _viewer(person: Person) -> Viewer:
    return Viewer(ids.decode_as("usr", person.user_id), ids.decode_as("hsh", person.household_id), OWNER)


async def _viewers(people: Sequence[Person]) -> dict[str, Viewer]:
    """The owner, somebody who may only look, one whose token is for some accounts or for none, and the others."""
    person, partner, stranger = people
    owner = _viewer(person)
    accounts = (await person.data("{ viewer { accounts { id } } }"))["viewer"]["accounts"]
    some = tuple(ids.decode_as("acc", one["id"]) for one in accounts[1:4])
    return {
        "owner": owner,
        "looker": replace(owner, user_id=_viewer(partner).user_id, role=VIEWER),
        "narrowed": replace(owner, account_ids=some),
        "blind": replace(owner, account_ids=()),
        "partner": _viewer(partner),
        "stranger": _viewer(stranger),
    }


async def look_around(people: Sequence[Person]) -> Known:
    """Ids, cursors and positions of all that these people can see, found as clients find them."""
    known = Known(tags=list(TAGS))
    for person in people:
        viewer = (await person.data(EVERYTHING))["viewer"]
        _collect(viewer, "Viewer", known)
        known.ids.setdefault("usr", []).append(person.user_id)
        for stream in (viewer["household"], *viewer["savingsGroups"]):
            await _remember_positions(person, stream["id"], known)
    # Each thing once, in the order in which it was found.
    for found in (known.ids, known.cursors, known.positions):
        for name, some in found.items():
            found[name] = list(dict.fromkeys(some))
    return known


async def _remember_positions(person: Person, stream: str, known: Known) -> None:
    """The beginning of a journal, and some places in it."""
    prefix, id = ids.decode(stream)
    beginning = encode_position(id, Position(1))
    parent, document = ("Viewer", CHANGES) if prefix == "hsh" else ("SavingsGroup", GROUP_CHANGES)
    (found,) = (await person.data(document, id=stream, after=beginning)).values()
    places = [one["sequence"] for one in found["changes"]["nodes"]]
    known.positions.setdefault(parent, []).extend([beginning, *places[::10]])
    known.cursors.setdefault(f"{parent}.changes", []).extend(places[::10])


CHANGES = "query ($after: String!) { viewer { changes(after: $after, first: 100) { nodes { sequence } } } }"
GROUP_CHANGES = """query ($id: ID!, $after: String!) {
  node(id: $id) { ... on SavingsGroup { changes(after: $after, first: 100) { nodes { sequence } } } } }"""
EVERYTHING = """{
  viewer {
    __typename sequence household { id } households { id }
    accounts(includeClosed: true) { __typename id transactions(first: 10) { edges { cursor } } }
    bankLinks { __typename id institution { id } syncs { edges { cursor node { id } } } }
    transactions(first: 100) { edges { cursor node { id merchant { id } } } }
    categories { id }
    rules { id }
    budgets(includeEnded: true) { id }
    goals(includeArchived: true) { __typename id contributions { edges { cursor node { id } } } }
    savingsGroups { __typename id sequence contributions { edges { cursor node { id } } } }
    statementImports { edges { cursor node { id } } }
    notifications { edges { cursor node { id } } }
  }
}"""


def _collect(value: Any, parent: str, known: Known, place: str = "") -> None:
    if isinstance(value, list):
        for one in value:
            _collect(one, parent, known, place)
        return
    if not isinstance(value, dict):
        return
    parent = value.get("__typename", parent)
    for name, one in value.items():
        if name == "id":
            known.ids.setdefault(str(one).partition("_")[0], []).append(one)
        elif name == "cursor":
            known.cursors.setdefault(place, []).append(one)
        elif name == "sequence":
            known.positions.setdefault(parent, []).append(one)
        else:
            _collect(one, parent, known, place if name in ("edges", "node", "nodes") else f"{parent}.{name}")
