"""Writes, per plan, a function that turns the steps' results into the answer. It knows no errors: whatever is out of
the ordinary (a null too many, an exception among the values) makes it raise, and complete.py does the work instead."""

from collections.abc import Callable
from typing import Any

import graphql as g

from servers.study.plan import FieldPlan, ObjectPlan, Plan, Step


class Odd(Exception):
    """Not for the fast path."""


def compile_render(plan: Plan) -> Callable[[list[Any]], Any]:
    writer = Writer()
    source = writer.function(plan)
    names: dict[str, Any] = {**writer.names, "Odd": Odd, "NONE": ()}
    exec(compile(source, "<plan>", "exec"), names)  # noqa: S102 (our own generated text)
    render: Callable[[list[Any]], Any] = names["render"]
    render.source = source  # type: ignore[attr-defined]
    return render


class Writer:
    """Writes dicts and lists for orjson: faster here than joining text."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.depth = 1
        self.names: dict[str, Any] = {}
        self.count = 0

    # -- plumbing

    def emit(self, line: str) -> None:
        self.lines.append("    " * self.depth + line)

    def fresh(self, prefix: str) -> str:
        self.count += 1
        return f"{prefix}{self.count}"

    def constant(self, value: Any) -> str:
        name = self.fresh("k")
        self.names[name] = value
        return name

    # -- the function

    def function(self, plan: Plan) -> str:
        for step, field in reversed(list(_steps(plan.root))):
            self.step(step, field)
        result = self.object(plan.root, ["0"])
        self.emit(f"return {result}")
        return "def render(R):\n" + "\n".join(self.lines) + "\n"

    def step(self, step: Step, field: FieldPlan) -> None:
        result = f"S{step.number}"
        self.emit(f"{result} = {{}}")
        self.emit(f"for key, value in R[{step.number}].items():")
        self.depth += 1
        named = field.children
        if step.source.shape == "many":
            expression = self.rows("value", named, _item(field.type), step.polymorphic)
        else:
            expression = self.row("value", named, step.polymorphic)
        self.emit(f"{result}[key] = {expression}")
        self.depth -= 1

    def rows(self, rows: str, children: dict[str, ObjectPlan], item: Any, polymorphic: bool) -> str:
        out, value = self.fresh("l"), self.fresh("v")
        self.emit(f"{out} = []")
        if not polymorphic:
            ((plan),) = children.values()
            cells = self.cells(plan)
            self.emit(f"for {_target(cells)} in {rows}:")
            self.depth += 1
            expression = self.object(plan, cells)
        else:
            self.emit(f"for {value} in {rows}:")
            self.depth += 1
            expression = self.row(value, children, True)
        self.emit(f"{out}.append({expression})")
        self.depth -= 1
        return out

    def row(self, value: str, children: dict[str, ObjectPlan], polymorphic: bool) -> str:
        """Statements that unpack one row; the expression that shows it."""
        if not polymorphic:
            ((plan),) = children.values()
            cells = self.cells(plan)
            self.emit(f"{_target(cells)} = {value}")
            return self.object(plan, cells)
        kind, row, out = self.fresh("t"), self.fresh("r"), self.fresh("o")
        self.emit(f"{kind}, {row} = {value}")
        word = "if"
        for name, plan in children.items():
            self.emit(f"{word} {kind} == {name!r}:")
            self.depth += 1
            cells = self.cells(plan)
            self.emit(f"{_target(cells)} = {row}" if cells else "pass")
            self.emit(f"{out} = {self.object(plan, cells)}")
            self.depth -= 1
            word = "elif"
        self.emit("else: raise Odd")
        return out

    def cells(self, plan: ObjectPlan) -> list[str]:
        prefix = self.fresh("c")
        return [f"{prefix}_{i}" for i in range(len(plan.layout.slots))]

    def object(self, plan: ObjectPlan, cells: list[str]) -> Any:
        required = [
            cells[field.indexes[0]]
            for field in plan.fields
            if field.kind == "leaf" and g.is_non_null_type(field.type) and len(field.indexes) == 1
        ]
        if required:
            self.emit("if " + " or ".join(f"{cell} is None" for cell in required) + ": raise Odd")
        for field in plan.fields:  # [X!]: no nulls within lists of leaves
            inner = _item(field.type)
            if field.kind == "leaf" and inner is not None and g.is_non_null_type(inner):
                cell = cells[field.indexes[0]]
                self.emit(f"if {cell} is not None and None in {cell}: raise Odd")
        return self.braces([(field.key, self.value(field, cells)) for field in plan.fields])

    def value(self, field: FieldPlan, cells: list[str]) -> Any:
        nullable = not g.is_non_null_type(field.type)
        values = [cells[i] for i in field.indexes]
        if field.kind == "typename":
            return repr(field.convert)
        if field.kind == "leaf":
            return self.leaf(field, values, nullable)
        if field.kind == "step":
            found = f"S{field.step.number}"
            if field.step.source.shape == "many":
                return f"{found}.get({values[0]}, NONE)"
            return f"{found}.get({values[0]})" if nullable else f"{found}[{values[0]}]"
        if field.kind == "value":
            return self.rows(values[0], field.children, _item(field.type), False)
        ((plan),) = field.children.values()
        return self.object(plan, cells)

    def braces(self, pairs: list[tuple[str, Any]]) -> Any:
        return "{" + ", ".join(f'"{key}": {value}' for key, value in pairs) + "}"

    def leaf(self, field: FieldPlan, values: list[str], nullable: bool) -> Any:
        if field.convert is None:
            return values[0]
        convert = "str" if field.convert is str else self.constant(field.convert)
        call = f"{convert}({', '.join(values)})"
        return f"(None if {values[0]} is None else {call})" if nullable and len(values) == 1 else call


def _target(cells: list[str]) -> str:
    return f"({', '.join(cells)}{',' if len(cells) == 1 else ''})" if cells else "_"


def _item(type_: Any) -> Any:
    return g.get_nullable_type(type_).of_type if g.is_list_type(g.get_nullable_type(type_)) else None


def _steps(plan: ObjectPlan) -> Any:
    for field in plan.fields:
        if field.step:
            yield field.step, field
        for child in field.children.values():
            yield from _steps(child)
