"""Assembles the areas into one schema."""

import strawberry
from strawberry.schema.config import StrawberryConfig

from api.accounts.mutations import AccountMutations
from api.accounts.subscriptions import BalanceSubscription
from api.apps.mutations import AppMutations
from api.bank_links.mutations import BankLinkMutations
from api.bank_links.subscriptions import SyncSubscription
from api.budgets.mutations import BudgetMutations
from api.categories.mutations import CategoryMutations
from api.changes.subscriptions import ChangesSubscription
from api.defaults import omit_null_defaults
from api.factors.oidc_mutations import OidcMutations
from api.factors.passkey_mutations import PasskeyMutations
from api.factors.queries import sign_in_providers
from api.factors.totp_mutations import TotpMutations
from api.factors.types import SignInProvider
from api.fields import column, edge, world_value
from api.goals.mutations import GoalMutations
from api.households.mutations import HouseholdMutations
from api.households.switching import SwitchingMutations
from api.identity.address_mutations import AddressMutations
from api.identity.deletion_mutations import DeletionMutations
from api.identity.mutations import IdentityMutations
from api.identity.onboarding import OnboardingMutations
from api.identity.session_mutations import SessionMutations
from api.limits.rate_limit import RateLimit
from api.node import Node, node_by_id, nodes_by_ids, nodes_of_each, nodes_of_nobody
from api.notifications.mutations import NotificationMutations
from api.notifications.subscriptions import NotificationSubscription
from api.one_of import answer_is_one_of
from api.savings_groups.mutations import SavingsGroupMutations
from api.savings_groups.subscriptions import GroupSubscription
from api.scalars import SCALARS
from api.scopes import Requires, spread_scopes
from api.statement_imports.mutations import StatementImportMutations
from api.transactions.mutations import TransactionMutations
from api.transactions.subscriptions import TransactionsSubscription
from api.viewer import Viewer
from api.webhook_endpoints.mutations import WebhookEndpointMutations


@strawberry.type(description="Reading.")
class Query:
    viewer: Viewer | None = column(
        "Everything that belongs to the signed-in person's household. Null when no credentials were sent.", scope="any"
    )
    node: Node | None = edge(
        node_by_id,
        "viewer",
        description="Any object by its id. Null where it is not there, or not yours.",
        takes_any_text=True,
        several=nodes_of_each,
        scope="any",
    )
    nodes: list[Node | None] = edge(
        nodes_by_ids,
        "viewer",
        description="At most 100 objects, in the order given; null for each that is not there, or not yours.",
        without_key=nodes_of_nobody,
        takes_any_text=True,
        several=nodes_of_each,
        scope="any",
    )
    rate_limit: RateLimit | None = column(
        "What the client, or its network where nobody is signed in, has left to spend.",
        scope="any",
    )
    sign_in_providers: list[SignInProvider] = world_value(
        "Where else people may sign in, as the operator set it up.", sign_in_providers, scope="any"
    )


@strawberry.type(description="Changing. Mutations of one document run one after the other.")
class Mutation(
    IdentityMutations,
    HouseholdMutations,
    SwitchingMutations,
    AddressMutations,
    SessionMutations,
    OnboardingMutations,
    DeletionMutations,
    TotpMutations,
    PasskeyMutations,
    OidcMutations,
    BankLinkMutations,
    AccountMutations,
    TransactionMutations,
    CategoryMutations,
    BudgetMutations,
    GoalMutations,
    SavingsGroupMutations,
    StatementImportMutations,
    NotificationMutations,
    AppMutations,
    WebhookEndpointMutations,
):
    pass


@strawberry.type(description="What happens, as it happens. Each event is read in a snapshot of its own.")
class Subscription(
    BalanceSubscription,
    GroupSubscription,
    TransactionsSubscription,
    SyncSubscription,
    NotificationSubscription,
    ChangesSubscription,
):
    pass


schema = strawberry.Schema(
    Query,
    Mutation,
    Subscription,
    config=StrawberryConfig(scalar_map=dict(SCALARS)),
    schema_directives=[Requires],
)
spread_scopes(schema._schema)
omit_null_defaults(schema._schema)
answer_is_one_of(schema._schema)
