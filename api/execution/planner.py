"""Makes the plan of an operation: level by level, so that what one depth asks of the same edge is asked once."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from graphql import (
    FieldNode,
    GraphQLAbstractType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    SelectionSetNode,
    get_named_type,
    is_abstract_type,
    is_leaf_type,
    print_ast,
)
from strawberry.types.field import StrawberryField

from api.execution.arguments import ArgumentReader, Arguments
from api.execution.collect import Collector
from api.execution.introspection import members_of
from api.execution.plan import (
    Carried,
    Cells,
    Constant,
    Embedded,
    FieldPlan,
    Found,
    Itself,
    Level,
    ObjectPlan,
    OfType,
    Origin,
    Plan,
    Start,
    Step,
    Unsupported,
    Use,
)
from api.fields import DECLARATION, ROWS, Edge, Parts, Same, Several, Value
from runtime.rows import Layout, Slot, columns_of
from runtime.tables import Model

BACKREF = "strawberry-definition"
MOST_FIELDS = 3_000
"""Fields of a plan, those of each possible type counted: a page of the largest client has some hundred."""
FIELD_BYTES = 2_000
"""What a field takes as long as its plan is kept, with its part of the function: measured 500 to 2,700."""
MEMBER_BYTES = 110
"""What a member of introspection's answer takes."""

Layouts = dict[type[Model], Layout]
"""The columns wanted of what one step gives, shared by all levels that show parts of it."""


@dataclass(eq=False, slots=True)
class _Waiting:
    """An edge that was met at this depth."""

    field: FieldPlan
    declaration: Edge
    arguments: Arguments
    level: Level
    named: GraphQLNamedType
    sets: list[SelectionSetNode]


class Planner:
    """Makes one plan. Raises Unsupported for what graphql-core has to execute."""

    def __init__(self, schema: GraphQLSchema, collector: Collector, arguments: ArgumentReader) -> None:
        self._schema = schema
        self._collector = collector
        self._arguments = arguments
        self._steps: list[Step] = []
        self._levels = 0
        self._uses = 0
        self._waiting: list[_Waiting] = []
        self._fields = 0
        self._asked: dict[tuple[Any, ...], Step] = {}
        self._several: dict[Several, Step] = {}

    def plan(self, type_: GraphQLObjectType, fields: dict[str, list[FieldNode]], constants: dict[str, Any]) -> Plan:
        """The plan of some fields of a root type. `constants` are response keys that are known already."""
        level = self._level(type_, Start(), {})
        root = ObjectPlan(level)
        for key, nodes in fields.items():
            if key in constants:
                definition = self._definition(type_, nodes[0])
                root.fields.append(FieldPlan(key, type_, definition, nodes, Constant(constants[key])))
            else:
                root.fields.append(self._field(root, key, nodes, {}))
        return self._finished(root)

    def plan_given(self, type_: GraphQLObjectType, fields: dict[str, list[FieldNode]]) -> Plan:
        """The same where the value of each field is there already, as `value` of the root object."""
        level = self._level(type_, Start(), {})
        root = ObjectPlan(level)
        for key, nodes in fields.items():
            definition = self._definition(type_, nodes[0])
            field = FieldPlan(key, type_, definition, nodes, Constant(type_.name))
            root.fields.append(field)
            if nodes[0].name.value == "__typename":
                continue
            field.source = cells = Cells((Slot("value"),))
            named = get_named_type(definition.type)
            if not is_leaf_type(named):
                sets = [node.selection_set for node in nodes if node.selection_set is not None]
                self._children(field, named, sets, Carried(level, cells), {})
        return self._finished(root)

    def _finished(self, root: ObjectPlan) -> Plan:
        waves: list[list[Step]] = []
        while self._waiting:
            met, self._waiting = self._waiting, []
            known = len(self._steps)
            self._asked, self._several = {}, {}
            for waiting in met:
                self._edge(waiting, self._step(waiting))
            waves.append(self._steps[known:])
        members = sum(members_of(one.source.value) for one in root.fields if isinstance(one.source, Constant))
        return Plan(root, waves, FIELD_BYTES * (len(root.fields) + self._fields) + MEMBER_BYTES * members)

    # ------------------------------------------------------------------ objects

    def _level(self, type_: GraphQLObjectType, origin: Origin, layouts: Layouts) -> Level:
        model = getattr(type_.extensions[BACKREF].origin, ROWS, None)
        layout = None
        if model is not None:
            layout = layouts.setdefault(model, Layout(model))
        self._levels += 1
        return Level(self._levels - 1, type_, origin, layout)

    def _object(self, level: Level, sets: Sequence[SelectionSetNode], layouts: Layouts) -> ObjectPlan:
        plan = ObjectPlan(level)
        for key, nodes in self._collector.fields(level.type, sets).items():
            plan.fields.append(self._field(plan, key, nodes, layouts))
        return plan

    def _field(self, plan: ObjectPlan, key: str, nodes: list[FieldNode], layouts: Layouts) -> FieldPlan:
        self._fields += 1
        if self._fields > MOST_FIELDS:
            raise Unsupported("a document too large to plan")
        parent, level = plan.type, plan.level
        definition = self._definition(parent, nodes[0])
        field = FieldPlan(key, parent, definition, nodes, Itself())
        if nodes[0].name.value == "__typename":
            field.source = Constant(parent.name)
            return field
        backref = definition.extensions.get(BACKREF)
        declaration = None if backref is None else backref.metadata.get(DECLARATION)
        named = get_named_type(definition.type)
        sets = [node.selection_set for node in nodes if node.selection_set is not None]
        match declaration:
            case Value():
                field.source = cells = self._cells(level, declaration, backref)
                if not is_leaf_type(named):
                    self._children(field, named, sets, Carried(level, cells), layouts)
                    field.embedded = _embedded(level, declaration.parts)
                if declaration.of_bytes is not None and level.layout is not None:
                    written = tuple(Slot(one.name, as_bytes=True) for one in cells.columns)
                    field.short = Cells(written, declaration.of_bytes)
                if field.embedded is None:
                    _want(level, (field.short or cells).columns)
            case Same():
                for type_ in self._possible(named):
                    # The same rows, so the same level under another name.
                    shown = Level(level.number, type_, level.origin, level.layout)
                    field.children[type_.name] = self._object(shown, sets, layouts)
            case Edge():
                arguments = self._arguments.of_edge(
                    definition, backref, nodes[0], takes_any_text=declaration.takes_any_text
                )
                self._waiting.append(_Waiting(field, declaration, arguments, level, named, sets))
            case _:
                raise Unsupported("a field with a resolver of its own")
        return field

    def _definition(self, parent: GraphQLObjectType, node: FieldNode) -> Any:
        definition = self._schema.get_field(parent, node.name.value)
        if definition is None:
            raise Unsupported("a field that is not in the schema")
        return definition

    def _children(
        self,
        field: FieldPlan,
        named: GraphQLNamedType,
        sets: Sequence[SelectionSetNode],
        origin: Origin,
        scope: Layouts,
    ) -> None:
        if is_abstract_type(named):
            field.resolve_type = resolver_of(self._schema, named, field.name)
        for type_ in self._possible(named):
            own = origin if field.resolve_type is None else OfType(origin, field.resolve_type, type_.name)
            field.children[type_.name] = self._object(self._level(type_, own, scope), sets, scope)

    def _possible(self, named: GraphQLNamedType) -> list[GraphQLObjectType]:
        if is_abstract_type(named):
            return list(self._schema.get_possible_types(named))
        if not isinstance(named, GraphQLObjectType):
            raise Unsupported("a type that is no object")
        return [named]

    # ------------------------------------------------------------------ values of a row

    def _cells(self, level: Level, declared: Value, field: StrawberryField) -> Cells:
        names = declared.columns or (() if declared.calculate else (field.python_name,))
        return Cells(self._slots(level, names), declared.calculate, declared.of_world)

    def _slots(self, level: Level, names: Sequence[str]) -> tuple[Slot, ...]:
        if level.layout is not None and not set(names) <= set(columns_of(level.layout.model)):
            raise Unsupported("a value that is no column")
        return tuple(Slot(name) for name in names)

    # ------------------------------------------------------------------ edges

    def _step(self, waiting: _Waiting) -> Step:
        """One for all fields at this depth that ask the same."""
        question = _question(waiting)
        if question is not None and (found := self._asked.get(question)) is not None:
            return found
        step = Step(len(self._steps), waiting.declaration.bulk, waiting.arguments)
        step.several = waiting.declaration.several
        if step.several is not None:
            # They are loaded at once, so their rows have the same columns.
            step.layouts = self._several.setdefault(step.several, step).layouts
        if question is not None:
            self._asked[question] = step
        self._steps.append(step)
        return step

    def _edge(self, waiting: _Waiting, step: Step) -> None:
        field, level = waiting.field, waiting.level
        key = self._slots(level, waiting.declaration.key)
        if level.layout is not None and len(key) == 1:
            column = level.layout.model.__table__.columns[key[0].name]
            key = (Slot(key[0].name, as_bytes=column.type.python_type is UUID),)
        _want(level, key)
        use = Use(self._uses, step, level, key, waiting.declaration.without_key)
        self._uses += 1
        step.uses.append(use)
        field.source = use
        if not is_leaf_type(waiting.named):
            self._children(field, waiting.named, waiting.sets, Found(use), step.layouts)


