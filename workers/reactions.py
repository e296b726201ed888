"""What follows from what happened: journal lines → jobs. The one table of it.

A job runs at least once for the lines it follows from, soon after their commit, and once for many that come together.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from domain import events
from runtime.facts import Fact
from runtime.outbox import Untold

_CHECK_BUDGETS = ("check_budgets",)

REACTIONS: Mapping[type[Fact], tuple[str, ...]] = {
    events.TransactionsAdded: _CHECK_BUDGETS,
    events.TransactionsModified: _CHECK_BUDGETS,
    events.TransactionCategorized: _CHECK_BUDGETS,
    events.TransactionsRemoved: _CHECK_BUDGETS,
    events.BudgetCreated: _CHECK_BUDGETS,
    events.BudgetUpdated: _CHECK_BUDGETS,
}
"""All of these happen in households: each job takes the `household_id`."""

_BY_KIND = {fact.__name__: names for fact, names in REACTIONS.items()}


@dataclass(frozen=True, slots=True)
class Reaction:
    job: str
    household_id: UUID


def reactions_to(lines: Iterable[Untold]) -> list[Reaction]:
    """In the order of the lines, each once."""
    found = (Reaction(job, line.stream_id) for line in lines for job in _BY_KIND.get(line.kind, ()))
    return list(dict.fromkeys(found))
