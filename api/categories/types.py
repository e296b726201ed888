"""Categories and the rules that choose them."""

from enum import Enum
from typing import Annotated

import strawberry

from api.fields import column, edge
from api.merchants.types import Merchant
from api.node import Node, node_type
from api.scopes import requires
from domain.categories import models
from domain.categories.queries import categories_by_ids, rules_by_ids
from domain.merchants.queries import merchants_by_ids


@strawberry.enum(description="What a category's amounts count as, whatever their sign.")
class CategoryKind(Enum):
    INCOME = strawberry.enum_value("INCOME", description="Counts as income; a negative amount takes from it.")
    EXPENSE = strawberry.enum_value("EXPENSE", description="Counts as spending; a refund takes from it.")
    TRANSFER = strawberry.enum_value("TRANSFER", description="Neither income nor spending.")


@strawberry.enum(description="Who decided a transaction's category.")
class CategorySource(Enum):
    PERSON = strawberry.enum_value("PERSON", description="A person chose it: the system never changes it.")
    RULE = strawberry.enum_value("RULE", description="One of the household's rules.")
    PROVIDER = strawberry.enum_value("PROVIDER", description="The provider that the transaction came from.")
    MERCHANT = strawberry.enum_value("MERCHANT", description="What the merchant is known to sell.")
    CROWD = strawberry.enum_value("CROWD", description="What most others choose. Decides nothing yet.")
    MODEL = strawberry.enum_value("MODEL", description="A learned model. Decides nothing yet.")
    NONE = strawberry.enum_value("NONE", description="Nobody: the transaction is uncategorised.")


@requires("categories:read")
@node_type(
    "cat",
    models.OwnCategory,
    by_ids=categories_by_ids,
    description="What transactions are for. Uncategorised is two of them: one for money out, one for money in.",
)
class Category(Node):
    name: str = column("How it is called.")
    kind: CategoryKind = column("What its amounts count as.")
    parent: Annotated["Category", strawberry.lazy("api.categories.types")] | None = edge(
        categories_by_ids, "parent_id", description="The category above; null at the top."
    )
    is_own: bool = column("Made by this household; otherwise provided by the system and shared by everyone.")


@requires("categories:read")
@node_type(
    "rul",
    models.CategoryRule,
    by_ids=rules_by_ids,
    description=(
        "What to do with later transactions that match. Rules run in order, the first that decides a field wins; "
        "the newest comes first."
    ),
)
class CategoryRule(Node):
    position: int = column("Rules run from the lowest position up.")
    merchant: Merchant | None = edge(
        merchants_by_ids, "merchant_id", description="It is for this merchant; null where it is for words."
    )
    words: str | None = column("It is for descriptions with all of these words; null where it is for a merchant.")
    category: Category | None = edge(
        categories_by_ids, "category_id", description="The category it gives; null where it decides other things."
    )
