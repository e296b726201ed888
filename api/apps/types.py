"""Third parties, and what a person lets them do."""

from datetime import datetime

import strawberry

from api import ids
from api.accounts.types import Account
from api.fields import column, edge, rows_of, value
from api.gates import Payload
from api.scalars import URL
from api.scopes import requires
from domain.apps import models
from domain.apps.queries import accounts_by_third_party, apps_by_ids, third_parties_by_ids
from domain.identity.models import Session

APP, GRANT, TOKEN = "app", "grt", "pat"
"""What their ids begin with."""


@requires("person")
@strawberry.type(description="Software of a third party, as you registered it: a client in the words of OAuth.")
@rows_of(models.App)
class App:
    id: strawberry.ID = value("Its id, which is also its `client_id`.", ids.encoder(APP), "id")
    name: str = column("What people are told it is called.")
    homepage: URL | None = column("Where people can read about it.")
    redirect_uris: list[str] = column("Where people may be sent back to, compared letter by letter.")
    is_confidential: bool = column("Whether it runs where it can keep a secret.")
    created_at: datetime = column("When it was registered.")


@requires("person")
@strawberry.type(description="An app that may act for you, within what you allowed.")
@rows_of(Session)
class Grant:
    id: strawberry.ID = value("For `revokeGrant`.", ids.encoder(GRANT), "id")
    app_name: str = column("The app's name, as it was when you allowed it.", "label")
    scopes: list[str] = column("What it may do.")
    accounts: list[Account] | None = edge(
        accounts_by_third_party, "id", description="The accounts it is narrowed to; null for all that you may see."
    )
    created_at: datetime = column("When you allowed it.")
    last_used_at: datetime | None = column("When it was used last, as far as that is known.", "used_at")


@requires("person")
@strawberry.type(description="A token that you made for a tool of your own.")
@rows_of(Session)
class PersonalToken:
    id: strawberry.ID = value("For `revokePersonalToken`.", ids.encoder(TOKEN), "id")
    name: str = column("How you called it.", "label")
    scopes: list[str] = column("What it may do.")
    accounts: list[Account] | None = edge(
        accounts_by_third_party, "id", description="The accounts it is narrowed to; null for all that you may see."
    )
    created_at: datetime = column("When you made it.")
    expires_at: datetime = column("Until when it is good.")
    last_used_at: datetime | None = column("When it was used last, as far as that is known.", "used_at")


@strawberry.type(description="An app that was registered or changed.")
class AppPayload(Payload):
    app: App | None = edge(apps_by_ids, "object_id", description="The app; null where it was refused.")
    client_secret: str | None = column(
        "Its new `client_secret`, shown this once; null where none was made. The one before is good no more."
    )


@strawberry.type(description="An app that was deleted.")
class DeleteAppPayload(Payload):
    deleted_id: strawberry.ID | None = column("Its id; null where it was refused.")


@strawberry.type(description="A personal token that was made.")
class PersonalTokenPayload(Payload):
    personal_token: PersonalToken | None = edge(
        third_parties_by_ids, "object_id", description="The token; null where it was refused."
    )
    secret: str | None = column("What to send as `Authorization: Bearer …`, shown this once.")


@strawberry.type(description="A grant or a token that is good no more.")
class RevokePayload(Payload):
    revoked_id: strawberry.ID | None = column("Its id; null where it was refused.")
