"""Which categories a budget covers: its own and everything of kind EXPENSE below it."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from uuid import UUID


@dataclass(frozen=True, slots=True)
class ExpenseTree:
    """A household's categories: the parent of each, in the order in which they were made, and which are EXPENSE.

    An EXPENSE category below one of another kind is still below what stands above that.
    """

    parents: Mapping[UUID, UUID | None]
    expenses: AbstractSet[UUID]
    _children: Mapping[UUID, list[UUID]] = field(init=False, repr=False, compare=False)
    _places: Mapping[UUID, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_children", _below({}, self.parents))
        object.__setattr__(self, "_places", {category: place for place, category in enumerate(self.parents)})

    def with_more(self, parents: Mapping[UUID, UUID | None], expenses: AbstractSet[UUID]) -> "ExpenseTree":
        """The same with further categories; what it costs is a matter of those."""
        tree = object.__new__(ExpenseTree)
        object.__setattr__(tree, "parents", {**self.parents, **parents})
        object.__setattr__(tree, "expenses", self.expenses | expenses)
        object.__setattr__(tree, "_children", _below(self._children, parents))
        places = {category: place for place, category in enumerate(parents, len(self._places))}
        object.__setattr__(tree, "_places", {**self._places, **places})
        return tree

    def place_of(self, category_id: UUID) -> int:
        """Its place in the order of the categories."""
        return self._places[category_id]

    def covered_by(self, category_id: UUID) -> set[UUID]:
        """The EXPENSE categories whose spending counts in a budget of this category."""
        seen, waiting = {category_id}, [category_id]
        while waiting:
            below = [child for child in self._children.get(waiting.pop(), ()) if child not in seen]
            seen.update(below)
            waiting += below
        return {category for category in seen if category in self.expenses}

    def above(self, category_id: UUID) -> set[UUID]:
        """All categories that this one lies below."""
        found: set[UUID] = set()
        parent = self.parents.get(category_id)
        while parent is not None and parent not in found:
            found.add(parent)
            parent = self.parents.get(parent)
        return found


def _below(children: Mapping[UUID, list[UUID]], parents: Mapping[UUID, UUID | None]) -> dict[UUID, list[UUID]]:
    found = dict(children)
    for category, parent in parents.items():
        if parent is not None:
            found[parent] = [*found.get(parent, ()), category]
    return found
