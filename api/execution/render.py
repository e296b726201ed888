"""Writes, for each plan, a function that turns what the steps found into the answer.

It makes dicts for orjson, which is faster here than joining text. It knows no errors: whatever is out of the ordinary,
a null too many or a value of another type, makes it raise, and api/execution/complete.py shows the same rows again,
slowly and exactly. So every check in the text exists to leave what graphql-core would say to that module.
"""

from collections.abc import Callable, Mapping
from typing import Any

from graphql import (
    GraphQLList,
    GraphQLOutputType,
    get_named_type,
    get_nullable_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
)

from api.execution.leaves import Leaf, leaf_of
from api.execution.plan import Cells, Constant, Embedded, FieldPlan, Itself, ObjectPlan, Plan, Use, edges_of
from runtime.rows import Layout, Slot

Render = Callable[[Any, list[Any], Any], dict[str, Any]]
"""(root, what each step found, world)"""


class Odd(Exception):
    """Not for the fast way."""


def compile_render(plan: Plan) -> tuple[Render, str]:
    """The function, and its text."""
    writer = _Writer()
    source = writer.function(plan)
    names: dict[str, Any] = {**writer.constants, "Odd": Odd}
    exec(compile(source, "<plan>", "exec"), names)  # noqa: S102 (made of our own words; a client's are constants)
    render: Render = names["render"]
    return render, source


