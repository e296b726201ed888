"""Categories as a household sees them: the system's and its own, and its rules."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select

from domain.categories.models import CategoryRule, OwnCategory
from domain.categories.system import ALL
from domain.households.queries import categories_of_viewer
from domain.rows import ListByKey, OneByKey
from runtime.reader import Reader
from runtime.rows import JoinedRow
from runtime.statements import HOUSEHOLD, MOST_CHOICES
from runtime.unit import Unit


@dataclass(frozen=True, slots=True)
class CategoryRow:
    """A category, whoever made it. `kind` is the name of a CategoryKind."""

    id: UUID
    name: str
    kind: str
    parent_id: UUID | None
    is_own: bool


_SYSTEM = {one.id: CategoryRow(one.id, one.name, one.kind.value, one.parent, False) for one in ALL}


class _Categories(OneByKey[Any]):
    """Those that the household can use. The system's cost no statement."""

    def remembered(self, reader: Reader, keys: Sequence[UUID]) -> dict[UUID, Any]:
        system = _system(self.layout(reader).joined)
        return {id: system[id] for id in keys if id in system}

    async def of_unit(self, unit: Unit, ids: Sequence[UUID]) -> dict[UUID, CategoryRow]:
        """The same for a command."""
        found = {id: _SYSTEM[id] for id in ids if id in _SYSTEM}
        own = [id for id in ids if id not in found]
        return found | await _own(unit, select(OwnCategory).where(OwnCategory.id.in_(own))) if own else found


categories_by_ids = _Categories(OwnCategory, OwnCategory.id, OwnCategory.household_id == HOUSEHOLD)


async def category_tree(source: Reader | Unit) -> dict[UUID, CategoryRow]:
    """All that the household can use: the system's, parents first, then its own as they were made."""
    if isinstance(source, Reader):
        return await source.once("category tree", _tree)
    return _SYSTEM | await _own(source, select(OwnCategory))


async def _tree(reader: Reader) -> dict[UUID, CategoryRow]:
    own = await categories_of_viewer(reader)
    return _SYSTEM | {id: CategoryRow(id, name, kind, parent, True) for id, name, kind, parent in own}


async def categories_by_household(reader: Reader, ids: Sequence[UUID]) -> dict[UUID, list[Any]]:
    """All categories of the viewer's household, in the tree's order."""
    tree = await category_tree(reader)
    joined = categories_by_ids.layout(reader).joined
    system = _system(joined)
    rows = [system.get(id) or joined.of(row) for id, row in tree.items()]
    return {id: rows for id in ids if id == reader.viewer.household_id}


async def _own(unit: Unit, statement: Select[OwnCategory]) -> dict[UUID, CategoryRow]:
    mine = statement.where(OwnCategory.household_id == unit.household_id)
    rows = await unit.session.scalars(mine.order_by(OwnCategory.created_at, OwnCategory.id))
    return _as_rows(rows)


def _as_rows(found: Iterable[OwnCategory]) -> dict[UUID, CategoryRow]:
    return {row.id: CategoryRow(row.id, row.name, row.kind, row.parent_id, True) for row in found}


@lru_cache(MOST_CHOICES)
def _system(rows: type[JoinedRow]) -> Mapping[UUID, JoinedRow]:
    """The system's categories as rows of the columns that are wanted."""
    return {id: rows.of(row) for id, row in _SYSTEM.items()}


def with_all_below(tree: Mapping[UUID, CategoryRow], ids: Iterable[UUID]) -> set[UUID]:
    """The given categories of the tree and everything below them; those that it does not have are left out."""
    children: dict[UUID, list[UUID]] = defaultdict(list)
    for row in tree.values():
        if row.parent_id is not None:
            children[row.parent_id].append(row.id)
    found: set[UUID] = set()
    waiting = [id for id in ids if id in tree]
    while waiting:
        if (id := waiting.pop()) not in found:
            found.add(id)
            waiting += children[id]
    return found


rules_by_ids = OneByKey[CategoryRule](CategoryRule, CategoryRule.id, CategoryRule.household_id == HOUSEHOLD)

rules_by_household = ListByKey(CategoryRule, CategoryRule.household_id, order=(CategoryRule.position, CategoryRule.id))
"""In the order in which they run."""
