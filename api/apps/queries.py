"""The person's apps and tokens, and who may act for them."""

import strawberry

from api.apps.types import App, Grant, PersonalToken
from api.fields import edge
from domain.apps.queries import apps_by_user, grants_by_user, tokens_by_user


@strawberry.type
class AppsOfViewer:
    apps: list[App] = edge(
        apps_by_user, "user_id", description="The apps that you registered, as they were made.", scope="person"
    )
    grants: list[Grant] = edge(
        grants_by_user,
        "user_id",
        description="The apps that may act for you in this household, as you allowed them.",
        scope="person",
    )
    personal_tokens: list[PersonalToken] = edge(
        tokens_by_user,
        "user_id",
        description="Your tokens of this household that are good, as you made them.",
        scope="person",
    )
