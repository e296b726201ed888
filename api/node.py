"""Node: everything that has an id of its own, and how to find it again by that id alone."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

import strawberry

from api import ids
from api.fields import value
from runtime.reader import Reader

T = TypeVar("T")
ByIds = Callable[[Reader, Sequence[UUID]], Awaitable[Mapping[UUID, Any]]]


@dataclass(frozen=True)
class NodeKind:
    name: str
    prefix: str
    rows: tuple[type, ...]
    by_ids: ByIds


KINDS: dict[str, NodeKind] = {}
"""By the type's name in the schema."""


@strawberry.interface(description="Anything with an id of its own, which `node` finds again.")
class Node:
    id: strawberry.ID = strawberry.field(
        description="Prefixed and time-ordered, such as txn_01j9…: opaque to clients, readable to people."
    )

    @classmethod
    def resolve_type(cls, row: Any, *_: Any) -> str:
        return next(kind.name for kind in KINDS.values() if isinstance(row, kind.rows))


def node_type(
    prefix: str, *rows: type, by_ids: ByIds, description: str, id_column: str = "id"
) -> Callable[[type[T]], type[T]]:
    """A type that implements Node. `rows` are the classes of its values; `by_ids` finds them, within what the
    viewer may see.

    Adds the field `id`, made of the row's `id_column`.
    """

    def declare(cls: type[T]) -> type[T]:
        def is_type_of(row: Any, _info: Any) -> bool:
            return isinstance(row, rows)

        cls.__annotations__ = {"id": strawberry.ID, **cls.__annotations__}
        cls.id = value(  # type: ignore[attr-defined]
            "Prefixed and time-ordered: opaque to clients.", lambda id: ids.encode(prefix, id), id_column
        )
        cls.is_type_of = staticmethod(is_type_of)  # type: ignore[attr-defined]
        KINDS[cls.__name__] = NodeKind(cls.__name__, prefix, rows, by_ids)
        return strawberry.type(cls, description=description)

    return declare


async def none_by_ids(reader: Reader, ids: Sequence[UUID]) -> dict[UUID, Any]:
    """For a type that is in the contract and has no objects yet."""
    return {}


def kind_of_prefix(prefix: str) -> NodeKind | None:
    return next((kind for kind in KINDS.values() if kind.prefix == prefix), None)


async def nodes_by_text(reader: Reader, texts: Sequence[str]) -> dict[str, Any]:
    """The edge under `node` and `nodes`: rows by the ids' texts. What is no id, or not there, is left out."""
    wanted: dict[str, dict[UUID, str]] = {}
    for text in texts:
        try:
            prefix, value_ = ids.decode(text)
        except ids.BadId:
            continue
        wanted.setdefault(prefix, {})[value_] = text
    found: dict[str, Any] = {}
    for prefix, by_uuid in wanted.items():
        if (kind := kind_of_prefix(prefix)) is not None:
            rows = await kind.by_ids(reader, list(by_uuid))
            found.update({by_uuid[id]: row for id, row in rows.items() if row is not None})
    return found
