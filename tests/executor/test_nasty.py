"""Generated documents over values that are wrong in every way: the same nulls, errors and paths on both executors."""

import random
import secrets
from uuid import UUID

import pytest

from runtime.viewer import OWNER, Viewer
from tests.executor import nasty
from tests.executor.generator import Document
from tests.executor.rounds import Outcome, Run
from tests.executor.sides import Request, sides

pytestmark = [
    pytest.mark.timeout(240),
    # graphql-core drops the siblings of a field that failed, started or not.
    pytest.mark.filterwarnings("ignore:coroutine .* was never awaited:RuntimeWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
WORLDS, DOCUMENTS = 8, 15


async def over_worlds(seed: str, odds: float, worlds: int = WORLDS, documents: int = DOCUMENTS) -> Outcome:
    """Each world with documents of its own."""
    people = nasty.NastyPeople(Viewer(UUID(int=1), UUID(int=2), OWNER))
    both = sides(nasty.schema, people)
    run = Run(nasty.schema._schema, nasty.NastyValues(), both, [None], seed, {"introspects": False})
    outcome = Outcome(seed)
    for number in range(worlds):
        people.rows = nasty.World(random.Random(f"{seed}:{number}"), odds).rows
        outcome = outcome.joined(await run.go(range(number * documents, (number + 1) * documents)))
    print(outcome)
    return outcome


@pytest.mark.parametrize("odds", [0.02, 0.25])
async def test_values_that_are_wrong_in_every_way(odds: float, quiet: None) -> None:
    outcome = await over_worlds("2026", odds)

    assert outcome.failures == []
    assert outcome.partial > 0.1 * outcome.documents
    assert sum(outcome.fallbacks.values()) < 0.02 * outcome.documents


async def test_another_seed_each_time(quiet: None) -> None:
    outcome = await over_worlds(str(secrets.randbelow(10**6)), 0.1)

    assert outcome.failures == []


async def test_a_text_that_json_cannot_say_is_the_same_failure(quiet: None) -> None:
    people = nasty.NastyPeople(Viewer(UUID(int=1), UUID(int=2), OWNER))
    people.rows = nasty.World(random.Random(1), 0).rows
    people.rows[0].text = nasty.SURROGATE
    core, plan = sides(nasty.schema, people)

    for document in ("{ must { number text } }", "{ things { ... on Thing { number text } } }"):
        request = Request(Document(document, {}, None), None)
        run = Run(nasty.schema._schema, nasty.NastyValues(), (core, plan), [None], "")
        assert await run.compared(request) == []
