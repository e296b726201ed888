"""Documents out of a schema, the same ones for the same dice.

They are valid, but for a few: a response key means one field with one list of arguments throughout a document, so
whatever is selected twice can be merged.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

from graphql import (
    GraphQLArgument,
    GraphQLBoolean,
    GraphQLField,
    GraphQLNamedOutputType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    OperationType,
    SchemaMetaFieldDef,
    TypeMetaFieldDef,
    get_named_type,
    is_abstract_type,
    is_composite_type,
    is_leaf_type,
)

from tests.executor.arguments import NOTHING, Variables

MOST_LEAVES = 3_000
"""About so many leaves an answer may have: below 200 kB."""


class Values(Protocol):
    """What a generator has to know of the data."""

    def arguments(
        self, dice: random.Random, parent: str, field: str, given: Mapping[str, GraphQLArgument], naughtiness: float
    ) -> dict[str, Any]:
        """A field's arguments; those that are not there are left out."""

    def size(self, parent: str, field: str, arguments: Mapping[str, Any]) -> int:
        """How many objects, about, are behind a field for each object that has it."""

    def weight(self, parent: str, field: str) -> int:
        """How often a field is chosen, beside its siblings."""

    def types(self, parent: str, field: str, arguments: Mapping[str, Any]) -> Sequence[str]:
        """The object types that an interface or union is likely to give here; nothing where nobody knows."""


@dataclass(frozen=True)
class Document:
    query: str
    variables: dict[str, Any]
    operation_name: str | None


@dataclass(frozen=True)
class _Fragment:
    name: str
    condition: str
    text: str
    used: frozenset[str]
    leaves: int
    height: int


@dataclass(frozen=True)
class _Key:
    """What a response key stands for."""

    parent: str
    field: str
    arguments: str
    type: str


@dataclass(frozen=True)
class _Place:
    """Where selections are written: `height` levels may follow, `objects` are there, about."""

    type: GraphQLNamedOutputType
    height: int
    objects: int
    likely: tuple[str, ...] = ()


