"""What is due a fixed time after it began."""

import asyncio

from api.transport.socket.deadlines import Deadlines
from tests.api.transport.server import eventually


async def test_each_is_due_once_and_the_oldest_first() -> None:
    due: list[str] = []
    deadlines = Deadlines(0.01, due.append)

    for one in ("a", "b", "c"):
        deadlines.start(one)
    await eventually(lambda: len(due) == 3)

    assert due == ["a", "b", "c"]
    assert len(deadlines) == 0


async def test_what_begins_again_goes_to_the_end() -> None:
    due: list[str] = []
    deadlines = Deadlines(0.01, due.append)

    deadlines.start("a")
    deadlines.start("b")
    deadlines.start("a")
    await eventually(lambda: len(due) == 2)

    assert due == ["b", "a"]


async def test_what_is_stopped_is_never_due() -> None:
    due: list[str] = []
    deadlines = Deadlines(0.01, due.append)

    deadlines.start("a")
    deadlines.start("b")
    deadlines.stop("a")
    deadlines.stop("never was")
    await eventually(lambda: len(due) == 1)

    assert due == ["b"]


async def test_what_is_due_may_begin_again_and_stop_others() -> None:
    due: list[str] = []
    is_done = asyncio.Event()

    def on_due(one: str) -> None:
        due.append(one)
        deadlines.stop("b")
        if len(due) < 3:
            deadlines.start(one)
        else:
            is_done.set()

    deadlines = Deadlines(0.01, on_due)
    deadlines.start("a")
    deadlines.start("b")
    await is_done.wait()

    assert due == ["a", "a", "a"]
