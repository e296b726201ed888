"""How a type says where its fields come from: `column`, `value`, `edge`.

The type is declared with Strawberry; its values at run time are the rows themselves. Each field keeps its
declaration in
its metadata, so that an executor can read what it needs without running a resolver.
"""

import inspect
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import strawberry

from api.batcher import Bulk
from api.context import Context
from api.errors import bad_input
from api.scopes import needs
from domain.mistakes import Problem, UserMistake
from domain.text import check_texts
from runtime.reader import Reader
from runtime.tables import Model

DECLARATION = "coffer"
Info = strawberry.Info[Context, Any]
T = TypeVar("T")
Several = Callable[
    [Reader, Sequence[tuple[Sequence[Any], Mapping[str, Any]]]], Awaitable[Sequence[Mapping[Any, Any] | Exception]]
]


@dataclass(frozen=True)
class Part:
    """A field of a nested object, made of columns of the row around it. `as_text` are written by PostgreSQL."""

    columns: tuple[str, ...]
    as_text: frozenset[str] = frozenset()
    calculate: Callable[..., Any] | None = None


@dataclass(frozen=True)
class Parts:
    """The same nested object as `Value.calculate` makes, field by field. It is null where `present` is."""

    present: str
    fields: Mapping[str, Part]


@dataclass(frozen=True)
class Value:
    """A pure function of columns of the row; without a function, the one column itself. `of_world`: the function
    takes the World first. `parts` is a short way to a nested object of which only columns of the row are shown,
    `of_bytes` the same function for a UUID's 16 bytes."""

    columns: tuple[str, ...]
    calculate: Callable[..., Any] | None = None
    of_world: bool = False
    parts: Parts | None = None
    of_bytes: Callable[[bytes], Any] | None = None


@dataclass(frozen=True)
class Same:
    """Another view of the same row."""


@dataclass(frozen=True)
class Edge:
    """A field that leads to other objects: `bulk(reader, keys, **arguments)` gives a dict by key.

    The key is the row's column of that name, or a tuple where there are several. `without_key(**arguments)` is what
    stands where the key is null; null where there is no such function.
    """

    key: tuple[str, ...]
    bulk: Bulk
    without_key: Callable[..., Any] | None = None
    takes_any_text: bool = False
    """Its function checks texts itself: an id that no id can be is one that is not there."""
    several: Several | None = None
    """`several(reader, [(keys, arguments), …])` loads at once what fields with different arguments ask at one depth.
    It gives for each what `bulk` would give, or the exception."""


@dataclass(frozen=True)
class Change:
    """A mutation: `run(context, **arguments)` does it and gives the value of the payload."""

    run: Callable[..., Awaitable[Any]]


ROWS = "__rows__"


def rows_of(model: type[Model]) -> Callable[[type[T]], type[T]]:
    """Says that a type's values are rows of a model, so that only the columns that are asked for are read."""

    def mark(cls: type[T]) -> type[T]:
        setattr(cls, ROWS, model)
        return cls

    return mark


def column(description: str, name: str | None = None, *, scope: str | None = None, **options: Any) -> Any:
    """The row's column, of the field's own name unless `name` says another. `scope`: api/scopes.py."""
    if name is None:
        metadata = {DECLARATION: Value(())}
        return strawberry.field(description=description, metadata=metadata, directives=needs(scope), **options)
    return value(description, None, name, scope=scope, **options)


def value(
    description: str,
    calculate: Callable[..., Any] | None,
    *columns: str,
    parts: Parts | None = None,
    of_bytes: Callable[[bytes], Any] | None = None,
    scope: str | None = None,
    **options: Any,
) -> Any:
    """Calculated from columns of the same row, without I/O."""
    if calculate is None:
        (only,) = columns

        def resolve(root: Any) -> Any:
            return getattr(root, only)
    else:

        def resolve(root: Any) -> Any:
            return calculate(*[getattr(root, name) for name in columns])

    resolve.__signature__ = _signature([])  # type: ignore[attr-defined]
    metadata = {DECLARATION: Value(columns, calculate, parts=parts, of_bytes=of_bytes)}
    return strawberry.field(
        resolver=resolve, description=description, metadata=metadata, directives=needs(scope), **options
    )


def world_value(
    description: str, calculate: Callable[..., Any], *columns: str, scope: str | None = None, **options: Any
) -> Any:
    """Calculated from what this process knows of itself, its address and keys, and columns of the row; without I/O."""

    def resolve(root: Any, info: Info) -> Any:
        return calculate(info.context.world, *[getattr(root, name) for name in columns])

    resolve.__signature__ = _signature([], info=True)  # type: ignore[attr-defined]
    metadata = {DECLARATION: Value(columns, calculate, of_world=True)}
    return strawberry.field(
        resolver=resolve, description=description, metadata=metadata, directives=needs(scope), **options
    )


def same(description: str, *, scope: str | None = None) -> Any:
    """Another view of the same row: Connection.pageInfo."""

    def resolve(root: Any) -> Any:
        return root

    resolve.__signature__ = _signature([])  # type: ignore[attr-defined]
    metadata = {DECLARATION: Same()}
    return strawberry.field(resolver=resolve, description=description, metadata=metadata, directives=needs(scope))


def edge(
    bulk: Bulk,
    *key: str,
    description: str,
    without_key: Callable[..., Any] | None = None,
    takes_any_text: bool = False,
    several: Several | None = None,
    scope: str | None = None,
    **options: Any,
) -> Any:
    """Loaded in bulk. What `bulk` takes after (reader, keys) are the field's arguments.

    A row whose key is null leads nowhere. Where `bulk` gives nothing for a key the field is null, `[]` where its type
    is a list that cannot be null.
    """
    parameters = _own_parameters(bulk)

    async def resolve(root: Any, info: Info, **arguments: Any) -> Any:
        if not takes_any_text:
            check_arguments(arguments)
        names = [getattr(root, name) for name in key]
        found = names[0] if len(names) == 1 else tuple(names)
        if found is None:
            return None if without_key is None else without_key(**arguments)
        # Siblings share one node of the document, and so their arguments.
        place = id(info._raw_info.field_nodes[0]) if arguments else None
        try:
            return await info.context.batcher.load(bulk, found, arguments, place)
        except Problem as problem:
            raise bad_input(str(problem)) from None

    resolve.__signature__ = _signature(parameters, info=True)  # type: ignore[attr-defined]
    resolve.__module__ = bulk.__module__
    metadata = {DECLARATION: Edge(key, bulk, without_key, takes_any_text, several)}
    return strawberry.field(
        resolver=resolve, description=description, metadata=metadata, directives=needs(scope), **options
    )


def _own_parameters(bulk: Bulk) -> list[inspect.Parameter]:
    """What an edge's function takes beside the reader and the keys."""
    parameters = list(inspect.signature(bulk).parameters.values())[2:]
    return [one for one in parameters if one.kind is not inspect.Parameter.VAR_KEYWORD]


def check_arguments(arguments: dict[str, Any]) -> None:
    """Texts in a query's arguments that no text can be (NUL) are the client's fault."""
    try:
        check_texts(arguments)
    except UserMistake as mistake:
        raise bad_input(f"{'.'.join(mistake.path)}: {mistake.message}") from None


def _signature(parameters: Sequence[inspect.Parameter], *, info: bool = False) -> inspect.Signature:
    own = [inspect.Parameter("root", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=Any)]
    if info:
        own.append(inspect.Parameter("info", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=Info))
    named = [one.replace(kind=inspect.Parameter.KEYWORD_ONLY) for one in parameters]
    return inspect.Signature([*own, *named])
