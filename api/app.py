"""The Starlette application: routes, lifespan."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

from starlette.applications import Starlette

from api.authentication import Connections
from api.demo import OVERVIEW, demo_headers
from api.identity.jwks import jwks_routes
from api.limits.allowances import Allowances
from api.limits.door import Door
from api.limits.limits import Limits
from api.oauth.routes import oauth_routes
from api.schema import schema
from api.sessions import LiveSessions
from api.status import status_routes
from api.transport.front import Front
from api.transport.graphiql import EXAMPLE
from api.transport.origins import Origins, origins
from api.transport.proxies import HEADERS, Proxies, networks
from api.transport.routes import Transports
from api.uploads import upload_routes
from api.webhooks import webhook_routes
from domain.identity.keys import check_keys
from integrations.world import World, open_world
from runtime.settings import SettingProblem, Settings
from runtime.table_news import follow_tables
from runtime.tasks import end

OUTSIDE = 3
"""Connections as `system` that requests beside GraphQL's get at a time, of five: signing in must go on meanwhile."""


@dataclass
class Parts:
    """What one running application is made of."""

    world: World
    transports: Transports
    allowances: Allowances


@asynccontextmanager
async def open_app(settings: Settings, limits: Limits | None = None) -> AsyncIterator[Starlette]:
    """The application with everything it needs, until the block ends. Raises KeyProblem for keys that do not fit,
    DocumentProblem, and SettingProblem."""
    limits = limits or Limits()
    front = front_of(settings)
    async with open_world(settings) as world:
        await check_keys(world.system, world.keys)
        sessions = LiveSessions(world.system)
        allowances = Allowances(limits, world.redis, settings.redis_prefix)
        transports = Transports(
            schema,
            Connections(world, sessions),
            graphiql_headers=lambda: demo_headers(world),
            example=OVERVIEW if settings.sandbox else EXAMPLE,
            documents=settings.documents,
            only_documents=settings.only_documents,
            breadth_first=settings.breadth_first,
            bounds=limits,
            front=front,
            entrance=allowances,
        )
        door, outside = Door(allowances), replace(world, system=world.system.narrow(OUTSIDE))
        app = transports.application(
            [
                *status_routes(world),
                *jwks_routes(world),
                *door.before(upload_routes(outside)),
                *door.before(webhook_routes(outside), free=True),
                *door.before(oauth_routes(outside, sessions, front)),
            ]
        )
        app.state.parts = Parts(world, transports, allowances)
        following = asyncio.create_task(follow_tables(world.broadcast))
        try:
            yield app
        finally:
            await end(following)
            transports.close()
            await sessions.close()
            await allowances.close()


def front_of(settings: Settings) -> Front:
    """Raises SettingProblem."""
    try:
        trusted = networks(settings.trusted_proxies)
    except ValueError as error:
        raise SettingProblem(f"COFFER_TRUSTED_PROXIES: {error}") from None
    if settings.proxy_header.lower() not in HEADERS:
        raise SettingProblem("COFFER_PROXY_HEADER must be X-Forwarded-For or Forwarded")
    proxies = Proxies(trusted, settings.proxy_header)
    try:
        return Front(Origins(origins(settings.origins), settings.public_url), proxies, settings.public_url)
    except ValueError as error:
        raise SettingProblem(f"COFFER_ORIGINS: {error}") from None
