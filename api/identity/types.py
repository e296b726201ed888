"""People and sessions."""

from collections.abc import Sequence
from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING, Annotated

import strawberry

from api.fields import column, edge, value
from api.gates import Payload
from api.node import Node, node_type
from api.scopes import requires
from domain.identity import models
from domain.identity.queries import users_by_ids
from runtime import viewer as runtime_viewer
from runtime.reader import Reader

if TYPE_CHECKING:
    from api.factors.types import SignInChallenge
    from api.viewer import Viewer


@strawberry.enum(description="A day of the week.")
class Weekday(Enum):
    MONDAY = strawberry.enum_value("MONDAY", description="Monday.")
    TUESDAY = strawberry.enum_value("TUESDAY", description="Tuesday.")
    WEDNESDAY = strawberry.enum_value("WEDNESDAY", description="Wednesday.")
    THURSDAY = strawberry.enum_value("THURSDAY", description="Thursday.")
    FRIDAY = strawberry.enum_value("FRIDAY", description="Friday.")
    SATURDAY = strawberry.enum_value("SATURDAY", description="Saturday.")
    SUNDAY = strawberry.enum_value("SUNDAY", description="Sunday.")


WEEKDAYS = tuple(Weekday.__members__)


def weekday_of(number: int) -> str:
    """1 is Monday (ISO 8601)."""
    return WEEKDAYS[number - 1]


def _is_there(value: object) -> bool:
    return value is not None


@requires("profile:read")
@node_type("usr", models.User, by_ids=users_by_ids, description="A person.")
class User(Node):
    email: str = column("The address the person signs in with.")
    display_name: str = column("How the person is called.")
    timezone: str = column("The person's own zone (IANA name).")
    is_email_verified: bool = value(
        "Whether the person has shown that mail to this address reaches them.", _is_there, "email_verified_at"
    )
    week_starts_on: Weekday = value("The first day of the person's weeks.", weekday_of, "week_starts_on")
    month_starts_on: int = column(
        "The first day of the person's months, 1 to 28, such as the day of their wages: for how clients show them. "
        "Budgets and reports keep the calendar's."
    )
    locale: str = column('The person\'s language tag (BCP 47), such as "en" or "de-AT".')


@requires("person")
@strawberry.type(description="What a client keeps to act for a person: two tokens and until when they are good.")
class Session:
    access_token: str = column("Send it as `Authorization: Bearer …`, or in `connection_init`. Lives for minutes.")
    access_token_expires_at: datetime = column("When the access token ends; the session goes on.")
    refresh_token: str = column("Good once, for `refreshSession`. Keep it secret.")
    refresh_token_expires_at: datetime = column("When the session ends unless it is refreshed before.")


async def viewer_itself(
    reader: Reader, viewers: Sequence[runtime_viewer.Viewer]
) -> dict[runtime_viewer.Viewer, runtime_viewer.Viewer]:
    """A payload's viewer is whoever the mutation signed in: the reader is bound to nobody else."""
    return {viewer: reader.viewer for viewer in viewers if viewer == reader.viewer}


@strawberry.type(description="A session that was opened or renewed.")
class SessionPayload(Payload):
    session: Session | None = column("The tokens; null where it was refused, or a second factor is needed.")
    challenge: Annotated["SignInChallenge", strawberry.lazy("api.factors.types")] | None = column(
        "What is still to be answered; null where no second factor is needed."
    )
    viewer: Annotated["Viewer", strawberry.lazy("api.viewer")] | None = edge(
        viewer_itself, "viewer", description="Whom the session belongs to; null where there is none."
    )


@strawberry.type(description="A session that was ended.")
class SignOutPayload(Payload):
    pass


@strawberry.type(description="A person who was changed.")
class UserPayload(Payload):
    user: User | None = edge(users_by_ids, "object_id", description="The person; null where it was refused.")
