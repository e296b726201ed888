"""Runs a plan's steps: each takes the keys of all its objects at once, and nothing is awaited for an object alone."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from asyncpg.pgproto.pgproto import UUID
from graphql.execution.values import VariableValues

from api.errors import bad_input
from api.execution.plan import Carried, Cells, Found, Level, OfType, Origin, Plan, Start, Step, Use
from api.fields import Several
from domain.mistakes import Problem
from runtime.gathering import Work, gather
from runtime.reader import Reader
from runtime.rows import Row


class Scope(Protocol):
    """What an operation is executed in."""

    world: Any

    @property
    def reader(self) -> Reader:
        """The operation's snapshot. Raises where nobody is signed in."""


@dataclass(frozen=True, slots=True)
class Failed:
    """A step that gave an error instead of rows. A wrong argument is told even for an object without a key."""

    error: Exception
    of_arguments: bool = False


class Loaded:
    """What the steps found, by their numbers."""

    __slots__ = ("_of_layout", "_rows", "_world", "arguments", "found", "root")

    def __init__(self, root: Any, world: Any) -> None:
        self.root = root
        self._world = world
        self.found: list[Mapping[Any, Any] | Failed] = []
        self.arguments: list[dict[str, Any]] = []
        self._rows: dict[int, list[Any]] = {}
        self._of_layout: dict[int, bool] = {}

    def are_of_layout(self, level: Level) -> bool:
        """Whether all objects of a level are rows with the columns of its layout, so that places can be relied on."""
        known = self._of_layout.get(level.number)
        if known is None:
            layout = level.layout
            types = set(map(type, self.rows(level)))
            known = self._of_layout[level.number] = layout is not None and types <= {layout.record, layout.joined}
        return known

    def rows(self, level: Level) -> list[Any]:
        """All objects of a level that are there."""
        known = self._rows.get(level.number)
        if known is None:
            known = self._rows[level.number] = list(self._origin(level.origin))
        return known

    def _origin(self, origin: Origin) -> Iterable[Any]:
        match origin:
            case Found():
                found = self.found[origin.use.step.number]
                if isinstance(found, Failed):
                    return ()
                return flat(found.values())
            case Carried():
                return flat(_carried(self.rows(origin.level), origin.cells, self._world))
            case OfType():
                return self._typed(origin)
            case Start():
                return (self.root,)

    def _typed(self, origin: OfType) -> Iterable[Any]:
        for row in self._origin(origin.origin):
            try:
                name = origin.resolve(row)
            except Exception:  # noqa: S112 (it is shown where the value is)
                continue
            if name == origin.name:
                yield row


async def load(plan: Plan, root: Any, scope: Scope, variables: VariableValues) -> Loaded:
    """Every step, one depth after the other. What fails is kept as `Failed`, for whoever shows it."""
    loaded = Loaded(root, scope.world)
    for wave in plan.waves:
        asked = [_asked(step, loaded, variables) for step in wave]
        await _run(asked, scope)
        for one in asked:
            loaded.found.append({} if one.found is None else one.found)
            loaded.arguments.append(one.arguments)
    return loaded


@dataclass(slots=True)
class _Asked:
    """A step with the keys of its objects."""

    step: Step
    keys: list[Any]
    arguments: dict[str, Any]
    found: Mapping[Any, Any] | Failed | None = None


def _asked(step: Step, loaded: Loaded, variables: VariableValues) -> _Asked:
    keys, is_asked = keys_of(step, loaded)
    if is_asked:
        try:
            return _Asked(step, keys, step.arguments(variables))
        except Exception as error:
            return _Asked(step, [], {}, Failed(error, of_arguments=True))
    return _Asked(step, keys, {})


