"""Runs a plan's steps: each takes the keys of all its objects at once, and nothing is awaited for an object alone."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, cast

from graphql.execution.values import VariableValues

from api.errors import bad_input
from api.execution.plan import Carried, Cells, Found, Level, OfType, Origin, Plan, Start, Step, Use
from domain.mistakes import Problem
from domain.rows import OneByKey, one_by_key_of_each
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

    __slots__ = ("_of_layout", "_rows", "arguments", "found", "root")

    def __init__(self, plan: Plan, root: Any) -> None:
        self.root = root
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
                return flat(_carried(self.rows(origin.level), origin.level, origin.cells))
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
    loaded = Loaded(plan, root)
    for wave in plan.waves:
        asked = [_asked(step, loaded, variables) for step in wave]
        joinable = [place for place, one in enumerate(asked) if one.keys and isinstance(one.step.bulk, OneByKey)]
        if len(joinable) > 1:
            await _together([asked[place] for place in joinable], scope)
        for one in asked:
            if one.found is None and one.keys and one.step.several is not None:
                same = [other for other in asked if other.step.several is one.step.several and other.found is None]
                await _several([other for other in same if other.keys], scope)
            if one.found is None:
                one.found = await _alone(one, scope)
            loaded.found.append(one.found)
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


async def _together(asked: Sequence[_Asked], scope: Scope) -> None:
    """Rows by their keys, of several tables in one statement."""
    try:
        reader = scope.reader
        found = await one_by_key_of_each(
            [(cast(OneByKey[Any], one.step.bulk), reader.wanting(one.step.layouts), one.keys) for one in asked]
        )
    except Exception as error:
        for one in asked:
            one.found = Failed(error)
        return
    for one, rows in zip(asked, found, strict=True):
        one.found = rows


async def _several(asked: Sequence[_Asked], scope: Scope) -> None:
    """What fields with different arguments ask of one function."""
    step = asked[0].step
    if step.several is None:
        return
    try:
        found = await step.several(scope.reader.wanting(step.layouts), [(one.keys, one.arguments) for one in asked])
    except Exception as error:
        found = [error] * len(asked)
    for one, rows in zip(asked, found, strict=True):
        one.found = Failed(rows) if isinstance(rows, Exception) else rows


async def _alone(one: _Asked, scope: Scope) -> Mapping[Any, Any] | Failed:
    if not one.keys:
        return {}
    try:
        return await one.step.bulk(scope.reader.wanting(one.step.layouts), one.keys, **one.arguments)
    except Problem as problem:
        return Failed(bad_input(str(problem)))
    except Exception as error:
        return Failed(error)


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
            return [row[place] for row in rows]
        return [tuple([row[place] for place in places]) for row in rows]
    return [key for row in rows if (key := key_of(use, row)) is not None]


def key_of(use: Use, row: Any) -> Any:
    """An object's key; None where it has none, or none that can be read."""
    try:
        values = [getattr(row, slot.label) for slot in use.key]
        key = values[0] if len(values) == 1 else tuple(values)
        hash(key)
    except Exception:
        return None
    return key


def _carried(rows: Iterable[Any], level: Level, cells: Cells) -> Iterable[Any]:
    for row in rows:
        try:
            values = [getattr(row, slot.label) for slot in cells.columns]
            yield cells.calculate(*values) if cells.calculate else values[0]
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
