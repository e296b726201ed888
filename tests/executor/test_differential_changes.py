"""Generated payloads of mutations, on two households that are alike, and generated answers to the events of streams."""

import asyncio
import random
import re
from collections.abc import AsyncIterable
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from graphql import OperationType, get_named_type

from api import ids
from api.authentication import Connections
from api.schema import schema
from api.sessions import LiveSessions
from api.transport.documents import Refused
from api.transport.parameters import Parameters
from runtime.viewer import OWNER, Viewer
from tests.api.booking import category
from tests.api.client import register
from tests.executor.comparison import Reply, differences
from tests.executor.generator import Document, Generator
from tests.executor.household import COFFEE, GROCERIES
from tests.executor.sides import NamedPeople, Request, Side, sides
from tests.executor.stage import Stage
from tests.executor.values import HouseholdValues, Known

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.timeout(240),
    # graphql-core drops the siblings of a field that failed, started or not.
    pytest.mark.filterwarnings("ignore:coroutine .* was never awaited:RuntimeWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
SEED = "2026"
USD = {"amount": "10", "currency": "USD"}
ID = re.compile(r'"([a-z]{3}_[0-9a-z]{26})"')
# What is another text each time though it says the same.
OPAQUE = re.compile(r'"([A-Za-z0-9_-]{30,}|[0-9A-Z]{16}|http://coffer\.test/uploads/[^"]+)"')

# Each with an input; "<acc>" is the newest account that was made, and so on.
MUTATIONS: list[tuple[str, dict[str, Any]]] = [
    ("createAccount", {"name": "Purse", "type": "CASH", "currency": "USD", "balance": "20"}),
    ("createAccount", {"name": "", "type": "CASH", "currency": "USD"}),
    ("updateAccount", {"accountId": "<acc>", "name": "Wallet", "balance": "30"}),
    ("updateAccount", {"accountId": f"acc_{'0' * 26}", "name": "Nobody's"}),
    ("createTransaction", {"accountId": "<acc>", "date": "2026-03-01", "amount": "-4", "description": "STARBUCKS 1"}),
    ("createTransaction", {"accountId": "<acc>", "date": "2026-03-02", "amount": "0", "description": "Nothing"}),
    ("categorizeTransaction", {"transactionId": "<txn>", "categoryId": category(COFFEE), "always": True}),
    ("updateTransaction", {"transactionId": "<txn>", "notes": "a\nb", "tags": ["x"], "isExcluded": True}),
    ("createBudget", {"categoryId": category(GROCERIES), "limit": USD, "startsOn": "2026-01-01"}),
    ("createBudget", {"categoryId": category(GROCERIES), "limit": USD, "startsOn": "2026-01-01"}),
    ("updateBudget", {"budgetId": "<bud>", "rollover": "SURPLUS"}),
    ("createGoal", {"name": "Boat", "target": USD, "targetDate": "2027-01-01"}),
    ("contributeToGoal", {"goalId": "<goa>", "amount": USD, "transactionId": "<txn>"}),
    ("archiveGoal", {"goalId": "<goa>"}),
    ("createSavingsGroup", {"name": "Boat", "target": USD}),
    ("contributeToGroup", {"groupId": "<grp>", "amount": USD}),
    ("replaceInviteCode", {"groupId": "<grp>"}),
    ("startStatementImport", {"fileName": "a.ofx"}),
    ("markNotificationsRead", {"notificationIds": []}),
    ("deleteTransaction", {"transactionId": "<txn>"}),
    ("deleteBudget", {"budgetId": "<bud>"}),
    ("leaveSavingsGroup", {"groupId": "<grp>"}),
    ("closeAccount", {"accountId": "<acc>"}),
    ("updateProfile", {"displayName": "Another", "locale": "de-AT"}),
    ("createTransaction", {"accountId": "<acc>", "date": "2026-13-01", "amount": "-4", "description": "No day"}),
]


@dataclass
class Household:
    """One of the two, and the names that its ids have in both."""

    side: Side
    email: str
    newest: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)

    async def change(self, document: Document, given: dict[str, Any]) -> Reply:
        """The answer, in which ids and opaque texts are counted in the order in which they come."""
        own = {name: self.newest.get(value[1:4], value) if _is_place(value) else value for name, value in given.items()}
        reply = await self.side.answer(
            Request(replace(document, variables={**document.variables, "input": own}), "owner")
        )
        text = reply.body.decode()
        for found in ID.findall(text):
            if not found.startswith("cat_"):
                self.newest[found[:3]] = found
        text = OPAQUE.sub(self._name, ID.sub(self._name, text.replace(self.email, "email")))
        return replace(reply, body=text.encode())

    def _name(self, match: re.Match[str]) -> str:
        kind = match[1][:4] if match[1][3:4] == "_" else ""
        return f'"{self.names.setdefault(match[1], f"{kind}#{len(self.names)}")}"'


