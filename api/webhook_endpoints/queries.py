"""The person's webhook endpoints."""

import strawberry

from api.fields import edge
from api.webhook_endpoints.types import WebhookEndpoint
from domain.webhook_endpoints.queries import endpoints_by_user


@strawberry.type
class WebhookEndpointsOfViewer:
    webhook_endpoints: list[WebhookEndpoint] = edge(
        endpoints_by_user,
        "user_id",
        description="Where your changes of this household are sent to, as they were made; for an app or a token only "
        "those that it made.",
        scope="webhook_endpoints:read",
    )