async def _run(asked: Sequence[_Asked], scope: Scope) -> None:
    """Each leaves what it found, or its failure."""
    pending = [one for one in asked if one.found is None and one.keys]
    if len(pending) == 1 and pending[0].step.several is None:
        await _alone(pending[0], scope, is_gathered=False)
    elif pending:
        await gather([*_works(pending, scope)], lambda wanted: scope.reader.serve(wanted))


def _works(asked: Sequence[_Asked], scope: Scope) -> Iterator[Work]:
    together: dict[Several, list[_Asked]] = {}
    for one in asked:
        if one.step.several is None:
            yield _alone(one, scope, is_gathered=True)
        else:
            together.setdefault(one.step.several, []).append(one)
    for several, some in together.items():
        yield _several(several, some, scope)


async def _several(several: Several, asked: Sequence[_Asked], scope: Scope) -> None:
    """What fields with different arguments ask of one function."""
    step = asked[0].step
    try:
        reader = scope.reader.wanting(step.layouts, is_gathered=True)
        found = await several(reader, [(one.keys, one.arguments) for one in asked])
    except Exception as error:
        found = [error] * len(asked)
    for one, rows in zip(asked, found, strict=True):
        one.found = Failed(rows) if isinstance(rows, Exception) else rows


async def _alone(one: _Asked, scope: Scope, *, is_gathered: bool) -> None:
    step = one.step
    try:
        one.found = await step.bulk(scope.reader.wanting(step.layouts, is_gathered), one.keys, **one.arguments)
    except Problem as problem:
        one.found = Failed(bad_input(str(problem)))
    except Exception as error:
        one.found = Failed(error)


def keys_of(step: Step, loaded: Loaded) -> tuple[list[Any], bool]:
    """The distinct keys of all uses in their order, and whether anybody asks at all."""
    asking = [use for use in step.uses if loaded.rows(use.level)]
    if not asking:
        return [], False
    keys: dict[Any, None] = dict.fromkeys(_keys(asking[0], loaded))
    for use in asking[1:]:
        keys.update(dict.fromkeys(_keys(use, loaded)))
    keys.pop(None, None)
    return list(keys), True


def _keys(use: Use, loaded: Loaded) -> Iterable[Any]:
    rows, layout = loaded.rows(use.level), use.level.layout
    if layout is not None and loaded.are_of_layout(use.level):
        places = [layout.place(slot) for slot in use.key]
        if len(places) == 1:
            (place,) = places
            if use.key[0].as_bytes:
                return [None if one is None else UUID(one) for one in dict.fromkeys([row[place] for row in rows])]
            return [row[place] for row in rows]
        return [tuple([row[place] for place in places]) for row in rows]
    return [key for row in rows if (key := key_of(use, row)) is not None]


def key_of(use: Use, row: Any) -> Any:
    """An object's key; None where it has none, or none that can be read."""
    try:
        values = [getattr(row, slot.name) for slot in use.key]
        key = values[0] if len(values) == 1 else tuple(values)
        hash(key)
    except Exception:
        return None
    return key


def _carried(rows: Iterable[Any], cells: Cells, world: Any) -> Iterable[Any]:
    for row in rows:
        try:
            values = [getattr(row, slot.label) for slot in cells.columns]
            if cells.calculate is None:
                yield values[0]
            else:
                yield cells.calculate(world, *values) if cells.of_world else cells.calculate(*values)
        except Exception:  # noqa: S112 (it is shown where the value is)
            continue


def flat(values: Iterable[Any]) -> Iterable[Any]:
    """The objects in values that may be lists of them, and lists of lists; nulls and failures are left out."""
    found: list[Any] = []
    for value in values:
        if type(value) is list or type(value) is tuple:
            found += value if _is_plain(value) else flat(value)
        elif value is not None and not isinstance(value, Exception):
            found.append(value)
    return found


def _is_plain(values: Iterable[Any]) -> bool:
    """Whether all of a list are rows as the driver gives them: then there is nothing to leave out."""
    return all(issubclass(one, Row) for one in set(map(type, values)))
