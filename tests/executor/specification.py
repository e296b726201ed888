"""A small schema for one behaviour at a time, and a way to say what a document must give on either executor."""

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum
from types import SimpleNamespace
from typing import Annotated, Any
from uuid import UUID

import strawberry
from strawberry.schema.config import StrawberryConfig

from api.batcher import Batcher
from api.defaults import omit_null_defaults
from api.errors import LIMITED, ClientError
from api.fields import DECLARATION, Change, Info, column, edge, value
from api.scalars import SCALARS
from runtime.viewer import OWNER, Viewer
from tests.executor.generator import Document
from tests.executor.sides import Request, Side

SOMEBODY = Viewer(UUID(int=1), UUID(int=2), OWNER)
INTERNAL, BAD = "INTERNAL", "BAD_USER_INPUT"
About = strawberry.argument(description="What is given.")


@strawberry.enum
class Colour(Enum):
    RED = "red"
    GREEN = "green"


@strawberry.enum
class Content(Enum):
    """What a list holds."""

    FULL = "FULL"
    HOLE = "HOLE"
    FAULT = "FAULT"
    NULL = "NULL"
    RAISED = "RAISED"
    NO_LIST = "NO_LIST"


@strawberry.input
class Box:
    c: str
    a: str | None = strawberry.UNSET
    b: list[str | None] | None = strawberry.UNSET
    d: Decimal | None = strawberry.UNSET
    colour: Colour | None = strawberry.UNSET
    size: int = 3


@strawberry.input
class Crate:
    box: Box
    boxes: list[Box] | None = strawberry.UNSET


def _told(given: Any) -> Any:
    """An argument as JSON can say it; what was left out is not there."""
    if isinstance(given, Box | Crate):
        return {name: _told(one) for name, one in vars(given).items() if one is not strawberry.UNSET}
    if isinstance(given, list):
        return [_told(one) for one in given]
    if isinstance(given, Enum):
        return given.value
    return str(given) if isinstance(given, Decimal) else given


def echo(kind: Any, default: Any = strawberry.UNSET) -> Any:
    """A field that gives its argument back, as JSON."""

    async def bulk(reader: Any, keys: Sequence[Any], value: Any = default) -> dict[Any, str]:
        text = "nothing" if value is strawberry.UNSET else json.dumps(_told(value))
        return dict.fromkeys(keys, text)

    bulk.__annotations__["value"] = Annotated[kind, About]
    return edge(bulk, description="Its argument.")


def required(kind: Any) -> Any:
    async def bulk(reader: Any, keys: Sequence[Any], value: Any) -> dict[Any, str]:
        return dict.fromkeys(keys, json.dumps(_told(value)))

    bulk.__annotations__["value"] = Annotated[kind, About]
    return edge(bulk, description="Its argument.")


@strawberry.type
class Arguments:
    text: str = echo(str | None)
    text_or: str = echo(str | None, "Hello")
    must: str = required(str)
    must_or: str = echo(str, "Hello")
    number: str = echo(int | None)
    ratio: str = echo(float | None)
    flag: str = echo(bool | None)
    id: str = echo(strawberry.ID | None)
    colour: str = echo(Colour | None)
    decimal: str = echo(Decimal | None)
    words: str = echo(list[str | None] | None)
    must_words: str = required(list[str | None])
    words_must: str = echo(list[str] | None)
    must_words_must: str = required(list[str])
    grid: str = echo(list[list[int | None] | None] | None)
    box: str = echo(Box | None)
    crate: str = echo(Crate | None)


async def listed(reader: Any, keys: Sequence[Any], of: Annotated[Content, About]) -> dict[Any, Any]:
    if of is Content.RAISED:
        raise ClientError(LIMITED, "No list.")
    contents: dict[Content, Any] = {
        Content.FULL: [1, 2],
        Content.HOLE: [1, None, 2],
        Content.FAULT: [1, ClientError(LIMITED, "No item."), 2],
        Content.NULL: None,
        Content.NO_LIST: 7,
    }
    return dict.fromkeys(keys, contents[of])


