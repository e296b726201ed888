"""Generated documents give the same answers on both executors. `scripts/check executor` tries 10,000."""

import secrets
from dataclasses import replace

import pytest

from tests.executor.comparison import Reply
from tests.executor.generator import Document
from tests.executor.sides import CORE, Request, Side
from tests.executor.stage import Stage

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    # graphql-core drops the siblings of a field that failed, started or not.
    pytest.mark.filterwarnings("ignore:coroutine .* was never awaited:RuntimeWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
DOCUMENTS = 150
FIXED_SEED = "2026"


@pytest.mark.timeout(240)
async def test_documents_of_a_fixed_seed(stage: Stage, noon: None, quiet: None) -> None:
    outcome = await stage.run(FIXED_SEED).go(range(DOCUMENTS))

    print(outcome)
    outcome.check()


@pytest.mark.timeout(240)
async def test_documents_of_another_seed_each_time(stage: Stage, noon: None, quiet: None) -> None:
    seed = str(secrets.randbelow(10**6))
    print(f"seed {seed}")

    outcome = await stage.run(seed).go(range(DOCUMENTS))

    print(outcome)
    outcome.check()


async def test_a_query_over_an_event_stream_is_answered_and_not_overtaken_by_the_end_of_a_session(
    stage: Stage, noon: None
) -> None:
    request = Request(
        Document("{ viewer { household { __typename } } }", {}, None), "owner", accept="text/event-stream"
    )

    replies = [await one.answer(request) for one in stage.both for _ in range(20)]

    assert {reply.body for reply in replies} == {
        b':\n\nevent: next\ndata: {"data":{"viewer":{"household":{"__typename":"Household"}}}}\n\n'
        b"event: complete\ndata:\n\n"
    }


class Faulty(Side):
    """An executor with one fault, which shows only where an account's name is asked for."""

    async def answer(self, request: Request) -> Reply:
        reply = await super().answer(request)
        return replace(reply, body=reply.body.replace(b'"Everyday"', b'"Everynight"'))


async def test_a_fault_in_one_executor_is_found_and_its_document_made_small(
    stage: Stage, noon: None, quiet: None
) -> None:
    run = stage.run(FIXED_SEED)
    good = run.both[0]
    assert good.name == CORE
    run.both = good, Faulty("faulty", good.operations, good.transport)

    outcome = await run.go(range(DOCUMENTS), say=lambda _: None)

    assert outcome.failures
    with pytest.raises(AssertionError, match="Everynight"):
        outcome.check()
    assert all(len(words.splitlines()[1]) < 300 for words in outcome.failures), outcome.failures
