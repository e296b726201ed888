"""One operation, from its parameters to the bytes of its answer. The same for every transport."""

import asyncio
from collections.abc import AsyncIterable, Awaitable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, NamedTuple, cast

import orjson
import strawberry
from graphql import (
    DocumentNode,
    ExecutionResult,
    GraphQLError,
    OperationDefinitionNode,
    OperationType,
    create_source_event_stream,
)
from graphql.execution import Executor as CoreExecutor
from graphql.execution.values import VariableValues
from graphql.validation import ASTValidationRule
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from api.errors import TOO_DEEP, bad_input, format_errors
from api.execution.executable import Executable, Ready
from api.execution.execute import Executor
from api.execution.expected import Expected
from api.execution.load import Scope
from api.execution.needs import check_scopes
from api.execution.plan import Unsupported
from api.transport.bounds import Bounds, too_much
from api.transport.connections import Connections
from api.transport.documents import Document, Documents, Refused
from api.transport.entrance import Admission
from api.transport.parameters import Parameters
from api.transport.time_limit import TimeLimit
from api.transport.weighing import check_expected, check_variables, excess_of
from runtime.counters import count
from runtime.viewer import Viewer

SHORT = 400
"""Characters of a document that is read at once, wherever it is: in a few milliseconds at most."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The bytes of an answer, and whether there are any data in it."""

    body: bytes
    has_data: bool


class Operation(NamedTuple):
    """Made for each request: a frozen dataclass takes 1 µs longer."""

    text: str
    document: DocumentNode
    executable: Executable
    kind: OperationType
    name: str | None
    variables: dict[str, Any]
    extensions: dict[str, Any]
    expected: Expected
    is_new: bool
    """Its document had to be parsed and validated for it."""