class _Writer:
    def __init__(self) -> None:
        self.constants: dict[str, Any] = {}
        self._lines: list[str] = []
        self._depth = 1
        self._names = 0
        self._known: dict[int, str] = {}

    # ------------------------------------------------------------------ plumbing

    def _emit(self, line: str) -> None:
        self._lines.append("    " * self._depth + line)

    def _fresh(self, letter: str) -> str:
        self._names += 1
        return f"{letter}{self._names}"

    def _constant(self, value: Any, letter: str = "k") -> str:
        name = self._known.get(id(value))
        if name is None:
            name = self._known[id(value)] = self._fresh(letter)
            self.constants[name] = value
        return name

    def _refuse(self, condition: str) -> None:
        self._emit(f"if {condition}: raise Odd")

    # ------------------------------------------------------------------ the function

    def function(self, plan: Plan) -> str:
        for field, use in reversed(list(edges_of(plan.root))):
            self._edge(field, use)
        result = self._object(plan.root, "root")
        self._emit(f"return {result}")
        return "def render(root, found, world):\n" + "\n".join(self._lines) + "\n"

    def _edge(self, field: FieldPlan, use: Use) -> None:
        """Shows what the edge found, once for each key however many objects lead to it."""
        self._emit(f"e{use.number} = {{}}")
        self._emit(f"for key, value in found[{use.step.number}].items():")
        self._depth += 1
        shown = self._value("value", field.type, field, None)
        key = "key.bytes" if use.key[0].as_bytes else "key"
        self._emit(f"e{use.number}[{key}] = {shown}")
        self._depth -= 1

    # ------------------------------------------------------------------ values

    def _value(self, raw: str, type_: GraphQLOutputType, field: FieldPlan, slot: "_Known | None") -> str:
        """Statements that check a value; the expression that shows it."""
        is_nullable = not is_non_null_type(type_)
        inner = get_nullable_type(type_)
        if is_leaf_type(inner):
            return self._leaf(raw, leaf_of(inner), is_nullable, slot)
        if not is_nullable:
            if is_list_type(inner) or any(one.level.layout is None for one in field.children.values()):
                self._refuse(f"{raw} is None")
            return self._present(raw, inner, field, slot)
        out = self._fresh("o")
        self._emit(f"if {raw} is None: {out} = None")
        self._emit("else:")
        self._depth += 1
        self._emit(f"{out} = {self._present(raw, inner, field, slot)}")
        self._depth -= 1
        return out

    def _present(self, raw: str, type_: Any, field: FieldPlan, slot: "_Known | None") -> str:
        if is_list_type(type_):
            return self._list(raw, type_, field, slot)
        if field.resolve_type is not None:
            return self._abstract(raw, field)
        (child,) = field.children.values()
        return self._object(child, raw)

    def _list(self, raw: str, type_: GraphQLList[Any], field: FieldPlan, slot: "_Known | None") -> str:
        self._refuse(f"type({raw}) is not list and type({raw}) is not tuple")
        item_type = type_.of_type
        if slot is not None and slot.is_list_of_text and is_leaf_type(get_named_type(item_type)):
            leaf = leaf_of(get_named_type(item_type))
            if leaf.takes is str and leaf.serialize is None and not is_list_type(get_nullable_type(item_type)):
                if is_non_null_type(item_type):
                    self._refuse(f"None in {raw}")
                return raw
        out, item = self._fresh("l"), self._fresh("v")
        self._emit(f"{out} = []")
        self._emit(f"for {item} in {raw}:")
        self._depth += 1
        self._emit(f"{out}.append({self._value(item, item_type, field, None)})")
        self._depth -= 1
        return out

    def _leaf(self, raw: str, leaf: Leaf, is_nullable: bool, slot: "_Known | None") -> str:
        is_known = slot is not None and leaf.takes is not None and slot.type is leaf.takes
        may_be_null = slot is None or slot.is_nullable
        check = None if is_known else leaf.check(raw, self._constant)
        if not is_nullable and may_be_null and (check is None or leaf.serialize is not None):
            self._refuse(f"{raw} is None" if check is None else f"{raw} is None or {check}")
        elif not is_nullable and check is not None:
            # No other type than its own: null neither.
            self._refuse(check)
        elif check is not None:
            self._refuse(f"{raw} is not None and {check}" if may_be_null else check)
        shown = leaf.shown(raw, self._constant)
        return f"None if {raw} is None else {shown}" if is_nullable and may_be_null and shown != raw else shown

    # ------------------------------------------------------------------ objects

    def _abstract(self, raw: str, field: FieldPlan) -> str:
        name, out = self._fresh("t"), self._fresh("o")
        self._emit(f"{name} = {self._constant(field.resolve_type)}({raw})")
        word = "if"
        for type_name, plan in field.children.items():
            self._emit(f"{word} {name} == {type_name!r}:")
            self._depth += 1
            self._emit(f"{out} = {self._object(plan, raw)}")
            self._depth -= 1
            word = "elif"
        self._emit("else: raise Odd")
        return out

    def _object(self, plan: ObjectPlan, raw: str) -> str:
        """Takes one row apart; the expression of its dict."""
        layout = plan.level.layout
        if layout is not None:
            self._refuse(self._another(raw, layout))
            prefix = self._fresh("c")
            names = [f"{prefix}_{place}" for place in range(len(layout.slots))]
            if names:
                self._emit(f"{', '.join(names)}, = {raw}")
            cells = _Cells({slot: names[place] for place, slot in enumerate(layout.slots)}, layout.model)
        else:
            self._refuse(f"isinstance({raw}, Exception)")
            if plan.type.is_type_of is not None:
                self._refuse(f"not {self._constant(plan.type.is_type_of)}({raw}, None)")
            cells = _Cells({}, None)
        return self._shown(plan, raw, cells)

    def _another(self, raw: str, layout: Layout) -> str:
        """The condition that a value is no row of this layout."""
        record, joined = self._constant(layout.record), self._constant(layout.joined)
        return f"type({raw}) is not {record} and type({raw}) is not {joined}"

    def _shown(self, plan: ObjectPlan, raw: str, cells: "_Cells") -> str:
        pairs = [f"{field.key!r}: {self._field(field, raw, cells)}" for field in plan.fields]
        return "{" + ", ".join(pairs) + "}"

    def _field(self, field: FieldPlan, raw: str, cells: "_Cells") -> str:
        match field.source:
            case Constant(value):
                return self._constant(value)
            case Itself():
                (child,) = field.children.values()
                return self._shown(child, raw, cells)
            case Use() as use:
                return self._looked_up(field, use, raw, cells)
            case Cells() as source:
                if field.embedded is not None:
                    return self._embedded(field, field.embedded, raw, cells)
                name, known = self._cell(field.short or source, raw, cells)
                return self._value(name, field.type, field, known)

    def _looked_up(self, field: FieldPlan, use: Use, raw: str, cells: "_Cells") -> str:
        names = [self._column(slot, raw, cells) for slot in use.key]
        key = names[0] if len(names) == 1 else f"({', '.join(names)})"
        if use.without_key is not None:
            self._refuse(f"{key} is None")
        if is_non_null_type(field.type):
            return f"e{use.number}[{key}]"
        return f"e{use.number}.get({key})"

    def _embedded(self, field: FieldPlan, embedded: Embedded, raw: str, cells: "_Cells") -> str:
        (child,) = field.children.values()
        present = cells.names[embedded.present]
        out = present
        is_certain = is_non_null_type(field.type)
        if is_certain:
            known = cells.known(embedded.present)
            if known is None or known.is_nullable:
                self._refuse(f"{present} is None")
        else:
            out = self._fresh("o")
            self._emit(f"if {present} is None: {out} = None")
            self._emit("else:")
            self._depth += 1
        pairs = []
        for shown in child.fields:
            if isinstance(shown.source, Constant):
                pairs.append(f"{shown.key!r}: {self._constant(shown.source.value)}")
                continue
            source = embedded.fields[shown.name]
            expression = self._cell_expression(source, raw, cells)
            pairs.append(f"{shown.key!r}: {expression}")
        braces = "{" + ", ".join(pairs) + "}"
        if is_certain:
            return braces
        self._emit(f"{out} = {braces}")
        self._depth -= 1
        return out

    # ------------------------------------------------------------------ cells

    def _column(self, slot: Slot, raw: str, cells: "_Cells") -> str:
        if slot in cells.names:
            return cells.names[slot]
        name = self._fresh("a")
        self._emit(f"{name} = {raw}.{slot.name}")
        return name

    def _cell_expression(self, source: Cells, raw: str, cells: "_Cells") -> str:
        names = [self._column(slot, raw, cells) for slot in source.columns]
        if source.calculate is None:
            return names[0]
        if source.of_world:
            names.insert(0, "world")
        return f"{self._constant(source.calculate)}({', '.join(names)})"

    def _cell(self, source: Cells, raw: str, cells: "_Cells") -> tuple[str, "_Known | None"]:
        expression = self._cell_expression(source, raw, cells)
        if source.calculate is None:
            return expression, cells.known(source.columns[0])
        name = self._fresh("a")
        self._emit(f"{name} = {expression}")
        return name, None


class _Known:
    """What the database promises of a column."""

    __slots__ = ("is_list_of_text", "is_nullable", "type")

    def __init__(self, column: Any, as_text: bool) -> None:
        python = column.type.python_type
        self.type = str if as_text else python
        self.is_nullable = bool(column.nullable)
        self.is_list_of_text = python is list and column.type.item_type.python_type is str


class _Cells:
    """The names of one row's cells in the text, by their slots."""

    __slots__ = ("_model", "names")

    def __init__(self, names: Mapping[Slot, str], model: Any) -> None:
        self.names = names
        self._model = model

    def known(self, slot: Slot) -> _Known | None:
        if self._model is None or slot not in self.names:
            return None
        column = self._model.__table__.columns.get(slot.name)
        return None if column is None else _Known(column, slot.as_text)
