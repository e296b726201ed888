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
    _children: dict[UUID, list[UUID]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        children: dict[UUID, list[UUID]] = {}
        for category, parent in self.parents.items():
            if parent is not None:
                children.setdefault(parent, []).append(category)
        object.__setattr__(self, "_children", children)

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
