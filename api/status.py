"""`/health`, `/ready`, `/counters` and `/`: for operators and for people who open the address in a browser."""

import asyncio
import ipaddress
import json
import os
from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx
from redis.exceptions import RedisError
from sqlalchemy import or_, select, text
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from domain.bank_links.models import BankLink
from domain.households.models import HouseholdMember
from domain.identity.models import User
from domain.mail.address import email_key
from integrations.world import World
from runtime import counters, heartbeat

CHECK_SECONDS = 2.0
# What proxies add. One on this machine would pass for its operator: what it forwards is the world's.
FORWARDED = ("forwarded", "via", "x-forwarded-for", "x-real-ip")
MIGRATIONS = Path(__file__).parent.parent / "alembic" / "versions"


class NotReady(Exception):
    """The reason, in words for an operator."""


def status_routes(world: World) -> list[Route]:
    async def health(_: Request) -> Response:
        return JSONResponse({"status": "alive"})

    checking: asyncio.Task[dict[str, str]] | None = None

    async def ready(_: Request) -> Response:
        nonlocal checking
        # Whoever asks meanwhile shares it: nobody has to prove anything to ask.
        if checking is None or checking.done():
            checking = asyncio.create_task(_reasons(world))
        reasons = await asyncio.shield(checking)
        return JSONResponse(
            {"status": "ready" if not reasons else "not ready", "reasons": reasons}, 503 if reasons else 200
        )

    async def counted(request: Request) -> Response:
        if not _is_from_here(request):
            return PlainTextResponse("Not Found", 404)
        return JSONResponse({"process": os.getpid(), "counters": counters.snapshot()})

    async def index(_: Request) -> Response:
        url = world.settings.public_url
        return PlainTextResponse(
            "Coffer: one GraphQL schema, live.\n\n"
            f"GraphQL     {url}/graphql   (POST, GET; a browser gets GraphiQL)\n"
            f"WebSocket   {url.replace('http', 'ws', 1)}/graphql   (graphql-transport-ws)\n"
            f"SSE         {url}/graphql   (graphql-sse, distinct connections)\n"
            f"Status      {url}/health  {url}/ready\n"
        )

    return [Route("/", index), Route("/health", health), Route("/ready", ready), Route("/counters", counted)]


async def _reasons(world: World) -> dict[str, str]:
    """Why the process cannot work: nothing where it can."""
    checks: dict[str, Callable[[World], Awaitable[None]]] = {
        "database": _database,
        "redis": _redis,
        "worker": _worker,
        "relay": _relay,
    }
    if world.settings.sandbox:
        checks |= {"sandbox": _sandbox, "demo": _demo}
    if world.settings.up_file is not None:
        checks["up"] = _up_file
    reasons: dict[str, str] = {}
    for name, check in checks.items():
        try:
            async with asyncio.timeout(CHECK_SECONDS):
                await check(world)
        except NotReady as reason:
            reasons[name] = str(reason)
        except (OSError, TimeoutError, SQLAlchemyError, httpx.HTTPError, RedisError) as error:
            reasons[name] = f"does not answer: {type(error).__name__}"
    return reasons


def _is_from_here(request: Request) -> bool:
    """Asked on this machine, and not through a proxy that says so."""
    try:
        address = ipaddress.ip_address(request.client.host if request.client else "")
    except ValueError:
        return False
    return address.is_loopback and not any(name in request.headers for name in FORWARDED)


async def _database(world: World) -> None:
    async with world.system.system_session() as session:
        found = await session.scalar(text("select version_num from alembic_version"))
    newest = max(path.name.split("_")[0] for path in MIGRATIONS.glob("[0-9]*.py"))
    if found != newest:
        raise NotReady(f"migrations are at {found}, the code is at {newest}: run `coffer migrate`")


async def _redis(world: World) -> None:
    await world.redis.ping()


async def _worker(world: World) -> None:
    await _beats(world, "worker")


async def _relay(world: World) -> None:
    await _beats(world, "relay")


async def _beats(world: World, process: str) -> None:
    if not await heartbeat.is_beating(world.redis, world.settings.redis_prefix, process):
        raise NotReady(f"no {process} has given a sign of life for {heartbeat.SECONDS} s")


async def _sandbox(world: World) -> None:
    async with httpx.AsyncClient() as client:
        answer = await client.post(
            f"{world.settings.plaid_url}/institutions/get_by_id",
            json={
                "client_id": world.settings.plaid_client_id,
                "secret": world.settings.plaid_secret,
                "institution_id": "ins_109508",
                "country_codes": ["US"],
            },
        )
    if answer.status_code != 200:
        raise NotReady(f"the sandbox answers {answer.status_code}")


async def _demo(world: World) -> None:
    """The demo person's link is in place and was synchronised; that they ended it again is their business."""
    if world.settings.demo_email is None:
        return
    mine = (
        select(BankLink.id)
        .join(HouseholdMember, HouseholdMember.household_id == BankLink.household_id)
        .join(User, User.id == HouseholdMember.user_id)
        .where(User.email_key == email_key(world.settings.demo_email))
        .where(or_(BankLink.last_synced_at.is_not(None), BankLink.status == "UNLINKED"))
    )
    async with world.system.system_session() as session:
        if await session.scalar(mine.limit(1)) is None:
            raise NotReady("the demo person's bank is not linked and synchronised yet")


async def _up_file(world: World) -> None:
    path = world.settings.up_file
    if path is None:
        return
    try:
        api = json.loads(path.read_text())["pids"]["api"]
    except (OSError, ValueError, KeyError, TypeError):
        raise NotReady("starting") from None
    # An older file speaks of a process that is gone: the supervisor writes it again after each restart.
    if api != os.getpid():
        raise NotReady("starting")
