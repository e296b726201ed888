"""Functions that are stepped together: what they want goes out at once, and none of them waits for itself."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from runtime.gathering import Alone, Later, Wanted, gather
from runtime.rows import Row


class Server:
    """Answers each request with its text, and writes down what came together."""

    def __init__(self) -> None:
        self.asked: list[list[str]] = []

    async def __call__(self, wanted: Sequence[Wanted | Alone]) -> list[Any]:
        texts = [one.text for one in wanted if isinstance(one, Alone)]
        self.asked.append(texts)
        await asyncio.sleep(0)
        return [ValueError(text) if text.startswith("bad") else [text] for text in texts]


async def ask(text: str) -> Any:
    return await Alone(text, (), Row, False)


async def test_what_several_want_goes_out_at_once_and_each_gets_its_own() -> None:
    server, found = Server(), []

    async def work(*texts: str) -> None:
        found.extend([await ask(text) for text in texts])

    await gather([work("a", "b", "c"), work("d"), work(), work("e", "f")], server)

    assert server.asked == [["a", "d", "e"], ["b", "f"], ["c"]]
    assert sorted(one for (one,) in found) == ["a", "b", "c", "d", "e", "f"]


async def test_a_failure_comes_to_whoever_asked() -> None:
    failures = []

    async def failing() -> None:
        try:
            await ask("bad")
        except ValueError as error:
            failures.append(str(error))

    async def going_on() -> None:
        failures.append((await ask("good"))[0])

    await gather([failing(), going_on()], Server())

    assert failures == ["bad", "good"]


async def test_a_lock_may_be_held_across_what_is_wanted() -> None:
    lock, order = asyncio.Lock(), []

    async def work(name: str) -> None:
        async with lock:
            await ask(name)
            await asyncio.sleep(0)
            order.append(name)

    async with asyncio.timeout(10):
        await gather([work("a"), work("b"), work("c")], Server())

    assert order == ["a", "b", "c"]


async def test_who_waits_for_later_goes_on_after_the_others() -> None:
    known: list[str] = []

    async def first() -> None:
        known.extend(await ask("tree"))

    async def second() -> None:
        while not known:
            await Later()
        known.append("seen")

    server = Server()
    await gather([second(), first()], server)

    assert (known, server.asked) == (["tree", "seen"], [["tree"]])


async def test_those_who_wait_for_each_other_are_not_waited_for() -> None:
    async def work() -> None:
        while True:
            await Later()

    with pytest.raises(RuntimeError, match="wait for each other"):
        await gather([work(), work()], Server())


@pytest.mark.parametrize("is_held", [True, False])
async def test_a_cancelled_gathering_ends_its_works(is_held: bool) -> None:
    ended = []

    async def work(name: str) -> None:
        try:
            if is_held and name == "a":
                await asyncio.Event().wait()
            await ask(name)
        finally:
            ended.append(name)

    async def never(_wanted: Sequence[Wanted | Alone]) -> list[Any]:
        await asyncio.Event().wait()
        return []

    task = asyncio.create_task(gather([work("a"), work("b")], never))
    await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert sorted(ended) == ["a", "b"]


async def test_a_lock_that_was_given_to_a_cancelled_work_goes_on_to_the_next() -> None:
    lock, is_served = asyncio.Lock(), asyncio.Event()

    async def wait_for_the_lock() -> None:
        async with lock:
            pass

    async def never(_wanted: Sequence[Wanted | Alone]) -> list[Any]:
        is_served.set()
        await asyncio.Event().wait()
        return []

    async def want() -> None:
        await ask("x")

    await lock.acquire()
    task = asyncio.create_task(gather([wait_for_the_lock(), want()], never))
    await is_served.wait()
    next_one = asyncio.create_task(lock.acquire())
    await asyncio.sleep(0)
    lock.release()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    async with asyncio.timeout(10):
        assert await next_one


async def test_who_got_a_lock_meanwhile_goes_on_beside_the_others() -> None:
    lock, order = asyncio.Lock(), []

    async def locked() -> None:
        async with lock:
            order.append("locked")

    async def asking() -> None:
        await ask("one")
        lock.release()
        await ask("two")
        order.append(await ask("three"))

    await lock.acquire()
    await gather([locked(), asking()], Server())

    assert order == ["locked", ["three"]]
