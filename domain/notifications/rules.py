"""What is worth telling of a budget's period, and in which words."""

from dataclasses import dataclass
from uuid import UUID

from domain.budgets.rules import NEARING_PERCENT, BudgetState, BudgetStatus
from domain.money import zero

NEARING, EXCEEDED = "BUDGET_NEARING", "BUDGET_EXCEEDED"


@dataclass(frozen=True, slots=True)
class BudgetWarning:
    """What to tell once of one period; `kind` is a NotificationKind."""

    kind: str
    budget_id: UUID
    period: str
    title: str
    body: str

    def key(self, kind: str) -> str:
        """Under which a warning of that kind is told once for this period."""
        return f"{kind}:{self.budget_id}:{self.period}"


def warning_of(budget_id: UUID, category: str, status: BudgetStatus) -> BudgetWarning | None:
    """The warning of a period as it stands; null while there is nothing to tell.

    A period in which nothing was spent tells nothing, also where it began with more missing than it allows: that was
    told when it was spent.
    """
    if status.state is BudgetState.ON_TRACK or status.spent <= zero(status.spent.currency):
        return None
    available = status.limit + status.rolled_over
    of = f" of {available}" if available > zero(available.currency) else ""
    spent = f"{status.spent}{of} is spent from {status.days.first} to {status.days.last}"
    period = status.days.first.isoformat()
    if status.state is BudgetState.OVER:
        body = f"{spent}: {-status.remaining} more than there was."
        return BudgetWarning(EXCEEDED, budget_id, period, f"{category}: the budget is exceeded", body)
    title = f"{category}: {NEARING_PERCENT} % of the budget is spent"
    return BudgetWarning(NEARING, budget_id, period, title, f"{spent}: {status.remaining} is left.")
