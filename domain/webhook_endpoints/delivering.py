"""Telling one endpoint what it has not been told: one message at a time, each only after the one before was
acknowledged or given up (docs/decisions/0024)."""

import logging
from dataclasses import dataclass
from uuid import UUID

from domain.webhook_endpoints.beholder import beholder_of
from domain.webhook_endpoints.deliveries import (
    begin_attempt,
    disable,
    keep_answer,
    pass_over,
    pending_delivery,
    withdraw,
    write_delivery,
)
from domain.webhook_endpoints.messages import DELIVERY, body_of, next_batch
from domain.webhook_endpoints.messenger import Answer, Message, Messenger
from domain.webhook_endpoints.models import WebhookDelivery, WebhookEndpoint
from domain.webhook_endpoints.secrets import secrets_of
from domain.webhook_endpoints.turns import ENDED, claim_endpoint, release_endpoint, renew_claim
from runtime import clock
from runtime.database import Database
from runtime.keys import KeyProblem, Keys
from runtime.public_ids import encode
from runtime.reader import Reader
from runtime.system import SystemDatabase
from runtime.viewer import Viewer

MOST_STEPS = 20
"""At a turn: then it is the others' turn."""

log = logging.getLogger("coffer.webhooks")


@dataclass(frozen=True)
class Delivering:
    """What it takes."""

    database: Database
    system: SystemDatabase
    keys: Keys
    messenger: Messenger


async def deliver(delivering: Delivering, endpoint_id: UUID) -> bool:
    """What is due for the endpoint, as far as it gets at one turn. False where it is not our turn."""
    claimed = await claim_endpoint(delivering.system, endpoint_id)
    if claimed is None:
        return False
    try:
        for _ in range(MOST_STEPS):
            if not await _step(delivering, claimed):
                break
    finally:
        await release_endpoint(delivering.system, claimed)
    return True


async def _step(delivering: Delivering, claimed: WebhookEndpoint) -> bool:
    """Whether there may be more to do at once."""
    system = delivering.system
    endpoint = await renew_claim(system, claimed)
    if endpoint is None:
        return False
    viewer = await beholder_of(system, endpoint)
    if viewer is None:
        await disable(system, endpoint, ENDED)
        return False
    delivery = await pending_delivery(system, endpoint)
    if delivery is None:
        return await _take_next(delivering, endpoint, viewer)
    if delivery.next_attempt_at is not None and delivery.next_attempt_at > clock.now():
        return False
    await _attempt(delivering, endpoint, delivery, viewer)
    return True


async def _take_next(delivering: Delivering, endpoint: WebhookEndpoint, viewer: Viewer) -> bool:
    async with Reader(delivering.database, viewer) as reader:
        batch = await next_batch(reader, endpoint)
    if batch is None:
        return False
    if batch.lines:
        await write_delivery(delivering.system, endpoint, batch)
    else:
        await pass_over(delivering.system, endpoint, batch)
    return True


async def _attempt(
    delivering: Delivering, endpoint: WebhookEndpoint, delivery: WebhookDelivery, viewer: Viewer
) -> None:
    async with Reader(delivering.database, viewer) as reader:
        body = await body_of(reader, endpoint, delivery)
    if body is None:
        await withdraw(delivering.system, endpoint, delivery)
        return
    begun = await begin_attempt(delivering.system, delivery, body.last_seq)
    if begun is None:
        return
    await keep_answer(delivering.system, endpoint, begun, await _send(delivering, endpoint, begun, body.content))


async def _send(delivering: Delivering, endpoint: WebhookEndpoint, delivery: WebhookDelivery, content: bytes) -> Answer:
    try:
        secrets = await secrets_of(delivering.system, delivering.keys, endpoint.id)
    except KeyProblem:
        log.exception("a webhook cannot be signed")
        return Answer(0, problem="Coffer cannot read this endpoint's secret any more: rotate it.")
    return await delivering.messenger.send(Message(encode(DELIVERY, delivery.id), endpoint.url, content, secrets))
