"""Statements that are written once with SQLAlchemy, compiled once for each choice of columns, and run on the driver.

SQLAlchemy's own execution costs more than the rest of a request; its language and its compiler do not run then.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Executable, Select, Text, bindparam, cast
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import UUID as POSTGRES_UUID
from sqlalchemy.dialects.postgresql.asyncpg import dialect

from runtime.rows import Layout, Slot
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
    sorted by.
    """

    def __init__(self, statement: Select[Any], model: Any, columns: Mapping[str, ColumnElement[Any]]) -> None:
        self.statement = statement
        self._model = model
        self._columns = columns
        self._compiled: dict[tuple[Slot, ...], Compiled] = {}

    def compiled(self, layout: Layout) -> Compiled:
        found = self._compiled.get(layout.slots)
        if found is None:
            chosen = [column.label(slot.label) for column, slot in zip(self.columns(layout), layout.slots, strict=True)]
            found = compile_once(self.statement.with_only_columns(*chosen, maintain_column_froms=True))
            if len(self._compiled) >= MOST_CHOICES:
                self._compiled.clear()
            self._compiled[layout.slots] = found
        return found

    def columns(self, layout: Layout) -> list[ColumnElement[Any]]:
        """What the layout's slots stand for."""
        return [self._column(slot) for slot in layout.slots]

    def _column(self, slot: Slot) -> ColumnElement[Any]:
        column = self._columns.get(slot.name)
        if column is None:
            column = getattr(self._model, slot.name)
        return cast(column, Text) if slot.as_text else column


MOST_CHOICES = 200
"""Choices of columns that one statement remembers. Clients choose them, so there is a bound."""