class Operations:
    """Reads and executes operations on one schema.

    Strawberry's own front door is passed by: schema extensions and operation directives of Strawberry do not run,
    field extensions, permissions and input conversion do. Operations are executed breadth-first (api/execution/), and
    by graphql-core what that does not cover, or everything where `breadth_first` is false.
    """

    def __init__(
        self,
        schema: strawberry.Schema,
        rules: Sequence[type[ASTValidationRule]] = (),
        *,
        breadth_first: bool = True,
        bounds: Bounds | None = None,
    ) -> None:
        self.bounds = bounds or Bounds()
        self._schema = schema._schema
        self._documents = Documents(self._schema, rules, bounds=self.bounds)
        self._breadth_first = breadth_first
        self.executor = Executor(schema)
        self.time = TimeLimit(self.bounds)
        # One: two would take turns at the same interpreter.
        self._reading = ThreadPoolExecutor(1, "documents")

    def text_of(self, parameters: Parameters) -> str:
        """The document that is meant. Raises Refused."""
        return parameters.query

    async def read_apart(self, parameters: Parameters) -> Operation:
        """As `read`, but a long document that is not known is parsed, validated and weighed in a thread: that may take
        a third of a second, in which the others want their turns. Raises Refused."""
        text = self.text_of(parameters)
        if len(text) <= SHORT or self._documents.knows(text):
            return self.read(parameters)
        loop = asyncio.get_running_loop()
        document = await loop.run_in_executor(self._reading, self._read_anew, text, parameters.operation_name)
        if document.executables[parameters.operation_name].excess is None:
            # What is beyond a limit is not kept: it would take the place of what somebody needs.
            self._documents.keep(text, document)
        return self._operation(parameters, text, document, is_new=True)

    def read(self, parameters: Parameters) -> Operation:
        """Parses, validates and chooses the operation, and holds it to the limits. Raises Refused."""
        text = self.text_of(parameters)
        return self._operation(parameters, text, self._documents.read(text), is_new=False)

    def close(self) -> None:
        self._reading.shutdown(wait=False, cancel_futures=True)

    def _read_anew(self, text: str, name: str | None) -> Document:
        document = self._documents.parsed(text)
        self._prepare(document, name)
        return document

    def _prepare(self, document: Document, name: str | None) -> Executable:
        executable = self.executor.prepare(document.node, _choose(document.node, name))
        executable.excess = excess_of(executable, self.bounds)
        document.executables[name] = executable
        return executable

    def _operation(self, parameters: Parameters, text: str, document: Document, *, is_new: bool) -> Operation:
        executable = document.executables.get(parameters.operation_name)
        if executable is None:
            executable = self._prepare(document, parameters.operation_name)
            self._documents.grown(text)
            is_new = True
        if executable.excess is not None:
            raise Refused([too_much(self.bounds, *executable.excess)])
        variables = parameters.variables
        expected = executable.expectation.of(variables)
        check_expected(expected, self.bounds)
        if variables:
            check_variables(variables, self.bounds)
        return Operation(
            text,
            document.node,
            executable,
            executable.operation.operation,
            parameters.operation_name,
            variables,
            parameters.extensions,
            expected,
            is_new,
        )

    async def answer(
        self,
        operation: Operation,
        connections: Connections,
        viewer: Viewer | None,
        network: str,
        admission: Admission | None = None,
        task: "asyncio.Task[object] | None" = None,
    ) -> bytes:
        """Executes a query or mutation. Raises Refused where nothing was executed, or there was no time for it.

        `task` is the running one, where somebody knows it: to ask is a system call.
        """
        check(operation, viewer)
        try:
            with self.time.of(task or cast("asyncio.Task[object]", asyncio.current_task())):
                async with connections.context(viewer, network) as context:
                    if admission is not None:
                        context.admission = admission  # type: ignore[attr-defined]  # for who shows what is left
                    return render(await self.executed(operation, context), self.bounds)
        except Refused:
            raise
        except Exception as error:
            raise Refused([error]) from error

    async def executed(self, operation: Operation, context: Any) -> ExecutionResult:
        """The result of a query or mutation. Raises Refused where nothing was executed."""
        if (planned := self._planned(operation)) is not None:
            if operation.kind is OperationType.MUTATION:
                return await self.executor.mutation(*planned, context)
            return await self.executor.query(*planned, context)
        result = self._core(operation, context, context).execute_operation()
        return result if isinstance(result, ExecutionResult) else await cast(Awaitable[ExecutionResult], result)

    async def source(self, operation: Operation, context: object) -> AsyncIterable[object] | ExecutionResult:
        """The events behind a subscription, or the errors with which its resolver refused. Raises Refused."""
        stream = create_source_event_stream(self._core(operation, context))
        if isinstance(stream, ExecutionResult | AsyncIterable):
            return stream
        return await stream

    async def event(self, operation: Operation, context: object, event: object) -> Answer:
        """The answer to one event.

        graphql-core's own mapping of events is not used: it keeps about 1.3 kB of each until the stream ends.
        """
        if (planned := self._planned(operation)) is not None:
            shown = await self.executor.event(*planned, cast(Scope, context), event)
            return Answer(render(shown, self.bounds), shown.data is not None)
        result = self._core(operation, context, event).execute_operation(False)
        if not isinstance(result, ExecutionResult):
            result = await cast(Awaitable[ExecutionResult], result)
        return Answer(render(result, self.bounds), result.data is not None)

    def _planned(self, operation: Operation) -> tuple[Ready, VariableValues] | None:
        """What the breadth-first executor needs; None where graphql-core has to execute it. Raises Refused."""
        if not self._breadth_first:
            return None
        try:
            variables = operation.executable.variables.read(operation.variables)
        except RecursionError:
            raise Refused([bad_input("The variables are nested too deeply")]) from None
        if isinstance(variables, list):
            raise Refused(variables)
        executable = operation.executable
        size = executable.size
        try:
            return executable.ready(variables), variables
        except Unsupported as unsupported:
            count(f"executor.fallback.{unsupported}")
            return None
        finally:
            if executable.size != size:
                self._documents.grown(operation.text)

    def _core(self, operation: Operation, context: object, root: object = None) -> CoreExecutor[Any]:
        try:
            executor = StrawberryGraphQLCoreExecutionContext.build(
                self._schema,
                operation.document,
                root_value=root,
                context_value=context,
                raw_variable_values=operation.variables,
                operation_name=operation.name,
                operation_extensions=operation.extensions,
            )
        except RecursionError:
            raise Refused([bad_input("The variables are nested too deeply")]) from None
        if isinstance(executor, list):
            raise Refused(executor)
        return executor


def check(operation: Operation, viewer: Viewer | None) -> None:
    """Raises Refused where a third party asks for what it was not allowed."""
    if viewer is None or viewer.scopes is None:
        return
    if missing := check_scopes(operation.executable.needs, viewer.scopes):
        raise Refused(missing)


def render(result: ExecutionResult, bounds: Bounds) -> bytes:
    """The JSON of an executed operation's answer."""
    answer: dict[str, object] = {"data": result.data}
    if result.errors:
        answer["errors"] = format_errors(result.errors, bounds.errors)
    try:
        body = orjson.dumps(answer, option=orjson.OPT_UTC_Z)
    except TypeError as error:
        if "Recursion limit" in str(error):
            # orjson's own limit is 254 levels of objects and lists.
            return render_failure(bad_input(TOO_DEEP))
        # A resolver gave what JSON cannot say: an integer beyond 64 bits or a lone surrogate.
        return render_failure(error)
    return body if len(body) <= bounds.answer else render_failure(too_much(bounds, "answer", len(body)))


def render_failure(*errors: Exception) -> bytes:
    """The JSON of an operation that ends on an error instead of an answer."""
    return orjson.dumps({"data": None, "errors": format_errors(errors)})


def _choose(document: DocumentNode, name: str | None) -> OperationDefinitionNode:
    operations = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    if name is not None:
        for node in operations:
            if node.name is not None and node.name.value == name:
                return node
        raise Refused([GraphQLError(f"Unknown operation named '{name}'.")])
    if len(operations) == 1:
        return operations[0]
    if operations:
        raise Refused([GraphQLError("Must provide operation name if query contains multiple operations.")])
    raise Refused([GraphQLError("Must provide an operation.")])
