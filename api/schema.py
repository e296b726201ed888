"""Assembles the areas into one schema."""

import asyncio
from typing import Annotated, Any

import strawberry
from strawberry.schema.config import StrawberryConfig

from api.accounts.mutations import AccountMutations
from api.accounts.subscriptions import BalanceSubscription
from api.bank_links.mutations import BankLinkMutations
from api.bank_links.subscriptions import SyncSubscription
from api.budgets.mutations import BudgetMutations
from api.categories.mutations import CategoryMutations
from api.changes.subscriptions import ChangesSubscription
from api.defaults import omit_null_defaults
from api.errors import bad_input
from api.fields import Info
from api.goals.mutations import GoalMutations
from api.identity.mutations import IdentityMutations
from api.node import Node, nodes_by_text
from api.notifications.mutations import NotificationMutations
from api.notifications.subscriptions import NotificationSubscription
from api.rate_limit import RateLimit, rate_limit
from api.savings_groups.mutations import SavingsGroupMutations
from api.savings_groups.subscriptions import GroupSubscription
from api.scalars import SCALARS
from api.statement_imports.mutations import StatementImportMutations
from api.transactions.mutations import TransactionMutations
from api.transactions.subscriptions import TransactionsSubscription
from api.viewer import Viewer

MOST_NODES = 100


async def viewer(info: Info) -> Any:
    return info.context.viewer


async def node(info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="The object's id.")]) -> Any:
    if info.context.viewer is None:
        return None
    return await info.context.batcher.load(nodes_by_text, id, {}, None)


async def several_nodes(
    info: Info,
    ids: Annotated[list[strawberry.ID], strawberry.argument(description="The objects' ids; at most 100.")],
) -> list[Any]:
    if len(ids) > MOST_NODES:
        raise bad_input(f"At most {MOST_NODES} ids at once.")
    if info.context.viewer is None:
        return [None] * len(ids)
    return await asyncio.gather(*[info.context.batcher.load(nodes_by_text, id, {}, None) for id in ids])


@strawberry.type(description="Reading.")
class Query:
    viewer: Viewer | None = strawberry.field(
        resolver=viewer,
        description="Everything that belongs to the signed-in person's household. Null when no credentials were sent.",
    )
    node: Node | None = strawberry.field(
        resolver=node, description="Any object by its id. Null where it is not there, or not yours."
    )
    nodes: list[Node | None] = strawberry.field(
        resolver=several_nodes,
        description="At most 100 objects, in the order given; null for each that is not there, or not yours.",
    )
    rate_limit: RateLimit | None = strawberry.field(
        resolver=rate_limit, description="Null when limits cannot be read at the moment."
    )


@strawberry.type(description="Changing. Mutations of one document run one after the other.")
class Mutation(
    IdentityMutations,
    BankLinkMutations,
    AccountMutations,
    TransactionMutations,
    CategoryMutations,
    BudgetMutations,
    GoalMutations,
    SavingsGroupMutations,
    StatementImportMutations,
    NotificationMutations,
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
)
omit_null_defaults(schema._schema)
