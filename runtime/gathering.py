"""Runs what one depth asks of several functions so that their statements go out together.

Each function is a coroutine that is stepped until it wants rows. When all of them want something, or are done, what
they want is read at once, and each goes on with its own. No tasks: what else a function waits for, such as a lock, is
waited for after everything that others want, for one of these may hold the lock. Cancelling ends them all, so none may
have a timeout of its own.
"""

import asyncio
import inspect
import logging
from collections.abc import Awaitable, Callable, Coroutine, Generator, Mapping, Sequence
from typing import Any

from runtime.joined import Part
from runtime.rows import Row

_LOG = logging.getLogger("coffer.gathering")
Rows = list[Any]


class Wanted:
    """Awaited by a gathered function: the rows of a part, which can be read together with others."""

    __slots__ = ("given", "part")

    def __init__(self, part: Part, given: Mapping[str, Any]) -> None:
        self.part = part
        self.given = given

    def __await__(self) -> Generator["Wanted", Rows, Rows]:
        return (yield self)


class Alone:
    """Awaited by a gathered function: the rows of a statement that is sent by itself."""

    __slots__ = ("arguments", "is_unsorted", "record", "text")

    def __init__(self, text: str, arguments: Sequence[object], record: type[Row], is_unsorted: bool) -> None:
        self.text = text
        self.arguments = arguments
        self.record = record
        self.is_unsorted = is_unsorted

    def __await__(self) -> Generator["Alone", Rows, Rows]:
        return (yield self)


Serve = Callable[[Sequence[Wanted | Alone]], Awaitable[Sequence[Rows | Exception]]]
Work = Coroutine[Any, Any, None]


class Later:
    """Awaited by a gathered function: that others have come further."""

    __slots__ = ()

    def __await__(self) -> Generator["Later", None, None]:
        yield self


async def gather(works: Sequence[Work], serve: Serve) -> None:
    """Every work to its end. What one raises is raised here and ends the others, so works keep their own failures."""
    turns: list[tuple[Work, Any]] = [(work, None) for work in works]
    held: list[tuple[Work, Any]] = []
    try:
        while turns or held:
            wanting, later = [], []
            is_stuck = True
            for work, answer in turns:
                try:
                    asked = work.throw(answer) if isinstance(answer, BaseException) else work.send(answer)
                except StopIteration:
                    is_stuck = False
                    continue
                if type(asked) is Wanted or type(asked) is Alone:
                    wanting.append((work, asked))
                elif type(asked) is Later:
                    later.append((work, None))
                else:
                    if asked is not None:
                        asked._asyncio_future_blocking = False
                    held.append((work, asked))
            if wanting:
                answers = await serve([one for _, one in wanting])
                turns = [(work, answer) for (work, _), answer in zip(wanting, answers, strict=True)]
            elif held:
                await _any([future for _, future in held])
                turns = []
            elif later and is_stuck:
                raise RuntimeError("functions wait for each other")
            else:
                turns = []
            turns += [(work, None) for work, future in held if future is None or future.done()]
            turns += later
            held = [(work, future) for work, future in held if future is not None and not future.done()]
    except BaseException:
        for work in works:
            _cancel(work)
        raise


def _cancel(work: Work) -> None:
    """End it as a cancelled task ends: only then a lock that was just given to it is handed on."""
    try:
        work.throw(asyncio.CancelledError())
        work.close()
    except (asyncio.CancelledError, StopIteration):
        return
    except Exception as error:
        if inspect.getcoroutinestate(work) != inspect.CORO_CLOSED:
            _LOG.warning("a function did not end when it was cancelled", exc_info=error)


async def _any(futures: Sequence[Any]) -> None:
    """Waits until one of them is done, as the event loop does for a task; None is a task's turn given away."""
    if None in futures:
        await asyncio.sleep(0)
        return
    woken = asyncio.get_running_loop().create_future()

    def wake(_future: Any) -> None:
        if not woken.done():
            woken.set_result(None)

    for future in futures:
        future.add_done_callback(wake)
    try:
        await woken
    finally:
        for future in futures:
            future.remove_done_callback(wake)
