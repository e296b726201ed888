"""What a validated operation becomes: levels of objects, the edges between them, and how each object is shown.

A `Level` is all objects met at one place of the document. A `Step` is one bulk load; several fields use one step where
they ask the same edge for the same arguments at the same depth. `ObjectPlan` and `FieldPlan` say what is shown.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from graphql import FieldNode, GraphQLField, GraphQLObjectType, GraphQLOutputType
from graphql.execution.values import VariableValues

from api.batcher import Bulk
from api.fields import Several
from runtime.rows import Layout, Slot
from runtime.tables import Model


class Unsupported(Exception):
    """graphql-core has to execute this operation; the text says why, in a few fixed words, for the counters."""


@dataclass(eq=False, slots=True)
class Level:
    """Where objects of one type are met.

    With a layout its rows are the driver's, columns by position; without one they are any objects with attributes.
    """

    number: int
    type: GraphQLObjectType
    origin: "Origin"
    layout: Layout | None = None


@dataclass(frozen=True, slots=True)
class Start:
    """The one object that the operation begins with."""


@dataclass(eq=False, slots=True)
class Found:
    """What a step found."""

    use: "Use"


@dataclass(eq=False, slots=True)
class Carried:
    """What the rows of another level carry with them."""

    level: Level
    cells: "Cells"


@dataclass(eq=False, slots=True)
class OfType:
    """Those of another origin that have a certain type."""

    origin: "Origin"
    resolve: Callable[[Any], str]
    name: str


Origin = Start | Found | Carried | OfType


@dataclass(eq=False, slots=True)
class Cells:
    """A value made of the columns of one row; without a function, the one column itself."""

    columns: tuple[Slot, ...]
    calculate: Callable[..., Any] | None = None
    of_world: bool = False


@dataclass(frozen=True, slots=True)
class Constant:
    """The same for every object: __typename, and introspection."""

    value: Any


@dataclass(frozen=True, slots=True)
class Itself:
    """Another view of the same row."""


@dataclass(eq=False, slots=True)
class Step:
    """One bulk load. `layouts` are the columns wanted of each model that it may give."""

    number: int
    bulk: Bulk
    arguments: Callable[[VariableValues], dict[str, Any]]
    layouts: dict[type[Model], Layout] = field(default_factory=dict)
    uses: list["Use"] = field(default_factory=list)
    several: Several | None = None


@dataclass(eq=False, slots=True)
class Use:
    """One field's use of a step: the objects whose keys it takes, and the columns that make a key."""

    number: int
    step: Step
    level: Level
    key: tuple[Slot, ...]
    without_key: Callable[..., Any] | None = None


Source = Constant | Itself | Cells | Use


@dataclass(eq=False, slots=True)
class FieldPlan:
    """A response field. `children` are the object plans by the name of the type, one unless the type is abstract.

    `embedded` are the columns behind a nested object made of nothing else, by its fields' names. `short` makes the
    source's value out of columns that are read in a cheaper form.
    """

    key: str
    parent: GraphQLObjectType
    definition: GraphQLField
    nodes: list[FieldNode]
    source: Source
    children: dict[str, "ObjectPlan"] = field(default_factory=dict)
    resolve_type: Callable[[Any], str] | None = None
    embedded: "Embedded | None" = None
    short: "Cells | None" = None

    @property
    def type(self) -> GraphQLOutputType:
        return self.definition.type

    @property
    def name(self) -> str:
        return self.nodes[0].name.value


@dataclass(eq=False, slots=True)
class Embedded:
    """A nested object that is shown straight from the columns of the row. Null where `present` is."""

    present: Slot
    fields: dict[str, Cells]


@dataclass(eq=False, slots=True)
class ObjectPlan:
    level: Level
    fields: list[FieldPlan] = field(default_factory=list)

    @property
    def type(self) -> GraphQLObjectType:
        return self.level.type


@dataclass(eq=False, slots=True)
class Plan:
    """Steps by depth: every step's keys are known when its depth is come to. Then the root object shows everything.

    `size` is what it takes while it is kept, with its function, about, in bytes."""

    root: ObjectPlan
    waves: list[list[Step]]
    size: int

    @property
    def steps(self) -> list[Step]:
        return [step for wave in self.waves for step in wave]


def edges_of(plan: ObjectPlan) -> Iterator[tuple[FieldPlan, Use]]:
    """All fields that are edges, parents before what is below them."""
    for shown in plan.fields:
        if isinstance(shown.source, Use):
            yield shown, shown.source
        for child in shown.children.values():
            yield from edges_of(child)