def _is_place(value: Any) -> bool:
    return isinstance(value, str) and value.startswith("<")


def own_ids(mutation: str) -> str:
    """Selections of the ids of what a mutation made or changed, to go on with."""
    assert schema._schema.mutation_type is not None
    payload: Any = get_named_type(schema._schema.mutation_type.fields[mutation].type)
    objects = [name for name, one in payload.fields.items() if "id" in getattr(get_named_type(one.type), "fields", {})]
    return " ".join(f"own: {name} {{ id }}" for name in objects)


async def two_alike(stage: Stage) -> tuple[Household, Household]:
    made = []
    for one in sides(schema, None):
        person = await register(stage.http, email=f"{one.name}{id(stage)}@example.com", displayName="Same")
        viewer = Viewer(ids.decode_as("usr", person.user_id), ids.decode_as("hsh", person.household_id), OWNER)
        people = NamedPeople(stage.world, {"owner": viewer})
        both = sides(schema, people)
        household = Household(next(other for other in both if other.name == one.name), person.email)
        household.names |= {person.user_id: "usr", person.household_id: "hsh"}
        made.append(household)
    return made[0], made[1]


async def test_mutations_have_the_same_effects_and_payloads(stage: Stage, noon: None, quiet: None) -> None:
    expected, actual = await two_alike(stage)
    found = []
    for number, (name, given) in enumerate(MUTATIONS):
        generator = Generator(schema._schema, HouseholdValues(Known()), random.Random(f"{SEED}:{number}"))
        text = generator.payload(OperationType.MUTATION, name, "(input: $input)", own_ids(name))
        document = Document(text, generator.sent(), None)
        newest = await expected.change(document, given), await actual.change(document, given)
        if differing := differences(*newest):
            found.append("\n".join([text, str(document.variables), *differing, *(one.body.decode() for one in newest)]))
    assert not found, "\n\n".join(found)
    assert len(expected.newest) > 6
    assert expected.newest["acc"] != actual.newest["acc"]


# Each with its arguments; "<hsh>" is the beginning of the household's journal, and so on.
STREAMS = [
    ("balanceChanged", ""),
    ("changes", '(after: "<Viewer>")'),
    ("transactionsChanged", '(after: "<Viewer>")'),
    ("notificationArrived", '(after: "<Viewer>")'),
    ("groupUpdated", '(groupId: "<grp>", after: "<SavingsGroup>")'),
    ("syncProgressed", '(bankLinkId: "<bnk>")'),
]
EVENTS, DOCUMENTS = 4, 4
PATIENCE = 30.0


@pytest.mark.parametrize(("name", "arguments"), STREAMS)
async def test_events_have_the_same_answers(name: str, arguments: str, stage: Stage, noon: None, quiet: None) -> None:
    known = stage.household.known
    places = {"Viewer": known.positions["Viewer"][1], "SavingsGroup": known.positions["SavingsGroup"][1]}
    places |= {"grp": known.ids["grp"][0], "bnk": known.ids["bnk"][0]}
    for place, value in places.items():
        arguments = arguments.replace(f"<{place}>", value)
    found, begun, answered = [], 0, 0
    for number in range(2 * DOCUMENTS):
        generator = Generator(schema._schema, HouseholdValues(known), random.Random(f"{SEED}:{name}:{number}"))
        document = Document(generator.payload(OperationType.SUBSCRIPTION, name, arguments), generator.sent(), None)
        try:
            answers = await first_events(stage, document)
        except Refused:
            # Its variables are wrong, so nothing is begun: by the same code on both sides.
            continue
        begun += 1
        for replies in answers:
            answered += 1
            if differing := differences(*replies):
                found.append((document, differing, replies))
        if begun == DOCUMENTS:
            break
    assert found == []
    assert answered >= DOCUMENTS


async def first_events(stage: Stage, document: Document) -> list[tuple[Reply, Reply]]:
    """The answers of both executors to the same few events."""
    viewer = stage.household.viewers["owner"]
    people = Connections(stage.world, LiveSessions(stage.world.system))
    parameters = Parameters(document.query, None, document.variables, {})
    operations = [one.operations for one in stage.both]
    read = [one.read(parameters) for one in operations]
    async with people.context(viewer, "") as context:
        source: Any = await operations[0].source(read[0], context)
    assert isinstance(source, AsyncIterable), source
    answers = []
    generator: Any = aiter(source)
    async with asyncio.timeout(PATIENCE), aclosing(generator) as events:
        async for event in events:
            replies = []
            for one, operation in zip(operations, read, strict=True):
                async with people.context(viewer, "") as context:
                    answer = await one.event(operation, context, event)
                replies.append(Reply(200, "", answer.body))
            answers.append((replies[0], replies[1]))
            if len(answers) == EVENTS or name_of_one(document):
                break
    return answers


def name_of_one(document: Document) -> bool:
    """Whether the stream tells its state once, and then waits for the world."""
    return "syncProgressed" in document.query