async def one_tree(reader: Any, keys: Sequence[Any]) -> dict[Any, Any]:
    return dict.fromkeys(keys, SimpleNamespace(a="Apple", b="Banana", c=None, number=3))


async def two_trees(reader: Any, keys: Sequence[Any]) -> dict[Any, Any]:
    return {key: [SimpleNamespace(a=word, b=None, c=word, number=None) for word in ("x", "y")] for key in keys}


async def no_tree(reader: Any, keys: Sequence[Any]) -> dict[Any, Any]:
    return {}


async def failing_tree(reader: Any, keys: Sequence[Any]) -> dict[Any, Any]:
    raise ClientError(LIMITED, "Not today.")


def _raise(_a: Any) -> Any:
    raise ClientError(LIMITED, "Not today.")


@strawberry.type
class Tree:
    a: str = column("A word.")
    b: str | None = column("A word or none.")
    c: str = column("A word, which is null where it must not be, in the first tree.")
    number: int | None = column("A number.")
    fault: str | None = value("Raises.", _raise, "a")
    must_fault: str = value("Raises, where null must not be.", _raise, "a")
    deep: "Tree | None" = edge(one_tree, description="A tree.")
    must_deep: "Tree" = edge(one_tree, description="A tree, never null.")
    trees: list["Tree"] = edge(two_trees, description="Two.")
    maybe_trees: list["Tree | None"] | None = edge(two_trees, description="Two.")
    nothing: "Tree | None" = edge(no_tree, description="None.")
    must_nothing: "Tree" = edge(no_tree, description="None, where null must not be.")
    raising: "Tree | None" = edge(failing_tree, description="Fails.")
    must_raising: "Tree" = edge(failing_tree, description="Fails, where null must not be.")
    maybe_list: list[int | None] | None = edge(listed, description="[Int]")
    must_list: list[int | None] = edge(listed, description="[Int]!")
    list_must: list[int] | None = edge(listed, description="[Int!]")
    must_list_must: list[int] = edge(listed, description="[Int!]!")


def _is(kind: str) -> Any:
    def is_type_of(row: Any, _info: Any) -> bool:
        return bool(row.kind == kind)

    return staticmethod(is_type_of)


@strawberry.interface
class Named:
    name: str = column("A name.")

    @classmethod
    def resolve_type(cls, row: Any, *_: Any) -> Any:
        return row.kind


@strawberry.type
class Dog(Named):
    is_type_of = _is("Dog")
    barks: bool = column("Whether it does.")
    friend: Named | None = column("Whom it likes.")


@strawberry.type
class Cat(Named):
    is_type_of = _is("Cat")
    lives: int = column("How many are left.")


@strawberry.type
class Stone:
    is_type_of = _is("Stone")
    weight: int = column("In grams.")


Pet = Annotated[Dog | Cat, strawberry.union("Pet")]
TOM = SimpleNamespace(kind="Cat", name="Tom", lives=7)
REX = SimpleNamespace(kind="Dog", name="Rex", barks=True, friend=TOM)


class Kind(Enum):
    DOG = "DOG"
    CAT = "CAT"
    STONE = "STONE"
    GHOST = "GHOST"
    NUMBER = "NUMBER"


strawberry.enum(Kind)


async def animal(reader: Any, keys: Sequence[Any], kind: Annotated[Kind, About]) -> dict[Any, Any]:
    animals: dict[Kind, Any] = {
        Kind.DOG: REX,
        Kind.CAT: TOM,
        Kind.STONE: SimpleNamespace(kind="Stone", name="Stone", weight=1),
        Kind.GHOST: SimpleNamespace(kind="Ghost", name="Boo"),
        Kind.NUMBER: SimpleNamespace(kind=5, name="Five"),
    }
    return dict.fromkeys(keys, animals[kind])


