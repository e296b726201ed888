"""Warning people of their budgets: what is spent is looked at after each change, and told once per period."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from domain.budgets.queries import budgets_by_household, statuses_of
from domain.categories.queries import categories_by_ids
from domain.notifications.commands import notify
from domain.notifications.models import Notification
from domain.notifications.rules import EXCEEDED, BudgetWarning, warning_of
from runtime.reader import Reader
from runtime.unit import Unit


async def budget_warnings(reader: Reader) -> list[BudgetWarning]:
    """What there is to tell the reader's viewer today of the household's budgets, whether or not it was told before:
    what is withheld from them does not count."""
    household_id = reader.viewer.household_id
    budgets = (await budgets_by_household(reader, [household_id], include_ended=False)).get(household_id, [])
    if not budgets:
        return []
    statuses = await statuses_of(reader, budgets)
    categories = await categories_by_ids(reader, [budget.category_id for budget in budgets])
    found = [
        warning_of(budget.id, categories[budget.category_id].name, statuses[budget.id])
        for budget in budgets
        if budget.id in statuses
    ]
    return [warning for warning in found if warning is not None]


async def warn_of_budgets(unit: Unit, warnings: Sequence[BudgetWarning], user_ids: Sequence[UUID]) -> None:
    """Tell these members of the household, of whom the unit's is one, what was not told yet. Safe to do twice."""
    # After a refund a budget can be near its limit again: of no interest to whoever was told that it is exceeded.
    # Whom the unit acts for was told with the others.
    exceeded = select(Notification.once_key).where(
        Notification.household_id == unit.household_id,
        Notification.user_id == unit.viewer.user_id,
        Notification.once_key.in_([warning.key(EXCEEDED) for warning in warnings]),
    )
    told = set((await unit.session.scalars(exceeded)).all())
    for warning in warnings:
        if warning.key(EXCEEDED) not in told:
            await notify(
                unit,
                kind=warning.kind,
                title=warning.title,
                body=warning.body,
                once_key=warning.key(warning.kind),
                subject="Budget",
                subject_id=warning.budget_id,
                user_ids=user_ids,
            )
