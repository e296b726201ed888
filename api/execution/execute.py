"""Executes what was prepared: steps run, rows are shown; a mutation's fields one after the other."""

from typing import Any

import strawberry
from graphql import (
    DocumentNode,
    ExecutionResult,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    located_error,
)
from graphql.execution.values import VariableValues

from api.execution.arguments import ArgumentReader
from api.execution.complete import complete
from api.execution.executable import Executable, Field, Prepared, Ready
from api.execution.load import Loaded, Scope, load
from runtime.counters import count


class Given:
    """The root object of a plan whose one value is there already."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value


class Executor:
    """Executes operations of one schema breadth-first."""

    def __init__(self, schema: strawberry.Schema) -> None:
        self.schema: GraphQLSchema = schema._schema
        self.arguments = ArgumentReader(schema.config, schema.schema_converter.scalar_registry)

    def prepare(self, document: DocumentNode, operation: OperationDefinitionNode) -> Executable:
        return Executable(self.schema, self.arguments, document, operation)

    async def query(self, ready: Ready, variables: VariableValues, scope: Scope) -> ExecutionResult:
        return await self._shown(ready.whole, scope, scope, variables)

    async def event(self, ready: Ready, variables: VariableValues, scope: Scope, event: Any) -> ExecutionResult:
        return await self._shown(ready.whole, Given(event), scope, variables)

    async def mutation(self, ready: Ready, variables: VariableValues, scope: Scope) -> ExecutionResult:
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
        count("executor.shown")
        try:
            return ExecutionResult(prepared.render()(root, loaded.found, scope.world), None)
        except Exception:  # anything out of the ordinary: the completer finds out what, and is exact
            count("executor.completed")
            data, errors = complete(prepared.plan, loaded, scope.world)
            return ExecutionResult(data, errors or None)
