"""Webhook endpoints as clients make them."""

from typing import Any

from api import ids
from domain.webhook_endpoints.delivering import Delivering, deliver
from integrations.world import World
from tests.api.client import Person

CREATE = """
mutation ($input: CreateWebhookEndpointInput!) {
  createWebhookEndpoint(input: $input) {
    webhookEndpoint { id url types description includeValues isEnabled problem madeBy position }
    secret
    userErrors { code path }
  }
}
"""
UPDATE = """
mutation ($input: UpdateWebhookEndpointInput!) {
  updateWebhookEndpoint(input: $input) {
    webhookEndpoint { url types description includeValues isEnabled problem }
    userErrors { code path }
  }
}
"""
DELETE = """
mutation ($id: ID!) { deleteWebhookEndpoint(input: {endpointId: $id}) { deletedId userErrors { code path } } }
"""
ROTATE = """
mutation ($id: ID!) { rotateWebhookSecret(input: {endpointId: $id}) { secret userErrors { code path } } }
"""
TEST = """
mutation ($id: ID!) {
  sendTestWebhook(input: {endpointId: $id}) { delivery { id kind status after position } userErrors { code path } }
}
"""
REPLAY = """
mutation ($id: ID!, $after: String!) {
  replayWebhooks(input: {endpointId: $id, after: $after}) { webhookEndpoint { position } userErrors { code path } }
}
"""
ENDPOINTS = "{ viewer { sequence webhookEndpoints { id description isEnabled problem position madeBy } } }"
LOG = """
{
  viewer {
    webhookEndpoints {
      deliveries {
        nodes {
          id kind status after position attempts nextAttemptAt responseStatus responseText durationMs problem
        }
      }
    }
  }
}
"""


async def endpoint_at(person: Person, url: str, **given: Any) -> tuple[str, str]:
    """An endpoint's id and secret."""
    made = await person.change(CREATE, input={"url": url, **given})
    return made["webhookEndpoint"]["id"], made["secret"]


async def endpoints(person: Person) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await person.data(ENDPOINTS))["viewer"]["webhookEndpoints"]
    return found


async def log_of(person: Person) -> list[dict[str, Any]]:
    """The deliveries of the person's only endpoint, the newest first."""
    (only,) = (await person.data(LOG))["viewer"]["webhookEndpoints"]
    nodes: list[dict[str, Any]] = only["deliveries"]["nodes"]
    return nodes


async def sequence(person: Person) -> str:
    found: str = (await person.data("{ viewer { sequence } }"))["viewer"]["sequence"]
    return found


def delivering(world: World) -> Delivering:
    return Delivering(world.database, world.system, world.keys, world.messenger)


async def take_turn(world: World, endpoint: str) -> bool:
    """What a worker does for the endpoint when its job comes."""
    return await deliver(delivering(world), ids.decode_as("whe", endpoint))