class Generator:
    """Writes one document."""

    def __init__(
        self,
        schema: GraphQLSchema,
        values: Values,
        dice: random.Random,
        *,
        root: GraphQLObjectType | None = None,
        introspects: bool = True,
    ) -> None:
        assert schema.query_type is not None
        self._schema = schema
        self._values = values
        self._dice = dice
        self._root = root or schema.query_type
        self._introspects = introspects
        # Most documents have nothing wrong with them; the others have several chances of it.
        self._naughtiness = dice.choice([0.0, 0.0, 0.0, 0.12])
        self._variables = Variables(dice, self._naughtiness)
        self._fragments: list[_Fragment] = []
        self._keys: dict[str, list[_Key]] = {}
        self._leaves = 0
        self._fields = 0

    def document(self) -> Document:
        """A document of one query, or of several of which one is chosen."""
        names: list[str | None] = [f"Q{number}" for number in range(self._dice.choice([1] * 9 + [2, 3]))]
        if len(names) == 1 and self._dice.random() < 0.6:
            names = [None]
        operations = []
        for name in names:
            # Each operation is an answer of its own: what another one asks for does not count.
            self._leaves = self._fields = 0
            self._variables.used = set()
            text = self.selections(_Place(self._root, self._dice.choice([1, 2, 3, 4, 5, 5, 6, 7]), 1))
            operations.append((name, set(self._variables.used), text))
        chosen, used, _ = self._dice.choice(operations)
        parts = [
            f"query {name or ''}{self._variables.declarations(used)} {text}" if name or used else text
            for name, used, text in operations
        ]
        parts += [f"fragment {one.name} on {one.condition} {one.text}" for one in self._fragments]
        self._dice.shuffle(parts)
        if self._dice.random() < self._naughtiness / 4:
            chosen = self._dice.choice(["Unknown", None])
        return Document("\n".join(parts), self._variables.sent(used), chosen)

    def payload(self, kind: OperationType, field: str, arguments: str, more: str = "__typename") -> str:
        """An operation of one root field, said twice: with selections that are written, and with `more`. `$input` in
        its arguments is declared."""
        root = self._schema.get_root_type(kind)
        assert root is not None
        definition = root.fields[field]
        text = self.selections(_Place(get_named_type(definition.type), 5, 1))
        declared = [f"$input: {definition.args['input'].type}"] if "$input" in arguments else []
        if own := self._variables.declarations(self._variables.used):
            declared.append(own.strip("()"))
        heads = f" ({', '.join(declared)})" if declared else ""
        parts = [f"{kind.value}{heads} {{ {field}{arguments} {text} {field}{arguments} {{ {more} }} }}"]
        parts += [f"fragment {one.name} on {one.condition} {one.text}" for one in self._fragments]
        return "\n".join(parts)

    def sent(self) -> dict[str, Any]:
        """The variables of what was written."""
        return self._variables.sent(set(self._variables.all))

    def selections(self, place: _Place, *, is_inline: bool = False) -> str:
        """A selection set in braces; never an empty one."""
        wanted = self._dice.choice([1, 2, 2] if is_inline else [1, 2, 3, 3, 4, 5, 7])
        repeatable: list[tuple[str, GraphQLField, _Place]] = []
        written = [one for _ in range(wanted) if (one := self._selection(place, repeatable)) is not None]
        return "{ " + " ".join(written or [self._typename()]) + " }"

    def _selection(self, place: _Place, repeatable: list[tuple[str, GraphQLField, _Place]]) -> str | None:
        way = self._dice.random()
        if way < 0.07:
            return self._typename()
        if is_abstract_type(place.type):
            if way < 0.75 or isinstance(place.type, GraphQLUnionType):
                return self._on_type(place)
        elif way < 0.13:
            return self._inline(place)
        if way < 0.22:
            return self._spread(place)
        if way < 0.3 and repeatable:
            head, _, below = self._dice.choice(repeatable)
            return f"{head}{self._directives()} {self.selections(below)}"
        return self._field(place, repeatable)

    def _typename(self) -> str:
        self._leaves += 1
        return self._dice.choice(["__typename", "__typename", "kindOf: __typename"]) + self._directives()

    def _on_type(self, place: _Place) -> str:
        """A fragment on one of the types that an interface or union can be, or on what these share."""
        possible = [one.name for one in self._schema.get_possible_types(place.type)]  # type: ignore[arg-type]
        pool = list(place.likely) if place.likely and self._dice.random() < 0.85 else possible
        chosen = self._schema.get_type(self._dice.choice(pool or possible))
        assert isinstance(chosen, GraphQLObjectType)
        below = _Place(chosen, place.height, place.objects)
        if self._dice.random() < 0.25:
            return self._spread(below) or self._typename()
        return f"... on {chosen}{self._directives()} {self.selections(below)}"

    def _inline(self, place: _Place) -> str:
        """The same type again, said or not, or an interface of it."""
        conditions = ["", f" on {place.type}"]
        of_type = place.type
        if isinstance(of_type, GraphQLObjectType) and of_type.interfaces and self._dice.random() < 0.4:
            of_type = self._dice.choice(of_type.interfaces)
            inner = _Place(of_type, place.height, place.objects, (str(place.type),))
            return f"... on {of_type}{self._directives()} {self.selections(inner, is_inline=True)}"
        return f"...{self._dice.choice(conditions)}{self._directives()} {self.selections(place, is_inline=True)}"

    def _spread(self, place: _Place) -> str | None:
        """A fragment, one that there is already where one fits."""
        fitting = [
            one
            for one in self._fragments
            if one.condition == str(place.type)
            and one.height <= place.height
            and self._leaves + one.leaves * place.objects < MOST_LEAVES
        ]
        if fitting and self._dice.random() < 0.6:
            chosen = self._dice.choice(fitting)
            self._variables.used |= chosen.used
            self._leaves += chosen.leaves * place.objects
        elif len(self._fragments) < 12:
            chosen = self._new_fragment(place)
        else:
            return None
        return f"...{chosen.name}{self._directives()}"

    def _new_fragment(self, place: _Place) -> _Fragment:
        before = self._leaves
        with self._own_variables() as used:
            text = self.selections(place)
        leaves = (self._leaves - before) // place.objects + 1
        name = f"F{len(self._fragments)}"
        made = _Fragment(name, str(place.type), text, frozenset(used), leaves, place.height)
        # Only now: it must not spread itself.
        self._fragments.append(made)
        return made

    @contextmanager
    def _own_variables(self) -> Iterator[set[str]]:
        outer = self._variables.used
        own = self._variables.used = set()
        try:
            yield own
        finally:
            outer |= own
            self._variables.used = outer

    def _field(self, place: _Place, repeatable: list[tuple[str, GraphQLField, _Place]]) -> str | None:
        if self._fields > 150 or self._leaves + place.objects > MOST_LEAVES:
            return None
        named = self._fields_of(place)
        if not named:
            return None
        name, definition = self._dice.choice(named)
        given = self._values.arguments(self._dice, str(place.type), name, definition.args, self._naughtiness)
        size = self._values.size(str(place.type), name, given)
        kind = get_named_type(definition.type)
        if is_composite_type(kind) and self._leaves + place.objects * size > MOST_LEAVES:
            return None
        head = self._head(place, name, definition, given)
        self._fields += 1
        if not is_composite_type(kind):
            self._leaves += place.objects * size
            return head + self._directives()
        likely = tuple(self._values.types(str(place.type), name, given)) if is_abstract_type(kind) else ()
        below = _Place(kind, place.height - 1, place.objects * size, likely)
        repeatable.append((head, definition, below))
        return f"{head}{self._directives()} {self.selections(below)}"

    def _fields_of(self, place: _Place) -> list[tuple[str, GraphQLField]]:
        """Those to choose from: what leads on stands there more often than what does not."""
        if isinstance(place.type, GraphQLUnionType):
            return []
        fields: dict[str, GraphQLField] = dict(place.type.fields)  # type: ignore[union-attr]  # object or interface
        if place.type is self._schema.query_type and self._introspects and self._dice.random() < 0.03:
            fields |= {"__schema": SchemaMetaFieldDef, "__type": TypeMetaFieldDef}
        leaves = [one for one in fields.items() if is_leaf_type(get_named_type(one[1].type))]
        leading = [one for one in fields.items() if not is_leaf_type(get_named_type(one[1].type))]
        if place.height <= 1:
            return leaves
        leading = [one for one in leading for _ in range(self._values.weight(str(place.type), one[0]))]
        return leaves + leading * (3 if place.height > 3 else 2)

    def _head(self, place: _Place, name: str, definition: GraphQLField, given: Mapping[str, Any]) -> str:
        """Alias, name and arguments."""
        written = [
            f"{argument}: {self._variables.written(definition.args[argument].type, value)}"
            for argument, value in given.items()
            if value is not NOTHING
        ]
        self._dice.shuffle(written)
        arguments = f"({', '.join(written)})" if written else ""
        meant = _Key(str(place.type), name, arguments, str(definition.type))
        alias = name
        if self._dice.random() < 0.15:
            others = list(getattr(place.type, "fields", {}))
            alias = self._dice.choice([f"a{len(self._keys)}", *others[:8], "camelCase", "_", "class", "name2"])
        if not self._is_free(alias, meant):
            alias = f"b{sum(map(len, self._keys.values()))}"
        known = self._keys.setdefault(alias, [])
        if meant not in known:
            known.append(meant)
        return f"{alias}: {name}{arguments}" if alias != name else f"{name}{arguments}"

    def _is_free(self, alias: str, meant: _Key) -> bool:
        """Whether the key means nothing else yet where the two could meet."""
        return all(
            one == meant or (one.parent != meant.parent and one.type == meant.type and not one.arguments)
            for one in self._keys.get(alias, [])
        )

    def _directives(self) -> str:
        written = ""
        for name in ("skip", "include"):
            if self._dice.random() < 0.04:
                keeps = self._dice.random() < 0.7
                condition = self._condition(keeps == (name == "include"))
                written += f" @{name}(if: {condition})"
        return written

    def _condition(self, value: bool) -> str:
        """Seldom a wrong one: there are so many that few documents would be left in which nothing is wrong."""
        naughtiness, self._variables.naughtiness = self._variables.naughtiness, self._naughtiness / 10
        written = self._variables.written(GraphQLNonNull(GraphQLBoolean), value, 0.5)
        self._variables.naughtiness = naughtiness
        return written
