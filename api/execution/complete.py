"""The slow and exact way from what the steps found to the answer: nulls, errors and paths as graphql-core has them.

Source: GraphQL specification (September 2025), section 6.4.3 value completion and 6.4.4 errors and non-null fields.
"""

from collections.abc import Iterable
from decimal import Decimal
from types import TracebackType
from typing import Any, NoReturn

from graphql import (
    GraphQLError,
    GraphQLOutputType,
    Undefined,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
    located_error,
)
from graphql.pyutils import is_iterable

from api.execution.load import Failed, Loaded
from api.execution.plan import Cells, Constant, FieldPlan, Itself, ObjectPlan, Plan, Use
from runtime.rows import JoinedRow, Row, Slot

Path = list[str | int]


def complete(plan: Plan, loaded: Loaded, world: Any) -> tuple[dict[str, Any] | None, list[GraphQLError]]:
    """The data and the errors. The data are null where a root field must not be."""
    completer = _Completer(loaded, world)
    try:
        return completer.object(plan.root, loaded.root, []), completer.errors
    except GraphQLError as error:
        return None, [error]


class _Completer:
    def __init__(self, loaded: Loaded, world: Any) -> None:
        self.errors: list[GraphQLError] = []
        self._tracebacks: dict[int, TracebackType | None] = {}
        self._loaded = loaded
        self._world = world

    def object(self, plan: ObjectPlan, row: Any, path: Path) -> dict[str, Any]:
        return {field.key: self._field(field, row, [*path, field.key]) for field in plan.fields}

    def _field(self, field: FieldPlan, row: Any, path: Path) -> Any:
        if isinstance(field.source, Constant):
            return field.source.value
        before = len(self.errors)
        try:
            return self._value(field.type, self._raw(field, row), field, row, path)
        except Exception as error:
            return self._failed(field.type, error, field, path, before)

    def _failed(self, type_: GraphQLOutputType, error: Exception, field: FieldPlan, path: Path, before: int) -> None:
        located = located_error(error, field.nodes, path)
        if is_non_null_type(type_):
            raise located
        # What went wrong below a place that becomes null is not told beside it.
        del self.errors[before:]
        self.errors.append(located)

    # ------------------------------------------------------------------ what a field is made of

    def _raw(self, field: FieldPlan, row: Any) -> Any:
        match field.source:
            case Itself():
                return row
            case Use() as use:
                return self._found(use, row)
            case Cells() as cells:
                # The columns behind a nested object may have been read as text alone.
                if field.embedded is not None and _has(row, field.embedded.present):
                    return _embedded(cells, row)
                return self._calculated(cells, row)

    def _calculated(self, cells: Cells, row: Any) -> Any:
        values = [_cell(row, slot) for slot in cells.columns]
        if cells.calculate is None:
            return values[0]
        return cells.calculate(self._world, *values) if cells.of_world else cells.calculate(*values)

    def _found(self, use: Use, row: Any) -> Any:
        found = self._loaded.found[use.step.number]
        if isinstance(found, Failed) and found.of_arguments:
            self._raise(found.error)
        values = [_cell(row, slot) for slot in use.key]
        key = values[0] if len(values) == 1 else tuple(values)
        if key is None:
            if use.without_key is None:
                return None
            return use.without_key(**self._loaded.arguments[use.step.number])
        if isinstance(found, Failed):
            self._raise(found.error)
        return found.get(key)

    def _raise(self, error: Exception) -> NoReturn:
        """Raise what a step failed with, for one more object, without the frames of the times before."""
        raise error.with_traceback(self._tracebacks.setdefault(id(error), error.__traceback__))

    # ------------------------------------------------------------------ completion

    def _value(self, type_: GraphQLOutputType, value: Any, field: FieldPlan, row: Any, path: Path) -> Any:
        if isinstance(value, Exception):
            self._raise(value)
        if is_non_null_type(type_):
            completed = self._value(type_.of_type, value, field, row, path)
            if completed is None:
                raise TypeError(f"Cannot return null for non-nullable field {field.parent}.{field.name}.")
            return completed
        if value is None or value is Undefined:
            return None
        if is_list_type(type_):
            if not is_iterable(value):
                raise GraphQLError(f"Expected Iterable, but did not find one for field '{field.parent}.{field.name}'.")
            return self._list(type_.of_type, value, field, row, path)
        if is_leaf_type(type_):
            coerced = type_.coerce_output_value(value)
            if coerced is None or coerced is Undefined:
                raise TypeError(f"Expected {type_} to write something.")
            return coerced
        if field.resolve_type is not None:
            plan = field.children[field.resolve_type(value)]
        else:
            (plan,) = field.children.values()
        if isinstance(field.source, Itself):
            return self.object(plan, row, path)
        if plan.type.is_type_of is not None and not plan.type.is_type_of(value, None):  # type: ignore[arg-type]
            raise GraphQLError(f"Expected value of type '{plan.type}' but got: {value!r}.", field.nodes)
        return self.object(plan, value, path)

    def _list(self, type_: GraphQLOutputType, items: Iterable[Any], field: FieldPlan, row: Any, path: Path) -> Any:
        return [self._item(type_, item, field, row, [*path, place]) for place, item in enumerate(items)]

    def _item(self, type_: GraphQLOutputType, value: Any, field: FieldPlan, row: Any, path: Path) -> Any:
        before = len(self.errors)
        try:
            return self._value(type_, value, field, row, path)
        except Exception as error:
            return self._failed(type_, error, field, path, before)


def _has(row: Any, slot: Slot) -> bool:
    if isinstance(row, JoinedRow):
        return slot.label in row.places
    return isinstance(row, Row) and slot.label in row


def _cell(row: Any, slot: Slot) -> Any:
    return getattr(row, slot.name)


def _embedded(cells: Cells, row: Any) -> Any:
    """The nested object by the way that everything else takes, from the columns that were read for the short one."""
    values = []
    for slot in cells.columns:
        text = Slot(slot.name, as_text=True)
        if _has(row, text):
            written = getattr(row, text.label)
            values.append(None if written is None else Decimal(written))
        else:
            values.append(getattr(row, slot.label))
    return cells.calculate(*values) if cells.calculate else values[0]
