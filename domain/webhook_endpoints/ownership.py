"""Whose endpoints a viewer may know of: a person all of theirs, a third party those that it made for them."""

from sqlalchemy import ColumnElement

from domain.webhook_endpoints.models import WebhookEndpoint
from runtime.viewer import Viewer


def is_theirs(viewer: Viewer) -> list[ColumnElement[bool]]:
    """An app knows its own whichever of its grants made them, a token only what it made itself."""
    conditions = [
        WebhookEndpoint.household_id == viewer.household_id,
        WebhookEndpoint.user_id == viewer.user_id,
    ]
    if viewer.app_id is not None:
        conditions.append(WebhookEndpoint.app_id == viewer.app_id)
    elif viewer.scopes is not None:
        conditions.append(WebhookEndpoint.session_id == viewer.session_id)
    return conditions
