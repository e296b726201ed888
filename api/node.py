"""Node: everything that has an id of its own, and how to find it again by that id alone."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar
from uuid import UUID

import strawberry

from api import ids
from api.errors import ClientError, bad_input
from api.fields import rows_of, value
from api.scopes import requires, scope_of_type
from runtime.reader import Reader
from runtime.rows import is_row_of
from runtime.scopes import readable
from runtime.tables import Model
from runtime.viewer import Viewer

T = TypeVar("T")
ByIds = Callable[[Reader, Sequence[UUID]], Awaitable[Mapping[UUID, Any]]]


@dataclass(frozen=True)
class NodeKind:
    name: str
    prefix: str
    rows: tuple[type, ...]
    by_ids: ByIds


MOST_NODES = 100

KINDS: dict[str, NodeKind] = {}
"""By the type's name in the schema."""


@requires("any")
@strawberry.interface(description="Anything with an id of its own, which `node` finds again.")
class Node:
    id: strawberry.ID = strawberry.field(
        description="Prefixed and time-ordered, such as txn_01j9…: opaque to clients, readable to people."
    )

    @classmethod
    def resolve_type(cls, row: Any, *_: Any) -> str:
        return next(kind.name for kind in KINDS.values() if is_row_of(row, kind.rows))


def node_type(
    prefix: str, *rows: type, by_ids: ByIds, description: str, id_column: str = "id"
) -> Callable[[type[T]], type[T]]:
    """A type that implements Node. `rows` are the classes of its values; `by_ids` finds them, within what the
    viewer may see.

    Adds the field `id`, made of the row's `id_column`.
    """

    def declare(cls: type[T]) -> type[T]:
        def is_type_of(row: Any, _info: Any) -> bool:
            return is_row_of(row, rows)

        cls.__annotations__ = {"id": strawberry.ID, **cls.__annotations__}
        cls.id = value(  # type: ignore[attr-defined]
            "Prefixed and time-ordered: opaque to clients.",
            ids.encoder(prefix),
            id_column,
            of_bytes=ids.encoder_of_bytes(prefix),
        )
        cls.is_type_of = staticmethod(is_type_of)  # type: ignore[attr-defined]
        if len(rows) == 1 and issubclass(rows[0], Model):
            rows_of(rows[0])(cls)
        if (other := kind_of_prefix(prefix)) is not None:
            raise ValueError(f"{other.name} and {cls.__name__} have one prefix: `node` would find one of them alone")
        KINDS[cls.__name__] = NodeKind(cls.__name__, prefix, rows, by_ids)
        return strawberry.type(cls, description=description)

    return declare


async def none_by_ids(reader: Reader, ids: Sequence[UUID]) -> dict[UUID, Any]:
    """For a type that is in the contract and has no objects yet."""
    return {}


def may_see(reader: Reader, name: str) -> bool:
    """Whether the viewer's scopes reach objects of the type: to others they are as if they were not there."""
    return readable(scope_of_type(name), reader.viewer.scopes)


def kind_of_prefix(prefix: str) -> NodeKind | None:
    return next((kind for kind in KINDS.values() if kind.prefix == prefix), None)


async def node_by_id(
    reader: Reader,
    viewers: Sequence[Viewer],
    id: Annotated[strawberry.ID, strawberry.argument(description="The object's id.")],
) -> dict[Viewer, Any]:
    found = await nodes_by_text(reader, [id])
    return {viewer: found.get(id) for viewer in viewers}


async def nodes_by_ids(
    reader: Reader,
    viewers: Sequence[Viewer],
    ids: Annotated[list[strawberry.ID], strawberry.argument(description="The objects' ids; at most 100.")],
) -> dict[Viewer, list[Any]]:
    _check_number(ids)
    found = await nodes_by_text(reader, ids)
    return {viewer: [found.get(id) for id in ids] for viewer in viewers}


async def nodes_of_each(
    reader: Reader, asked: Sequence[tuple[Sequence[Any], Mapping[str, Any]]]
) -> list[Mapping[Any, Any] | Exception]:
    """What `node` and `nodes` of one document ask, however often, in one statement for each type."""
    wanted = [[arguments["id"]] if "id" in arguments else arguments["ids"] for _, arguments in asked]
    found = await nodes_by_text(reader, list({id: None for each in wanted for id in each if len(each) <= MOST_NODES}))
    given: list[Mapping[Any, Any] | Exception] = []
    for (viewers, arguments), each in zip(asked, wanted, strict=True):
        if "id" in arguments:
            given.append({viewer: found.get(arguments["id"]) for viewer in viewers})
            continue
        try:
            _check_number(each)
        except ClientError as error:
            given.append(error)
            continue
        given.append({viewer: [found.get(id) for id in each] for viewer in viewers})
    return given


def nodes_of_nobody(ids: Sequence[str]) -> list[None]:
    """What `nodes` gives to those who are not signed in."""
    _check_number(ids)
    return [None] * len(ids)


def _check_number(ids: Sequence[str]) -> None:
    if len(ids) > MOST_NODES:
        raise bad_input(f"At most {MOST_NODES} ids at once.")


async def nodes_by_text(reader: Reader, texts: Sequence[str]) -> dict[str, Any]:
    """The edge under `node` and `nodes`: rows by the ids' texts. What is no id, or not there, is left out, and so is
    what the viewer's scopes do not reach."""
    wanted: dict[str, dict[UUID, str]] = {}
    for text in texts:
        try:
            prefix, value_ = ids.decode(text)
        except ids.BadId:
            continue
        wanted.setdefault(prefix, {})[value_] = text
    found: dict[str, Any] = {}
    for prefix, by_uuid in wanted.items():
        if (kind := kind_of_prefix(prefix)) is not None and may_see(reader, kind.name):
            rows = await kind.by_ids(reader, list(by_uuid))
            found.update({by_uuid[id]: row for id, row in rows.items() if row is not None})
    return found
