"""Statements that are written once with SQLAlchemy, compiled once for each choice of columns, and run on the driver.

SQLAlchemy's own execution costs more than the rest of a request; its language and its compiler do not run then.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Executable, LargeBinary, Select, Text, bindparam, cast, func
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import UUID as POSTGRES_UUID
from sqlalchemy.dialects.postgresql.asyncpg import dialect

from runtime.rows import Layout, Row, Slot
from runtime.viewer import Viewer

DIALECT = dialect()  # type: ignore[no-untyped-call]

ID = POSTGRES_UUID(as_uuid=True)
HOUSEHOLD = bindparam("viewer_household_id", type_=ID)
"""The household of whoever reads, filled in by the reader."""
PERSON = bindparam("viewer_user_id", type_=ID)
"""Whoever reads."""
KEYS = bindparam("keys", type_=ARRAY(ID))
KEY = bindparam("key", type_=ID)


@dataclass(frozen=True, slots=True)
class Compiled:
    """Text for the driver, and the names of its parameters in order."""

    text: str
    names: tuple[str, ...]
    constants: Mapping[str, Any]

    def arguments(self, viewer: Viewer, given: Mapping[str, Any]) -> list[Any]:
        try:
            return [given[name] for name in self.names]
        except KeyError:
            return [self._argument(name, viewer, given) for name in self.names]

    def _argument(self, name: str, viewer: Viewer, given: Mapping[str, Any]) -> Any:
        if name in given:
            return given[name]
        if name == "viewer_household_id":
            return viewer.household_id
        if name == "viewer_user_id":
            return viewer.user_id
        return self.constants[name]


def compile_once(statement: Executable) -> Compiled:
    """For statements whose text does not depend on their values: no `in_` of a list."""
    compiled = statement.compile(dialect=DIALECT, compile_kwargs={"render_postcompile": True})  # type: ignore[attr-defined]
    names = tuple(compiled.positiontup or ())
    constants = {name: value for name, value in compiled.params.items() if value is not None}
    return Compiled(str(compiled), names, constants)


class Statement:
    """A select with named parameters, which gives the rows of its columns as they stand."""

    def __init__(self, statement: Executable) -> None:
        self._statement = statement
        self._compiled: Compiled | None = None

    def compiled(self) -> Compiled:
        if self._compiled is None:
            self._compiled = compile_once(self._statement)
        return self._compiled


class RowStatement:
    """A select of a model's rows, whose columns are chosen by a layout.

    `statement` is any select; its columns are replaced. `columns` are those it has beside the model's: what a row is
    sorted by. `order` and `size` are the select's, kept apart so that it can be put together with others
    (runtime/joined.py), unless it is told that it stands alone. `is_unsorted`: PostgreSQL is told not to sort where it
    need not.
    """

    def __init__(
        self,
        statement: Select[Any],
        model: Any,
        columns: Mapping[str, ColumnElement[Any]],
        *,
        order: Sequence[ColumnElement[Any]] = (),
        size: ColumnElement[int] | None = None,
        stands_alone: bool = False,
        is_unsorted: bool = False,
    ) -> None:
        self.stands_alone = stands_alone or is_unsorted
        self.is_unsorted = is_unsorted
        self.is_ordered = bool(order)
        self._statement = statement
        self._model = model
        self._columns = columns
        self._order = order
        self._size = size
        self._compiled: dict[tuple[type[Row], bool], Compiled] = {}

    def compiled(self, layout: Layout, *, is_placed: bool = False) -> Compiled:
        """`is_placed` puts a row's place in the order behind its columns, where there is an order."""
        form = (layout.record, is_placed)
        found = self._compiled.get(form)
        if found is None:
            if len(self._compiled) >= MOST_CHOICES:
                self._compiled.clear()
            found = self._compiled[form] = compile_once(self._made(layout, is_placed and self.is_ordered))
        return found

    def _made(self, layout: Layout, is_placed: bool) -> Select[Any]:
        chosen = [column.label(slot.label) for column, slot in zip(self.columns(layout), layout.slots, strict=True)]
        if is_placed:
            chosen.append(func.row_number().over(order_by=self._order).label("place"))
        made = self._statement.with_only_columns(*chosen, maintain_column_froms=True)
        if self._order and not (is_placed and self._size is None):
            made = made.order_by(*self._order)
        return made if self._size is None else made.limit(self._size)

    def columns(self, layout: Layout) -> list[ColumnElement[Any]]:
        """What the layout's slots stand for."""
        return [self._column(slot) for slot in layout.slots]

    def _column(self, slot: Slot) -> ColumnElement[Any]:
        column = self._columns.get(slot.name)
        if column is None:
            column = getattr(self._model, slot.name)
        if slot.as_bytes:
            return func.uuid_send(column, type_=LargeBinary)
        return cast(column, Text) if slot.as_text else column


MOST_CHOICES = 200
"""Choices of columns that one statement remembers. Clients choose them, so there is a bound."""
