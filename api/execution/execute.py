"""From a validated document to the bytes of an answer: plans are made once, then their steps run and rows are shown."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, cast

import strawberry
from graphql import (
    DocumentNode,
    ExecutionResult,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLObjectType,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    is_non_null_type,
    located_error,
)
from graphql.execution.values import VariableValues

from api.execution.arguments import ArgumentReader
from api.execution.collect import Collector, switches_of
from api.execution.complete import complete
from api.execution.introspection import introspect
from api.execution.load import Loaded, Scope, load
from api.execution.plan import Plan, Unsupported
from api.execution.planner import BACKREF, Planner
from api.execution.render import Render, compile_render
from api.execution.variables import VariableReader
from api.execution.weight import Weight, weigh
from api.fields import DECLARATION, Change
from runtime.rows import Row

MOST_PLANS = 16
"""Plans that one operation keeps: one for each choice of its switches."""
MOST_FIELDS = 20_000
"""A document that selects more is not planned: fragments that double on every level would fill the memory."""


@dataclass(eq=False)
class Prepared:
    """A plan with what was generated for it. The text is made at the first use, when all columns are known."""

    plan: Plan
    source: str = ""
    _render: Render | None = None
    _records: tuple[type[Row], ...] = ()

    def render(self) -> Render:
        """The plan's function. Made again once a layout has grown."""
        records = tuple(layout.record for step in self.plan.steps for layout in step.layouts.values())
        if self._render is None or records != self._records:
            self._render, self.source = compile_render(self.plan)
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

    @property
    def whole(self) -> Prepared:
        """Of what is no mutation."""
        return cast(Prepared, self.prepared)


class Given:
    """The root object of a plan whose one value is there already."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value


class Executable:
    """One operation of one document, and its plans."""

    def __init__(self, executor: "Executor", document: DocumentNode, operation: OperationDefinitionNode) -> None:
        self._executor = executor
        self._document = document
        self.operation = operation
        self.variables = VariableReader(executor.schema, operation)
        self.weight: Weight = weigh(document, operation, executor.schema)
        self._fragments = {
            one.name.value: one for one in document.definitions if isinstance(one, FragmentDefinitionNode)
        }
        sets = [operation.selection_set, *(one.selection_set for one in self._fragments.values())]
        self._switches = switches_of(sets)
        self._ready: dict[tuple[Any, ...], Ready | Unsupported] = {}

    def ready(self, variables: VariableValues) -> Ready:
        """Raises Unsupported."""
        choice = tuple([variables.coerced.get(name) for name in self._switches])
        found = self._ready.get(choice)
        if found is None:
            if len(self._ready) >= MOST_PLANS:
                self._ready.clear()
            try:
                found = self._planned(dict(zip(self._switches, choice, strict=True)), variables)
            except Unsupported as unsupported:
                found = unsupported
            self._ready[choice] = found
        if isinstance(found, Unsupported):
            # A new one each time: an exception that is raised again keeps the frames of every time.
            raise Unsupported(str(found))
        return found

    def _planned(self, switches: dict[str, Any], variables: VariableValues) -> Ready:
        if self.weight.fields > MOST_FIELDS:
            raise Unsupported("a document too large to plan")
        schema = self._executor.schema
        collector = Collector(schema, self._fragments, switches)
        kind = self.operation.operation
        # A valid document has no operation of a kind that the schema does not have.
        type_ = cast(GraphQLObjectType, schema.get_root_type(kind))
        fields = collector.fields(type_, [self.operation.selection_set])
        if kind is OperationType.MUTATION:
            return Ready(fields=[self._change(collector, type_, key, nodes) for key, nodes in fields.items()])
        constants = introspect(schema, self._document, self.operation, fields, variables)
        if kind is OperationType.SUBSCRIPTION:
            return Ready(self._given(collector, type_, fields))
        planner = Planner(schema, collector, self._executor.arguments)
        return Ready(Prepared(planner.plan(type_, fields, constants)))

    def _given(self, collector: Collector, type_: GraphQLObjectType, fields: dict[str, list[FieldNode]]) -> Prepared:
        """A plan of one root field whose value is given."""
        planner = Planner(self._executor.schema, collector, self._executor.arguments)
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
        arguments = self._executor.arguments.of_change(definition, backref, nodes[0])
        return Field(key, nodes, prepared, declaration.run, arguments, is_non_null_type(definition.type))


class Executor:
    """Executes operations of one schema breadth-first. `fallbacks` counts, by reason, what it left to graphql-core;
    `completed` what was shown the slow way."""

    def __init__(self, schema: strawberry.Schema) -> None:
        self.schema: GraphQLSchema = schema._schema
        self.arguments = ArgumentReader(schema.config, schema.schema_converter.scalar_registry)
        self.fallbacks: Counter[str] = Counter()
        self.completed = 0
        self.executed = 0

    def prepare(self, document: DocumentNode, operation: OperationDefinitionNode) -> Executable:
        return Executable(self, document, operation)

    async def query(self, ready: Ready, scope: Scope, variables: VariableValues) -> ExecutionResult:
        return await self._shown(ready.whole, scope, scope, variables)

    async def event(self, ready: Ready, scope: Scope, variables: VariableValues, event: Any) -> ExecutionResult:
        return await self._shown(ready.whole, Given(event), scope, variables)

    async def mutation(self, ready: Ready, scope: Scope, variables: VariableValues) -> ExecutionResult:
        """One field after the other, each payload in a snapshot of its own."""
        data: dict[str, Any] = {}
        errors: list[GraphQLError] = []
        for one in ready.fields:
            try:
                value = await self._changed(one, scope, variables)
            except Exception as error:
                errors.append(located_error(error, one.nodes, [one.key]))
                if one.is_non_null:
                    return ExecutionResult(None, errors)
                data[one.key] = None
                continue
            result = await self._shown(one.prepared, Given(value), scope, variables)
            errors += result.errors or ()
            if result.data is None:
                return ExecutionResult(None, errors)
            data.update(result.data)
        return ExecutionResult(data, errors or None)

    async def _changed(self, one: Field, scope: Scope, variables: VariableValues) -> Any:
        if one.run is None:
            return None
        return await one.run(scope, **one.arguments(variables))

    async def _shown(self, prepared: Prepared, root: Any, scope: Scope, variables: VariableValues) -> ExecutionResult:
        loaded: Loaded = await load(prepared.plan, root, scope, variables)
        self.executed += 1
        try:
            return ExecutionResult(prepared.render()(root, loaded.found, scope.world), None)
        except Exception:  # anything out of the ordinary: the completer finds out what, and is exact
            self.completed += 1
            data, errors = complete(prepared.plan, loaded, scope.world)
            return ExecutionResult(data, errors or None)
