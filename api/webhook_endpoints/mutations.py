"""Webhook endpoints: made, changed, tested, sent back to a position."""

from uuid import UUID

import strawberry

from api.context import Context
from api.gates import Outcome, mutation, vendor_mutation
from api.ids import input_id
from api.inputs import given
from api.scalars import URL
from api.webhook_endpoints.types import (
    DeleteWebhookEndpointPayload,
    SendTestWebhookPayload,
    WebhookEndpointPayload,
    WebhookSecretPayload,
)
from domain.webhook_endpoints import commands, replaying
from domain.webhook_endpoints.commands import Wish
from domain.webhook_endpoints.messages import ENDPOINT
from runtime.unit import Unit, in_unit

JOB = "deliver_webhooks"


@strawberry.input(description="A server that is to be told what changes.")
class CreateWebhookEndpointInput:
    url: URL = strawberry.field(
        description="Where messages go: https, a host's name on the public internet, port 443 or 8443."
    )
    types: list[str] | None = strawberry.field(
        default=None,
        description="Only changes of objects of these types of this schema, as in `Viewer.changes`; left out: all.",
    )
    description: str | None = strawberry.field(default=None, description="What it is for, 200 characters at most.")
    include_values: bool | None = strawberry.field(
        default=False,
        description="Have amounts, names and descriptions in the messages: for the person alone, with fresh proof.",
    )


@strawberry.input(description="Left out = unchanged.")
class UpdateWebhookEndpointInput:
    endpoint_id: strawberry.ID = strawberry.field(description="Which endpoint.")
    url: URL | None = strawberry.field(
        default=strawberry.UNSET,
        description="Where messages go. Another one for messages with values needs fresh proof of the person.",
    )
    types: list[str] | None = strawberry.field(default=strawberry.UNSET, description="Null means all.")
    description: str | None = strawberry.field(default=strawberry.UNSET, description="What it is for.")
    include_values: bool | None = strawberry.field(
        default=strawberry.UNSET, description="True needs fresh proof of the person."
    )
    is_enabled: bool | None = strawberry.field(
        default=strawberry.UNSET,
        description="False stops it; true goes on where it stopped. An app that enables one of its own makes it follow "
        "its present grant.",
    )


@strawberry.input(description="An endpoint of yours.")
class DeleteWebhookEndpointInput:
    endpoint_id: strawberry.ID = strawberry.field(description="Which endpoint.")


@strawberry.input(description="An endpoint of yours.")
class RotateWebhookSecretInput:
    endpoint_id: strawberry.ID = strawberry.field(description="Which endpoint.")


@strawberry.input(description="An endpoint of yours.")
class SendTestWebhookInput:
    endpoint_id: strawberry.ID = strawberry.field(description="Which endpoint.")


@strawberry.input(description="An endpoint of yours, and a position.")
class ReplayWebhooksInput:
    endpoint_id: strawberry.ID = strawberry.field(description="Which endpoint.")
    after: str = strawberry.field(
        description="A position of this household's journal: everything behind it is sent again. At most 10,000 lines "
        "back."
    )


async def create_webhook_endpoint(context: Context, input: CreateWebhookEndpointInput) -> Outcome:
    world = context.world
    wish = Wish(input.url, input.types, input.description or "", bool(input.include_values))

    async def work(unit: Unit) -> tuple[UUID, str]:
        return await commands.create_webhook_endpoint(unit, world.keys, world.settings.webhooks, wish)

    endpoint_id, secret = await in_unit(world.database, context.require_viewer(), work)
    return Outcome(endpoint_id, details={"secret": secret})


async def update_webhook_endpoint(context: Context, input: UpdateWebhookEndpointInput) -> UUID:
    world, endpoint_id = context.world, input_id(ENDPOINT, input.endpoint_id, "endpointId")

    async def work(unit: Unit) -> UUID:
        return await commands.update_webhook_endpoint(
            unit, world.settings.webhooks, endpoint_id, given(input, "endpoint_id")
        )

    await in_unit(world.database, context.require_viewer(), work)
    await world.jobs.enqueue(JOB, endpoint_id=endpoint_id)
    return endpoint_id


async def delete_webhook_endpoint(unit: Unit, input: DeleteWebhookEndpointInput) -> Outcome:
    await commands.delete_webhook_endpoint(unit, input_id(ENDPOINT, input.endpoint_id, "endpointId"))
    return Outcome(details={"deleted_id": input.endpoint_id})


async def rotate_webhook_secret(context: Context, input: RotateWebhookSecretInput) -> Outcome:
    endpoint_id = input_id(ENDPOINT, input.endpoint_id, "endpointId")

    async def work(unit: Unit) -> tuple[UUID, str]:
        return await commands.rotate_webhook_secret(unit, context.world.keys, endpoint_id)

    _, secret = await in_unit(context.world.database, context.require_viewer(), work)
    return Outcome(endpoint_id, details={"secret": secret})


async def send_test_webhook(context: Context, input: SendTestWebhookInput) -> UUID:
    world, endpoint_id = context.world, input_id(ENDPOINT, input.endpoint_id, "endpointId")

    async def work(unit: Unit) -> UUID:
        return await replaying.send_test_webhook(unit, endpoint_id)

    delivery_id = await in_unit(world.database, context.require_viewer(), work)
    await world.jobs.enqueue(JOB, endpoint_id=endpoint_id)
    return delivery_id


async def replay_webhooks(context: Context, input: ReplayWebhooksInput) -> UUID:
    world, endpoint_id = context.world, input_id(ENDPOINT, input.endpoint_id, "endpointId")
    await replaying.replay_webhooks(world.database, context.require_viewer(), endpoint_id, input.after)
    await world.jobs.enqueue(JOB, endpoint_id=endpoint_id)
    return endpoint_id


@strawberry.type
class WebhookEndpointMutations:
    create_webhook_endpoint: WebhookSecretPayload | None = vendor_mutation(
        create_webhook_endpoint,
        description="Have a server told what changes in this household from now on, as far as whoever makes the "
        "endpoint may see it. It ends with the grant or token that made it, and one that you made yourself when all of "
        "your sessions are ended at once.",
        open_to_viewers=True,
        scope="webhook_endpoints:write",
    )
    update_webhook_endpoint: WebhookEndpointPayload | None = vendor_mutation(
        update_webhook_endpoint,
        description="Change an endpoint, stop it, or have it go on.",
        open_to_viewers=True,
        scope="webhook_endpoints:write",
    )
    delete_webhook_endpoint: DeleteWebhookEndpointPayload | None = mutation(
        delete_webhook_endpoint,
        description="Delete an endpoint, with its secrets and its log.",
        open_to_viewers=True,
        scope="webhook_endpoints:write",
    )
    rotate_webhook_secret: WebhookSecretPayload | None = vendor_mutation(
        rotate_webhook_secret,
        description="Make a new secret. For 24 hours messages are signed with the one before as well; one older than "
        "that is good no more.",
        open_to_viewers=True,
        scope="webhook_endpoints:write",
    )
    send_test_webhook: SendTestWebhookPayload | None = vendor_mutation(
        send_test_webhook,
        description="Send a `ping`, once and soon, whatever else waits.",
        open_to_viewers=True,
        scope="webhook_endpoints:write",
    )
    replay_webhooks: WebhookEndpointPayload | None = vendor_mutation(
        replay_webhooks,
        description="Send everything behind a position again, dead letters included; or skip what lies before one that "
        "was not reached yet.",
        open_to_viewers=True,
        scope="webhook_endpoints:write",
    )
