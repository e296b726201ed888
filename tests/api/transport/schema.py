"""A small schema with one field for each thing a transport must carry, and the state its resolvers move."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field

import strawberry

from api.errors import FORBIDDEN, LAGGING, ClientError
from runtime.viewer import Viewer

SECRET = "password=hunter2"


@dataclass
class State:
    counter: int = 0
    produced: int = 0
    sources_open: int = 0
    tick: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass
class Context:
    viewer: Viewer | None
    state: State
    world: object = None
    """What an executor hands to fields that look outside: none does here."""


Info = strawberry.Info[Context, None]


@strawberry.input
class Box:
    value: int
    inner: "Box | None" = None


@strawberry.type
class Leaf:
    number: int

    @strawberry.field
    def listed(self) -> list["Leaf"]:
        return [self]

    @strawberry.field
    async def double(self) -> int:
        return self.number * 2


@strawberry.type
class Query:
    @strawberry.field
    def hello(self, name: str = "world") -> str:
        return f"Hello {name}"

    @strawberry.field
    async def person(self, info: Info) -> str | None:
        viewer = info.context.viewer
        return None if viewer is None else str(viewer.user_id)

    @strawberry.field
    def leaf(self, number: int = 1) -> Leaf:
        return Leaf(number=number)

    @strawberry.field
    def box(self, box: Box) -> int:
        return box.value

    @strawberry.field
    def broken(self) -> str | None:
        raise RuntimeError(SECRET)

    @strawberry.field
    def forbidden(self) -> str | None:
        raise ClientError(FORBIDDEN, "Not yours", {"scope": "accounts"})

    @strawberry.field
    def too_large(self) -> int | None:
        return 2**40

    @strawberry.field
    def surrogate(self) -> str:
        return "\ud800"

    @strawberry.field
    async def counter(self, info: Info) -> int:
        return info.context.state.counter

    @strawberry.field
    async def later(self, info: Info) -> int:
        """As soon as the test says so."""
        info.context.state.sources_open += 1
        await info.context.state.tick.wait()
        return 1

    @strawberry.field
    async def never(self, info: Info) -> str:
        info.context.state.sources_open += 1
        try:
            await asyncio.Event().wait()
        finally:
            info.context.state.sources_open -= 1
        return "unreachable"


@strawberry.type
class Mutation:
    @strawberry.mutation
    async def increment(self, info: Info) -> int:
        info.context.state.counter += 1
        return info.context.state.counter

    @strawberry.mutation
    async def increment_later(self, info: Info) -> int:
        """As soon as the test says so."""
        info.context.state.sources_open += 1
        await info.context.state.tick.wait()
        info.context.state.counter += 1
        return info.context.state.counter


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def count(self, to: int) -> AsyncGenerator[int, None]:
        for number in range(1, to + 1):
            yield number

    @strawberry.subscription
    async def leaves(self, to: int) -> AsyncGenerator[Leaf, None]:
        for number in range(1, to + 1):
            yield Leaf(number=number)

    @strawberry.subscription
    async def ticks(self, info: Info) -> AsyncGenerator[int, None]:
        """One event at once, the next when the test says so."""
        state = info.context.state
        state.sources_open += 1
        try:
            yield 1
            await state.tick.wait()
            yield 2
        finally:
            state.sources_open -= 1

    @strawberry.subscription
    async def falls_behind(self) -> AsyncGenerator[int, None]:
        yield 1
        raise ClientError(LAGGING, "Resume after the last position")

    @strawberry.subscription
    async def breaks(self) -> AsyncGenerator[int, None]:
        yield 1
        raise RuntimeError(SECRET)

    @strawberry.subscription
    async def bad_event(self) -> AsyncGenerator[int, None]:
        yield 1
        yield "not a number"  # type: ignore[misc]
        yield 3

    @strawberry.subscription
    async def closed_to_you(self) -> AsyncGenerator[int, None]:
        raise ClientError(FORBIDDEN, "Not yours")
        yield 1

    @strawberry.subscription
    async def flood(self, info: Info, size: int) -> AsyncGenerator[str, None]:
        """Without an end: only a slow reader's backpressure stops it."""
        state = info.context.state
        state.sources_open += 1
        try:
            while True:
                state.produced += 1
                yield "x" * size
        finally:
            state.sources_open -= 1


schema = strawberry.Schema(Query, Mutation, Subscription)
