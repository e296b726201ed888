"""The only door to personal data: each area hangs its fields on it."""

import strawberry

from api.accounts.queries import AccountsOfViewer
from api.apps.queries import AppsOfViewer
from api.bank_links.queries import BankLinksOfViewer
from api.budgets.queries import BudgetsOfViewer
from api.categories.queries import CategoriesOfViewer
from api.changes.queries import ChangesOfViewer
from api.factors.queries import FactorsOfViewer
from api.goals.queries import GoalsOfViewer
from api.households.queries import HouseholdOfViewer
from api.identity.queries import IdentityOfViewer
from api.notifications.queries import NotificationsOfViewer
from api.recurring.queries import RecurringOfViewer
from api.reports.queries import ReportsOfViewer
from api.savings_groups.queries import SavingsGroupsOfViewer
from api.statement_imports.queries import StatementImportsOfViewer
from api.transactions.queries import TransactionsOfViewer
from api.webhook_endpoints.queries import WebhookEndpointsOfViewer


@strawberry.type(description="Everything that belongs to the signed-in person's household.")
class Viewer(
    HouseholdOfViewer,
    IdentityOfViewer,
    FactorsOfViewer,
    ChangesOfViewer,
    AccountsOfViewer,
    BankLinksOfViewer,
    TransactionsOfViewer,
    CategoriesOfViewer,
    BudgetsOfViewer,
    GoalsOfViewer,
    ReportsOfViewer,
    SavingsGroupsOfViewer,
    RecurringOfViewer,
    StatementImportsOfViewer,
    NotificationsOfViewer,
    AppsOfViewer,
    WebhookEndpointsOfViewer,
):
    pass