def _want(level: Level, slots: Iterable[Slot]) -> None:
    if level.layout is not None:
        for slot in slots:
            level.layout.place(slot)


def _embedded(level: Level, parts: Parts | None) -> Embedded | None:
    """The short way to a nested object, where there is one and the columns are the driver's."""
    if parts is None or level.layout is None:
        return None
    cells = {
        name: Cells(tuple(Slot(one, one in part.as_text) for one in part.columns), part.calculate)
        for name, part in parts.fields.items()
    }
    is_text = any(parts.present in part.as_text for part in parts.fields.values())
    present = Slot(parts.present, is_text)
    # All of them, whatever is shown: the completer makes the whole object.
    _want(level, [present, *(slot for one in cells.values() for slot in one.columns)])
    return Embedded(present, cells)


def _question(waiting: _Waiting) -> tuple[Any, ...] | None:
    """What two fields have in common that can share a load; None where the arguments depend on variables."""
    given = waiting.field.nodes[0].arguments or ()
    if any("$" in print_ast(argument.value) for argument in given):
        return None
    return (waiting.declaration.bulk, *sorted(print_ast(argument) for argument in given))


def resolver_of(schema: GraphQLSchema, abstract: GraphQLAbstractType, name: str) -> Callable[[Any], str]:
    """Which type a value has. Raises what graphql-core's executor would show for a value of none of them."""
    info: Any = SimpleNamespace(schema=schema, field_name=name)

    def resolve(value: Any) -> str:
        if abstract.resolve_type is not None:
            found = abstract.resolve_type(value, info, abstract)
        else:
            found = next(
                (
                    one.name
                    for one in schema.get_possible_types(abstract)
                    if one.is_type_of and one.is_type_of(value, info)
                ),
                None,
            )
        if not isinstance(found, str) or not any(one.name == found for one in schema.get_possible_types(abstract)):
            raise TypeError(f"a value of {name} is of no type of {abstract.name}")
        return found

    return resolve