async def animals(reader: Any, keys: Sequence[Any]) -> dict[Any, Any]:
    return {key: [REX, TOM] for key in keys}


@strawberry.type
class Query(Arguments):
    tree: Tree | None = edge(one_tree, description="A tree.")
    must_tree: Tree = edge(one_tree, description="A tree, never null.")
    trees: list[Tree] | None = edge(two_trees, description="Two.")
    named: Named | None = edge(animal, description="Something with a name.")
    pet: Pet | None = edge(animal, description="A pet.")
    must_pet: Pet = edge(animal, description="A pet, never null.")
    dog: Dog | None = edge(animal, description="A dog, or so they say.")
    pets: list[Pet] = edge(animals, description="Pets.")
    beings: list[Named] = edge(animals, description="Somethings.")


def changing(run: Any) -> Any:
    """A mutation as api/gates.py declares it, without any gate."""

    async def resolve(root: Any, info: Info, value: Annotated[int, About]) -> Any:
        return await run(info.context, value)

    return strawberry.mutation(resolver=resolve, description="Changes.", metadata={DECLARATION: Change(run)})


async def count(context: Any, value: int) -> Any:
    context.counted.append(value)
    # A payload is read anew: nothing that was read before the change is shown.
    context.batcher = Batcher(context)
    return SimpleNamespace(counted=list(context.counted))


async def refuse(context: Any, value: int) -> Any:
    context.counted.append(value)
    raise ClientError(LIMITED, "Not that.")


async def counted_now(reader: Any, keys: Sequence[Any]) -> dict[Any, Any]:
    return {key: list(reader.counted) for key in keys}


@strawberry.type
class Counted:
    counted: list[int] = column("What has been counted when it was done.")
    now: list[int] = edge(counted_now, description="What has been counted when it is read.")


@strawberry.type
class Mutation:
    count: Counted | None = changing(count)
    must_count: Counted = changing(count)
    refused: Counted | None = changing(refuse)
    must_refused: Counted = changing(refuse)


schema = strawberry.Schema(Query, Mutation, types=[Stone], config=StrawberryConfig(scalar_map=dict(SCALARS)))
omit_null_defaults(schema._schema)


class Context:
    """What one operation shares."""

    def __init__(self, viewer: Viewer) -> None:
        self.viewer = viewer
        self.world = self.reader = self
        self.counted: list[int] = []
        self.batcher = Batcher(self)  # type: ignore[arg-type]  # a reader for these edges alone

    def wanting(self, _layouts: object, is_gathered: bool) -> "Context":
        return self


class People:
    """The port to people, for whom there is nobody in particular."""

    async def authenticate(self, authorization: str | None) -> Viewer | None:
        return SOMEBODY

    @asynccontextmanager
    async def context(self, viewer: Viewer, network: str) -> AsyncIterator[Context]:
        context = Context(viewer)
        yield context
        await context.batcher.close()


@dataclass(frozen=True)
class Case:
    """A document, and the data and errors that it must give. Errors are (path, code)."""

    behaviour: str
    document: str
    data: Any = None
    errors: Sequence[tuple[str | None, str]] = ()
    variables: dict[str, Any] = field(default_factory=dict)
    operation: str | None = None

    def __str__(self) -> str:
        return self.behaviour

    async def check(self, side: Side) -> None:
        """Raises AssertionError for any other answer; the order of the members is the document's."""
        before = side.fallbacks
        reply = await side.answer(Request(Document(self.document, self.variables, self.operation), None))
        answer = json.loads(reply.body)
        told = [(_path(one), one["extensions"]["code"]) for one in answer.get("errors", [])]
        assert sorted(told, key=str) == sorted(self.errors, key=str), answer
        assert json.dumps(answer.get("data")) == json.dumps(self.data)
        assert side.fallbacks == before


def _path(error: dict[str, Any]) -> str | None:
    return None if "path" not in error else ".".join(map(str, error["path"]))
