"""Making endpoints, changing and deleting them, and changing over their secrets."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update

from domain.identity.locking import lock_acting
from domain.identity.models import Session
from domain.identity.proof import require_proof
from domain.identity.security import SecurityEventKind, note
from domain.mistakes import conflict, invalid, invalid_at, not_found, too_many
from domain.text import prose
from domain.webhook_endpoints.models import (
    ACTIVE,
    CHANGES,
    DISABLED,
    PENDING,
    WITHDRAWN,
    WebhookDelivery,
    WebhookEndpoint,
)
from domain.webhook_endpoints.ownership import is_theirs
from domain.webhook_endpoints.secrets import add_secret
from domain.webhook_endpoints.subjects import SUBJECTS
from domain.webhook_endpoints.target import host_of, target_of
from runtime.ids import new_id
from runtime.journal import Stream
from runtime.keys import Keys
from runtime.unit import Unit
from runtime.webhook_settings import WebhookSettings

MOST_ENDPOINTS = 20
LONGEST_DESCRIPTION = 200


@dataclass(frozen=True)
class Wish:
    """What is to be told where. `types` None: all."""

    url: str
    types: Sequence[str] | None
    description: str
    include_values: bool


async def create_webhook_endpoint(unit: Unit, keys: Keys, settings: WebhookSettings, wish: Wish) -> tuple[UUID, str]:
    """The endpoint's id and its secret, which is nowhere else in this form. It is told what happens from now on.

    INVALID for an address that a webhook does not go to; TOO_MANY beyond 20 of one person in one household. Values
    need fresh proof of the person; NOT_ALLOWED for a third party.
    """
    await _check_session(unit)
    if wish.include_values:
        await require_proof(unit, "input", "includeValues")
    mine = select(func.count()).select_from(WebhookEndpoint).where(WebhookEndpoint.user_id == unit.viewer.user_id)
    if (await unit.session.scalars(mine)).one() >= MOST_ENDPOINTS:
        raise too_many(f"A person has at most {MOST_ENDPOINTS} endpoints, those of apps included.", "input")
    viewer = unit.viewer
    endpoint = WebhookEndpoint(
        id=new_id(),
        household_id=unit.household_id,
        user_id=viewer.user_id,
        app_id=viewer.app_id,
        session_id=None if viewer.scopes is None else viewer.session_id,
        url=_checked_url(wish.url, settings),
        description=_checked_description(wish.description),
        types=_checked_types(wish.types),
        include_values=wish.include_values,
        status=ACTIVE,
        next_seq=await _head(unit) + 1,
        created_at=unit.at,
        allowed_at=unit.at,
    )
    unit.session.add(endpoint)
    await unit.session.flush()
    await note(unit.session, viewer.user_id, SecurityEventKind.WEBHOOK_MADE, detail=host_of(endpoint.url))
    return endpoint.id, await add_secret(unit, keys, endpoint)


async def update_webhook_endpoint(
    unit: Unit, settings: WebhookSettings, endpoint_id: UUID, given: dict[str, Any]
) -> UUID:
    """`given` has what is to be changed: "url", "description", "include_values", "is_enabled", where null changes
    nothing, and "types", where it means all.

    CONFLICT for enabling one whose grant or token has ended. A third party that enables one of its own makes it follow
    its present grant. Values, and another address for them, need fresh proof of the person; NOT_ALLOWED for a third
    party.
    """
    await _check_session(unit)
    endpoint = await own_endpoint(unit, endpoint_id)
    if given.get("include_values") and not endpoint.include_values:
        await require_proof(unit, "input", "includeValues")
    if given.get("url") is not None and given["url"] != endpoint.url:
        await _move(unit, settings, endpoint, given["url"], with_values=given.get("include_values") is not False)
    if given.get("description") is not None:
        endpoint.description = _checked_description(given["description"])
    if given.get("include_values") is not None:
        endpoint.include_values = given["include_values"]
    if "types" in given:
        endpoint.types = _checked_types(given["types"])
    if given.get("is_enabled") is False:
        endpoint.status, endpoint.problem = DISABLED, None
    elif given.get("is_enabled") and endpoint.status == DISABLED:
        await _enable(unit, endpoint)
    if given.get("is_enabled") or given.get("url") is not None:
        await withdraw_changes(unit, endpoint)
    return endpoint.id


async def delete_webhook_endpoint(unit: Unit, endpoint_id: UUID) -> UUID:
    """With its secrets and its log. What is under way just now may still arrive."""
    await unit.session.delete(await own_endpoint(unit, endpoint_id))
    return endpoint_id


async def rotate_webhook_secret(unit: Unit, keys: Keys, endpoint_id: UUID) -> tuple[UUID, str]:
    """A new secret. For 24 hours deliveries are signed with the one before as well; an older one is good no more."""
    endpoint = await own_endpoint(unit, endpoint_id)
    return endpoint.id, await add_secret(unit, keys, endpoint)


async def own_endpoint(unit: Unit, endpoint_id: UUID) -> WebhookEndpoint:
    """Locked. NOT_FOUND for another person's, and for one that the third party did not make."""
    statement = (
        select(WebhookEndpoint)
        .where(WebhookEndpoint.id == endpoint_id, *is_theirs(unit.viewer))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    found = (await unit.session.scalars(statement)).one_or_none()
    if found is None:
        raise not_found("There is no such endpoint.", "input", "endpointId")
    return found


async def withdraw_changes(unit: Unit, endpoint: WebhookEndpoint) -> None:
    """What waits is written anew, at once."""
    await unit.session.execute(
        update(WebhookDelivery)
        .where(WebhookDelivery.endpoint_id == endpoint.id)
        .where(WebhookDelivery.kind == CHANGES, WebhookDelivery.status == PENDING)
        .values(status=WITHDRAWN)
        .execution_options(synchronize_session=False)
    )


async def _check_session(unit: Unit) -> None:
    """NOT_ALLOWED for a person whose session is over: what they make does not end with it. What a third party makes
    does. Before anything else is locked."""
    if unit.viewer.scopes is None:
        await lock_acting(unit.session, unit.viewer.user_id, unit.viewer.session_id, "input")


async def _move(
    unit: Unit, settings: WebhookSettings, endpoint: WebhookEndpoint, url: str, *, with_values: bool
) -> None:
    if endpoint.include_values and with_values:
        await require_proof(unit, "input", "url")
    endpoint.url = _checked_url(url, settings)
    await note(unit.session, endpoint.user_id, SecurityEventKind.WEBHOOK_MADE, detail=host_of(endpoint.url))


async def _enable(unit: Unit, endpoint: WebhookEndpoint) -> None:
    viewer = unit.viewer
    if viewer.scopes is not None and endpoint.session_id != viewer.session_id:
        # The person's word was for another grant.
        endpoint.session_id, endpoint.include_values = viewer.session_id, False
    elif endpoint.session_id is not None:
        alive = select(Session.id).where(
            Session.id == endpoint.session_id, Session.ended_at.is_(None), Session.expires_at > unit.at
        )
        if await unit.session.scalar(alive) is None:
            raise conflict("What allowed this endpoint has ended: its app has to enable it.", "input", "isEnabled")
    endpoint.status, endpoint.problem, endpoint.dead_in_a_row = ACTIVE, None, 0
    endpoint.allowed_at = unit.at


async def _head(unit: Unit) -> int:
    return (await unit.session.scalars(select(Stream.head_seq).where(Stream.stream_id == unit.household_id))).one()


def _checked_url(url: str, settings: WebhookSettings) -> str:
    with invalid_at("input", "url"):
        target_of(url, settings)
    return url


def _checked_description(description: str) -> str:
    return prose(description, "input", "description", most=LONGEST_DESCRIPTION) or ""


def _checked_types(types: Sequence[str] | None) -> list[str] | None:
    if types is None:
        return None
    if not types:
        raise invalid("Without a type nothing is ever sent: leave `types` out for all.", "input", "types")
    for place, name in enumerate(types):
        if name not in SUBJECTS:
            raise invalid("There is no such type that changes are told of.", "input", "types", str(place))
    return list(dict.fromkeys(types))
