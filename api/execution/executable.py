"""One operation of one document: its variables, its weight, and the plans that it is executed by."""

from dataclasses import dataclass, field
from typing import Any, cast

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLObjectType,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    is_non_null_type,
)
from graphql.execution.values import VariableValues

from api.execution.arguments import ArgumentReader
from api.execution.collect import Collector, switches_of
from api.execution.expected import Expectation
from api.execution.introspection import introspect, introspection_fields, variables_in
from api.execution.needs import Needs, needs_of
from api.execution.plan import Plan, Unsupported
from api.execution.planner import BACKREF, Planner
from api.execution.render import Render, compile_render
from api.execution.variables import VariableReader
from api.execution.weight import Weight, weigh
from api.fields import DECLARATION, Change
from runtime.rows import Row

MOST_PLANS = 4
"""Plans that one operation keeps: one for each choice of its switches."""
MOST_SELECTIONS = 100_000
"""Selections that planning looks at, which takes 10 to 20 ms. Documents of real clients have some hundred."""
OPERATION_BYTES, FRAGMENT_BYTES = 2_000, 100
"""What an operation takes without its plans, and for each fragment that it could spread."""


@dataclass(eq=False)
class Prepared:
    """A plan with what was generated for it. The function is made at the first use, when all columns are known."""

    plan: Plan
    _render: Render | None = None
    _records: tuple[type[Row], ...] = ()

    def render(self) -> Render:
        """The plan's function. Made again once a layout has grown."""
        records = tuple(layout.record for step in self.plan.steps for layout in step.layouts.values())
        if self._render is None or records != self._records:
            self._render, _ = compile_render(self.plan)
            self._records = records
        return self._render


@dataclass(eq=False)
class Field:
    """One root field of a mutation: it runs, then its payload is read by its own plan."""

    key: str
    nodes: list[FieldNode]
    prepared: Prepared
    run: Any
    arguments: Any
    is_non_null: bool


@dataclass(eq=False)
class Ready:
    """What one choice of switches needs to be executed: one plan, or one for each root field of a mutation."""

    prepared: Prepared | None = None
    fields: list[Field] = field(default_factory=list)
    is_kept: bool = True
    """False where values of the request stand in the plan: introspection of a type that a variable names."""

    @property
    def size(self) -> int:
        """In bytes, about."""
        given = [one.prepared for one in self.fields]
        return sum(one.plan.size for one in ([self.prepared] if self.prepared else given))

    @property
    def whole(self) -> Prepared:
        """Of what is no mutation."""
        return cast(Prepared, self.prepared)


class Executable:
    """One operation of one document, and its plans.

    `size` is what it takes with the plans that it keeps, about, in bytes.
    """

    def __init__(
        self,
        schema: GraphQLSchema,
        arguments: ArgumentReader,
        document: DocumentNode,
        operation: OperationDefinitionNode,
    ) -> None:
        self._schema = schema
        self._arguments = arguments
        self.operation = operation
        self.variables = VariableReader(schema, operation)
        self.weight: Weight = weigh(document, operation, schema)
        self.expectation = Expectation(schema, document, operation)
        self.excess: tuple[str, int] | None = None
        """A limit of the transport's that the document is beyond, and by what."""
        self._document = document
        self._needs: Needs | None = None
        self._fragments = {
            one.name.value: one for one in document.definitions if isinstance(one, FragmentDefinitionNode)
        }
        sets = [operation.selection_set, *(one.selection_set for one in self._fragments.values())]
        self._switches = switches_of(sets)
        self._ready: dict[tuple[Any, ...], Ready | Unsupported] = {}
        self._bare_size = self.size = OPERATION_BYTES + FRAGMENT_BYTES * len(self._fragments)

    @property
    def needs(self) -> Needs:
        """The scopes that a third party needs for it; a person's own client is never asked."""
        if self._needs is None:
            self._needs = needs_of(self._document, self.operation, self._schema)
        return self._needs

    def ready(self, variables: VariableValues) -> Ready:
        """Raises Unsupported."""
        choice = tuple([variables.coerced.get(name) for name in self._switches])
        found = self._ready.get(choice)
        if found is None:
            if len(self._ready) >= MOST_PLANS:
                self._ready.clear()
                self.size = self._bare_size
            try:
                found = self._planned(dict(zip(self._switches, choice, strict=True)), variables)
            except Unsupported as unsupported:
                found = unsupported
            if isinstance(found, Unsupported) or found.is_kept:
                self._ready[choice] = found
                self.size += found.size if isinstance(found, Ready) else 0
        if isinstance(found, Unsupported):
            # A new one each time: an exception that is raised again keeps the frames of every time.
            raise Unsupported(str(found))
        return found

    def _planned(self, switches: dict[str, Any], variables: VariableValues) -> Ready:
        schema = self._schema
        if self.weight.selections > MOST_SELECTIONS:
            raise Unsupported("a document too large to plan")
        collector = Collector(schema, self._fragments, switches)
        kind = self.operation.operation
        # A valid document has no operation of a kind that the schema does not have.
        type_ = cast(GraphQLObjectType, schema.get_root_type(kind))
        fields = collector.fields(type_, [self.operation.selection_set])
        if kind is OperationType.MUTATION:
            return Ready(fields=[self._change(collector, type_, key, nodes) for key, nodes in fields.items()])
        constants: dict[str, Any] = {}
        if asked := introspection_fields(fields):
            constants = introspect(schema, self._fragments.values(), self.operation, asked, variables)
        if kind is OperationType.SUBSCRIPTION:
            return Ready(self._given(collector, type_, fields))
        planner = Planner(schema, collector, self._arguments)
        is_kept = not variables_in([*asked, *self._fragments.values()]) - switches.keys() if asked else True
        return Ready(Prepared(planner.plan(type_, fields, constants)), is_kept=is_kept)

    def _given(self, collector: Collector, type_: GraphQLObjectType, fields: dict[str, list[FieldNode]]) -> Prepared:
        """A plan of one root field whose value is given."""
        planner = Planner(self._schema, collector, self._arguments)
        return Prepared(planner.plan_given(type_, fields))

    def _change(self, collector: Collector, type_: GraphQLObjectType, key: str, nodes: list[FieldNode]) -> Field:
        prepared = self._given(collector, type_, {key: nodes})
        definition = type_.fields.get(nodes[0].name.value)
        if definition is None:
            return Field(key, nodes, prepared, None, None, True)
        backref = definition.extensions[BACKREF]
        declaration = backref.metadata.get(DECLARATION)
        if not isinstance(declaration, Change):
            raise Unsupported("a mutation with a resolver of its own")
        arguments = self._arguments.of_change(definition, backref, nodes[0])
        return Field(key, nodes, prepared, declaration.run, arguments, is_non_null_type(definition.type))
