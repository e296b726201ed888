"""From the raw request to the plan's steps, one after the other, and the answer."""

from collections.abc import Iterable
from itertools import chain
from typing import Any

import graphql as g
import orjson
from graphql.execution.values import get_variable_values

from servers.study.complete import complete
from servers.study.plan import Plan, Planner, Step
from servers.study.render import compile_render


class Operation:
    """One operation of one document, and its plans by the values of its @skip and @include variables."""

    def __init__(self, document: g.DocumentNode, definition: g.OperationDefinitionNode) -> None:
        self.definition = definition
        self.fragments = {d.name.value: d for d in document.definitions if isinstance(d, g.FragmentDefinitionNode)}
        self.switches = tuple(sorted(_switches(document)))
        self.plans: dict[tuple[Any, ...], Plan] = {}
        self.simple = _simple_variables(definition)


class Engine:
    def __init__(self, schema: g.GraphQLSchema) -> None:
        self.schema = schema
        self.operations: dict[tuple[str, str | None], Operation] = {}

    def operation(self, query: str, name: str | None) -> Operation:
        """Raises GraphQLError, or Unsupported."""
        document = g.parse(query)
        if errors := g.validate(self.schema, document):
            raise errors[0]
        definition = g.get_operation_ast(document, name)
        if definition is None:
            raise g.GraphQLError("no such operation")
        found = self.operations[query, name] = Operation(document, definition)
        return found

    def variables(self, operation: Operation, given: dict[str, Any]) -> g.VariableValues:
        """Plain scalars of the very type are taken as they are; all else goes through graphql-core."""
        simple = operation.simple
        if simple is not None and len(simple) <= len(given):
            coerced = {}
            for name, kind in simple:
                value = given.get(name)
                if type(value) is not kind or (kind is int and not -2147483648 <= value <= 2147483647):
                    break
                coerced[name] = value
            else:
                return _Coerced(coerced)
        values = get_variable_values(self.schema, operation.definition.variable_definitions or (), given)
        if isinstance(values, list):
            raise values[0]
        return values

    def plan(self, operation: Operation, variables: g.VariableValues) -> Plan:
        switch = tuple([variables.coerced.get(name) for name in operation.switches])
        found = operation.plans.get(switch)
        if found is None:
            found = Planner(self.schema, operation.fragments, variables).plan(operation.definition)
            found.render = compile_render(found)
            operation.plans[switch] = found
        return found

    async def answer(self, query: str, name: str | None, given: dict[str, Any], reader: Any) -> bytes:
        operation = self.operations.get((query, name)) or self.operation(query, name)
        variables = self.variables(operation, given)
        plan = self.plan(operation, variables)
        results = await run(plan, reader, variables)
        try:
            return orjson.dumps({"data": plan.render(results)})
        except Exception:  # out of the ordinary: a null too many, a failed step
            data, errors = complete(plan, results)
            return orjson.dumps({"data": data, **({"errors": [e.formatted for e in errors]} if errors else {})})


class _Coerced:
    __slots__ = ("coerced",)
    sources: dict[str, Any] = {}  # noqa: RUF012 (never written to)

    def __init__(self, coerced: dict[str, Any]) -> None:
        self.coerced = coerced


async def run(plan: Plan, reader: Any, variables: Any) -> list[Any]:
    results: list[Any] = []
    for step in plan.steps:
        try:
            keys: Any = (0,)
            if step.parent is not None:
                index = step.key_index
                keys = {row[index] for row in rows_of(step, results)}
                keys.discard(None)
            if not keys:
                results.append({})
            elif step.source.sync:
                results.append(step.source.load(reader, keys, step.arguments(variables), step))
            else:
                results.append(await step.source.load(reader, keys, step.arguments(variables), step))
        except Exception as error:
            results.append(error)
    return results


def rows_of(step: Step, results: list[Any]) -> Iterable[Any]:
    """The rows that a step starts from: all those of its parent that have the right type."""
    parent = step.parent
    found = results[parent.number]
    if isinstance(found, Exception):
        return ()
    rows: Iterable[Any] = found.values()
    if parent.source.shape == "page" and step.parent_layout.rows is None:
        rows = chain.from_iterable(page[0] for page in rows if not isinstance(page, Exception))
    elif parent.source.shape == "many":
        rows = chain.from_iterable(many for many in rows if not isinstance(many, Exception))
    if parent.source.clean:
        return rows
    rows = [row for row in rows if row is not None and not isinstance(row, Exception)]
    return [row for name, row in rows if name == step.parent_type] if parent.polymorphic else rows


def _switches(document: g.DocumentNode) -> set[str]:
    names: set[str] = set()

    class Visitor(g.Visitor):
        def enter_directive(self, node: g.DirectiveNode, *_: Any) -> None:
            for argument in node.arguments or ():
                if isinstance(argument.value, g.VariableNode):
                    names.add(argument.value.name.value)

    g.visit(document, Visitor())
    return names


KINDS = {"Int": int, "ID": str, "String": str, "Boolean": bool}


def _simple_variables(definition: g.OperationDefinitionNode) -> list[tuple[str, type]] | None:
    simple = []
    for variable in definition.variable_definitions or ():
        type_ = variable.type.type if isinstance(variable.type, g.NonNullTypeNode) else variable.type
        if not isinstance(type_, g.NamedTypeNode) or type_.name.value not in KINDS:
            return None
        simple.append((variable.variable.name.value, KINDS[type_.name.value]))
    return simple
