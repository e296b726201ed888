"""The household's categories and rules."""

import strawberry

from api.categories.types import Category, CategoryRule
from api.fields import edge
from domain.categories.queries import categories_by_household, rules_by_household


@strawberry.type
class CategoriesOfViewer:
    categories: list[Category] = edge(
        categories_by_household,
        "household_id",
        description="Every category that can be used: the system's, then the household's own.",
        scope="categories:read",
    )
    rules: list[CategoryRule] = edge(
        rules_by_household,
        "household_id",
        description="The household's rules, in the order in which they run.",
        scope="categories:read",
    )
