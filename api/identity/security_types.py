"""Sessions and security events, as their person sees them."""

from datetime import datetime
from enum import Enum

import strawberry

from api.fields import column, edge, value
from api.node import Node, node_type
from api.scopes import requires
from domain.identity import models
from domain.identity.queries import security_events_by_ids, sessions_by_ids, which_is_current


def _last_used(used_at: datetime | None, refreshed_at: datetime) -> datetime:
    return refreshed_at if used_at is None else max(used_at, refreshed_at)


@requires("person")
@node_type("ses", models.Session, by_ids=sessions_by_ids, description="Somewhere that you are signed in.")
class ActiveSession(Node):
    device: str = column('What the client calls itself, such as "Firefox on Linux".', "label")
    network: str = column('Where it was last, no finer than the network, such as "203.0.113.0/24"; may be empty.')
    created_at: datetime = column("When you signed in.")
    last_used_at: datetime = value("When it was last used, to a minute or so.", _last_used, "used_at", "refreshed_at")
    expires_at: datetime = column("When it ends unless it is refreshed before.")
    is_current: bool = edge(which_is_current, "id", description="Whether this request came with it.")


@strawberry.enum(description="What happened.")
class SecurityEventKind(Enum):
    SIGNED_IN = strawberry.enum_value("SIGNED_IN", description="Signed in.")
    NEW_DEVICE = strawberry.enum_value("NEW_DEVICE", description="Signed in from a device not seen before.")
    SESSION_ENDED = strawberry.enum_value("SESSION_ENDED", description="A session was ended.")
    OTHER_SESSIONS_ENDED = strawberry.enum_value("OTHER_SESSIONS_ENDED", description="All sessions but one were ended.")
    REFRESH_TOKEN_REUSED = strawberry.enum_value(
        "REFRESH_TOKEN_REUSED", description="An old refresh token was shown, and its session ended."
    )
    EMAIL_VERIFIED = strawberry.enum_value("EMAIL_VERIFIED", description="The address was verified.")
    EMAIL_CHANGE_ASKED = strawberry.enum_value(
        "EMAIL_CHANGE_ASKED", description="Another address was asked for; nothing was changed yet."
    )
    EMAIL_CHANGED = strawberry.enum_value("EMAIL_CHANGED", description="The address was changed.")
    PASSWORD_CHANGED = strawberry.enum_value("PASSWORD_CHANGED", description="The password was changed.")
    PASSWORD_RESET = strawberry.enum_value("PASSWORD_RESET", description="The password was reset by mail.")
    FACTOR_ADDED = strawberry.enum_value("FACTOR_ADDED", description="A second factor or a passkey was added.")
    FACTOR_REMOVED = strawberry.enum_value("FACTOR_REMOVED", description="A second factor or a passkey was removed.")
    FACTOR_REFUSED = strawberry.enum_value(
        "FACTOR_REFUSED", description="Somebody failed several times to show a second factor."
    )
    BACKUP_CODES_MADE = strawberry.enum_value("BACKUP_CODES_MADE", description="New backup codes were made.")
    BACKUP_CODE_USED = strawberry.enum_value("BACKUP_CODE_USED", description="A backup code was used.")
    SIGN_IN_JOINED = strawberry.enum_value("SIGN_IN_JOINED", description="A sign-in at another provider was joined.")
    SIGN_IN_PARTED = strawberry.enum_value("SIGN_IN_PARTED", description="A sign-in at another provider was parted.")
    TOKEN_MADE = strawberry.enum_value("TOKEN_MADE", description="A personal access token was made.")
    TOKEN_ENDED = strawberry.enum_value("TOKEN_ENDED", description="A personal access token was ended.")
    APP_ALLOWED = strawberry.enum_value("APP_ALLOWED", description="An app was allowed to act for you.")
    APP_ENDED = strawberry.enum_value("APP_ENDED", description="An app may not act for you any more.")
    OWNERSHIP_MOVED = strawberry.enum_value("OWNERSHIP_MOVED", description="A household got another owner.")
    WEBHOOK_MADE = strawberry.enum_value("WEBHOOK_MADE", description="A webhook endpoint was made or moved.")
    WEBHOOK_DISABLED = strawberry.enum_value(
        "WEBHOOK_DISABLED",
        description="A webhook endpoint was disabled: its receiver did not answer, or wanted no more.",
    )
    DELETION_ASKED = strawberry.enum_value("DELETION_ASKED", description="The account is to be deleted.")
    DELETION_CANCELLED = strawberry.enum_value("DELETION_CANCELLED", description="The account stays after all.")


@requires("person")
@node_type(
    "sev", models.SecurityEvent, by_ids=security_events_by_ids, description="What happened to your account, and when."
)
class SecurityEvent(Node):
    kind: SecurityEventKind = column("What happened.")
    at: datetime = column("When.")
    network: str = column("From where, no finer than the network; empty where it is not known.")
    detail: str = column("A few words, such as the device; may be empty.")
