"""How much a document asks for, weighed without a value or a row: when its plan is made, and kept with it.

Every selection set is looked at once and every fragment is weighed once, however often it is spread: the time is
linear in the document's length, while the figures may grow exponentially with it (compare them, don't print them:
Python refuses to write integers of more than 4,300 digits). They hold for all values of the variables, because a plan
serves all of them: `@skip` and `@include` leave nothing out. A response key that stands twice in one selection set
counts once; one that two fragments share counts in both, so all figures but the depth are upper bounds.

Objects are estimated as follows. Every object of the answer counts: pages, edges and amounts of money like
transactions. An object stands as often as its parent does, times the length of the list it is in. A page is as long
as the constant `first` or `last` says, held between 1 and `MOST` (anything else is refused when it runs), `MOST` where
that is a variable, whatever its default (a default doesn't bind who sends a value), and `USUAL` where neither is
given; `edges` and `nodes` of one page are that long each. A list by `ids` has as many objects as ids are
written out, `MOST` where they are a variable. All other lists (accounts, lines of a report, introspection's) count as
`ASSUMED`. Where an object can be of several types, the heaviest counts.

A plan is made for each type that an object can have, and all of them look at all that is selected there: what a
document costs before anything is executed is in `selections`, and each type's edges are statements of their own.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import cast

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLCompositeType,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    NamedTypeNode,
    NullValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    ValueNode,
    VariableNode,
    get_named_type,
    is_abstract_type,
    is_list_type,
    is_non_null_type,
)

from api.fields import DECLARATION, Edge
from domain.pages import MOST, USUAL

ASSUMED = 20
"""Objects in a list that nothing bounds."""

_DECLARED = "strawberry-definition"
_INTROSPECTION = ("__schema", "__type")


@dataclass(frozen=True, slots=True)
class Weight:
    """`fields` of the answer, a list's objects counted as one; `depth` of the deepest, 1 at the root, 0 below
    `__schema` and `__type`; `aliases` among the fields; `statements`, one for every edge of each type; `objects` of
    the answer at most; `root_fields` of the operation; `selections` (fields, spreads and inline fragments) that are
    looked at when it is planned, by each type and wherever a fragment is spread."""

    fields: int
    depth: int
    aliases: int
    statements: int
    objects: int
    root_fields: int
    selections: int


def weigh(document: DocumentNode, operation: OperationDefinitionNode, schema: GraphQLSchema) -> Weight:
    """The weight of a validated operation; what is unknown in an invalid one weighs nothing."""
    root = schema.get_root_type(operation.operation)
    scale = Scale(schema)
    whole = scale.whole(document, operation)
    objects = scale.heaviest(whole, root)
    types = scale.possible(root)
    statements, selections = whole.statements.of(types), whole.selections.of(types)
    return Weight(whole.fields, whole.depth, whole.aliases, statements, objects, whole.own_fields, selections)


@dataclass(slots=True)
class _Count:
    """What an object costs whatever its type is, and beside that for some types."""

    always: int = 0
    by_type: dict[str, int] = field(default_factory=dict)

    def of(self, types: Iterable[str]) -> int:
        """For an object of each of the types."""
        return sum(self.always + self.by_type.get(name, 0) for name in types)

    def add(self, other: "_Count", types: Iterable[str]) -> None:
        """What is selected for these types alone."""
        for name in types:
            self.by_type[name] = self.by_type.get(name, 0) + other.of([name])


@dataclass(slots=True)
class Part:
    """What is selected of one object. `objects` lie below it, by the type that it has; `row_objects` are those that
    stand as often as its page has rows."""

    own_fields: int = 0
    fields: int = 0
    depth: int = 0
    aliases: int = 0
    statements: _Count = field(default_factory=_Count)
    selections: _Count = field(default_factory=_Count)
    objects: dict[str, int] = field(default_factory=dict)
    row_objects: int = 0

    def add(self, other: "Part", types: Iterable[str]) -> None:
        """Selected of the same object, if it is of one of the types."""
        self.own_fields += other.own_fields
        self.fields += other.fields
        self.depth = max(self.depth, other.depth)
        self.aliases += other.aliases
        self.statements.add(other.statements, types)
        self.selections.add(other.selections, types)
        for name, count in other.objects.items():
            self.objects[name] = self.objects.get(name, 0) + count
        self.row_objects += other.row_objects


Measure = Callable[[FieldNode, GraphQLCompositeType | None], int]


def _one_object(node: FieldNode, _: GraphQLCompositeType | None) -> int:
    return node.selection_set is not None


class Scale:
    """`measure` says what one value of a field adds to what a `Part` counts as `objects`. `sizes` are what variables
    give as the length of a page or list, as far as that is known; those that are asked for are `sizing`. With a measure
    of its own, introspection's lists are as long as the schema's are on average."""

    def __init__(
        self, schema: GraphQLSchema, measure: Measure | None = None, sizes: Mapping[str, int] | None = None
    ) -> None:
        self._schema = schema
        self._measure = measure or _one_object
        self._sizes = sizes or {}
        self._knows_schema = measure is not None
        self._parts: dict[str, tuple[Part, list[str]]] = {}
        self.sizing: dict[str, None] = {}

    def whole(self, document: DocumentNode, operation: OperationDefinitionNode) -> "Part":
        for fragment in reached(document, operation):
            self._weigh(fragment)
        return self.selected(operation.selection_set, self._schema.get_root_type(operation.operation))

    def _weigh(self, fragment: FragmentDefinitionNode) -> None:
        condition = self._type(fragment.type_condition)
        part = self.selected(fragment.selection_set, condition)
        self._parts[fragment.name.value] = part, self.possible(condition)

    def selected(self, selection_set: SelectionSetNode, parent: GraphQLCompositeType | None) -> Part:
        part = Part()
        seen: set[str] = set()
        part.selections.always = len(selection_set.selections)
        for node in selection_set.selections:
            if isinstance(node, FieldNode):
                key = (node.alias or node.name).value
                self._add_field(part, node, parent, is_new=key not in seen)
                seen.add(key)
            elif isinstance(node, FragmentSpreadNode):
                # Three dots, so that no response key is taken for a fragment's name.
                if (name := node.name.value) in self._parts and f"...{name}" not in seen:
                    seen.add(f"...{name}")
                    part.add(*self._parts[name])
            elif isinstance(node, InlineFragmentNode):
                condition = self._type(node.type_condition) if node.type_condition else parent
                part.add(self.selected(node.selection_set, condition), self.possible(condition))
        return part

    def _add_field(self, part: Part, node: FieldNode, parent: GraphQLCompositeType | None, *, is_new: bool) -> None:
        name = node.name.value
        definition = self._schema.get_field(parent, name) if parent is not None else None
        part.own_fields += is_new
        part.fields += is_new
        part.aliases += is_new and node.alias is not None
        part.depth = max(part.depth, name not in _INTROSPECTION)
        if definition is None:
            return
        part.statements.always += is_new and _is_edge(definition)
        one = self._measure(node, parent) if is_new else 0
        if node.selection_set is None:
            self._add_objects(part, parent, one)
            return
        type_ = cast(GraphQLCompositeType, get_named_type(definition.type))
        below = self.selected(node.selection_set, type_)
        part.fields += below.fields
        part.aliases += below.aliases
        types = self.possible(type_)
        part.statements.always += below.statements.of(types)
        part.selections.always += below.selections.of(types)
        if name not in _INTROSPECTION:
            part.depth = max(part.depth, 1 + below.depth)
        each = one + self.heaviest(below, type_) + self._page_size(node) * below.row_objects
        if _is_page(parent) and _lists(definition):
            part.row_objects += each
        else:
            self._add_objects(part, parent, each * self._list_size(node, definition, parent))

    def _add_objects(self, part: Part, parent: GraphQLCompositeType | None, count: int) -> None:
        if count:
            for possible in self.possible(parent):
                part.objects[possible] = part.objects.get(possible, 0) + count

    def heaviest(self, part: Part, type_: GraphQLCompositeType | None) -> int:
        return max((part.objects.get(name, 0) for name in self.possible(type_)), default=0)

    def possible(self, type_: GraphQLCompositeType | None) -> list[str]:
        """The names of the object types that a value can have."""
        if is_abstract_type(type_):
            return [one.name for one in self._schema.get_possible_types(type_)]
        return [] if type_ is None else [type_.name]

    def _type(self, condition: NamedTypeNode) -> GraphQLCompositeType | None:
        return cast(GraphQLCompositeType | None, self._schema.get_type(condition.name.value))

    def _list_size(self, node: FieldNode, definition: GraphQLField, parent: GraphQLCompositeType | None) -> int:
        lists = _lists(definition)
        if lists == 1:
            if self._knows_schema and parent is not None and parent.name.startswith("__"):
                # Together over all types: most have no fields, or arguments, or enum values at all.
                return {"types": len(self._schema.type_map), "fields": 4, "directives": 8}.get(node.name.value, 1)
            given = {one.name.value: one.value for one in node.arguments or ()}
            if "first" in definition.args:
                return self._page_size(node)
            if "ids" in given:
                return self._length(given["ids"])
        return ASSUMED**lists  # type: ignore[no-any-return]  # a power of integers may be a fraction

    def _page_size(self, node: FieldNode) -> int:
        sizes = [self._size(one.value) for one in node.arguments or () if one.name.value in ("first", "last")]
        return max(sizes, default=USUAL)

    def _size(self, value: ValueNode) -> int:
        if isinstance(value, VariableNode):
            return self._given(value)
        if isinstance(value, NullValueNode):
            return USUAL
        if isinstance(value, IntValueNode) and len(value.value) <= len(str(MOST)):
            return min(max(int(value.value), 1), MOST)
        return MOST

    def _length(self, value: ValueNode) -> int:
        if isinstance(value, VariableNode):
            return self._given(value)
        return min(len(value.values), MOST) if isinstance(value, ListValueNode) else 1

    def _given(self, value: VariableNode) -> int:
        name = value.name.value
        self.sizing[name] = None
        return self._sizes.get(name, MOST)


def reached(document: DocumentNode, operation: OperationDefinitionNode) -> list[FragmentDefinitionNode]:
    """The fragments that the operation reaches, each after those that it spreads: a chain of two thousand fragments
    is too long for the stack."""
    known = {one.name.value: one for one in document.definitions if isinstance(one, FragmentDefinitionNode)}
    found: dict[str, FragmentDefinitionNode] = {}
    opened: set[str] = set()
    waiting = list(_spread(operation.selection_set))
    while waiting:
        name = waiting[-1]
        if name in opened or name not in known:
            waiting.pop()
            if name in known:
                found.setdefault(name, known[name])
        else:
            opened.add(name)
            waiting += [below for below in _spread(known[name].selection_set) if below not in opened]
    return list(found.values())


def _spread(selection_set: SelectionSetNode) -> Iterator[str]:
    waiting = [selection_set]
    while waiting:
        for node in waiting.pop().selections:
            if isinstance(node, FragmentSpreadNode):
                yield node.name.value
            elif isinstance(node, FieldNode):
                if node.selection_set is not None:
                    waiting.append(node.selection_set)
            elif isinstance(node, InlineFragmentNode):
                waiting.append(node.selection_set)


def _is_edge(definition: GraphQLField) -> bool:
    declared = definition.extensions.get(_DECLARED)
    return declared is not None and isinstance(declared.metadata.get(DECLARATION), Edge)


def _is_page(type_: GraphQLCompositeType | None) -> bool:
    return isinstance(type_, GraphQLObjectType | GraphQLInterfaceType) and "pageInfo" in type_.fields


def _lists(definition: GraphQLField) -> int:
    """How many lists lie in each other."""
    type_, found = definition.type, 0
    while is_list_type(type_) or is_non_null_type(type_):
        found += is_list_type(type_)
        type_ = type_.of_type
    return found
