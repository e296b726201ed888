"""What plans take counts where documents are kept: a short text can have a large plan."""

import pytest

from api.transport.documents import CHARACTER_BYTES, Documents
from tests.executor import specification
from tests.executor.generator import Document
from tests.executor.sides import PLAN, Request, Side, side

# Two trees below each tree, eight times: 767 fields, 1.5 MB, out of 524 characters.
DOUBLING = "{ tree { ...F0 } } " + " ".join(
    f"fragment F{depth} on Tree {{ x: deep {{ ...F{depth + 1} }} y: deep {{ ...F{depth + 1} }} }}" for depth in range(8)
)
LARGE = DOUBLING + " fragment F8 on Tree { a }"


def keeping(most: int) -> Side:
    made = side(PLAN, specification.schema, specification.People())
    made.operations._documents = Documents(specification.schema._schema, most=most)
    return made


async def ask(one: Side, text: str, variables: dict[str, object] | None = None) -> None:
    reply = await one.answer(Request(Document(text, variables or {}, None), None))
    assert reply.status == 200, reply
    assert b'"errors"' not in reply.body, reply


async def test_large_plans_of_short_documents_leave_room_for_few() -> None:
    most = 5_000_000
    assert len(LARGE) * CHARACTER_BYTES * 20 < most
    one = keeping(most)

    for number in range(20):
        await ask(one, f"{LARGE} # {number}")

    assert len(one.operations._documents) == 3


async def test_small_plans_leave_room_for_many() -> None:
    one = keeping(4_000_000)

    for number in range(20):
        await ask(one, f"{{ tree {{ a }} }} # {number}")

    assert len(one.operations._documents) == 20


async def test_a_plan_counts_for_each_choice_of_switches() -> None:
    switched = "query ($on: Boolean!) " + LARGE.replace("{ a }", "{ a b @include(if: $on) }")
    one = keeping(2_500_000)

    await ask(one, switched, {"on": True})
    kept = len(one.operations._documents)
    await ask(one, switched, {"on": False})

    assert (kept, len(one.operations._documents)) == (1, 0)


async def test_a_document_too_large_to_keep_is_answered_all_the_same() -> None:
    one = keeping(1_000)

    await ask(one, LARGE)
    await ask(one, LARGE)

    assert len(one.operations._documents) == 0


@pytest.mark.parametrize("number", [1, 50])
async def test_introspection_counts_with_its_answer(number: int) -> None:
    one = keeping(300_000)
    text = " ".join(f"a{place}: __schema {{ types {{ name description }} }}" for place in range(number))

    await ask(one, f"{{ {text} }}")

    assert len(one.operations._documents) == (number == 1)
