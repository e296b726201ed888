"""The one wiring function: what this process reaches in the outside world."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import ExponentialBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError

from domain import tables
from domain.bank_links.banking import Banking
from domain.factors.providers import Providers
from domain.identity.passwords import Passwords
from domain.mail.mailer import Mailer
from domain.objects import ObjectStore
from domain.webhook_endpoints.messenger import Messenger
from integrations.mail.sandbox import SandboxMailer
from integrations.mail.smtp import SmtpMailer
from integrations.object_store.folder import FolderObjectStore
from integrations.oidc.providers import OidcProviders
from integrations.plaid.feed import PlaidFeed
from integrations.webhook_delivery.sender import WebhookSender
from runtime import keys as key_ring
from runtime.broadcast import Broadcast
from runtime.database import Database
from runtime.jobs import Jobs
from runtime.keys import Keys
from runtime.settings import Settings
from runtime.system import SystemDatabase
from runtime.table_news import TableNews
from runtime.tally import Tally


@dataclass(frozen=True)
class World:
    settings: Settings
    keys: Keys
    database: Database
    system: SystemDatabase
    redis: "Redis"
    jobs: Jobs
    objects: ObjectStore
    banking: Banking
    broadcast: Broadcast
    mailer: Mailer | None
    """None where no way for mails is set: they wait."""
    messenger: Messenger
    """Carries outgoing webhooks."""
    passwords: Passwords
    tally: Tally
    providers: Providers
    """Where else people may sign in."""


@asynccontextmanager
async def open_world(settings: Settings) -> AsyncIterator[World]:
    """Everything is connected lazily, and closed when the block ends."""
    tables.metadata()  # foreign keys cross areas: all models must be known before the first statement
    keys = key_ring.load_or_make(settings.keys_file)
    async with AsyncExitStack() as stack:
        database = Database(settings.database_url, pool=settings.database_pool)
        stack.push_async_callback(database.close)
        system = SystemDatabase(settings.database_system_url)
        stack.push_async_callback(system.close)
        redis = open_redis(settings.redis_url)
        stack.push_async_callback(redis.aclose)
        broadcast = Broadcast(settings.redis_url, settings.redis_prefix)
        stack.push_async_callback(broadcast.close)
        feed = PlaidFeed(
            settings.plaid_url, settings.plaid_client_id, settings.plaid_secret, countries=settings.plaid_countries
        )
        stack.callback(feed.close)
        messenger = WebhookSender(settings.webhooks)
        stack.callback(messenger.close)
        providers = OidcProviders(settings.factors.providers)
        stack.push_async_callback(providers.close)
        jobs = Jobs(redis, settings.redis_prefix)
        objects = FolderObjectStore(settings.data / "objects")
        news = TableNews(redis, settings.redis_prefix)
        webhook_url = f"{settings.public_url}/webhooks/{feed.name}"
        yield World(
            settings=settings,
            keys=keys,
            database=database,
            system=system,
            redis=redis,
            jobs=jobs,
            objects=objects,
            banking=Banking(database, system, keys, feed, objects, jobs, news, webhook_url),
            broadcast=broadcast,
            mailer=_mailer(settings),
            messenger=messenger,
            passwords=Passwords(settings.identity),
            tally=Tally(redis, settings.redis_prefix),
            providers=providers,
        )


def _mailer(settings: Settings) -> Mailer | None:
    if settings.identity.smtp_url:
        return SmtpMailer(settings.identity.smtp_url, settings.identity.mail_from)
    if settings.sandbox:
        return SandboxMailer(settings.plaid_url, settings.plaid_client_id, settings.plaid_secret)
    return None


def open_redis(url: str) -> "Redis":
    """A client that tries again for about two seconds when the server goes away."""
    client: Redis = Redis.from_url(
        url,
        retry=Retry(ExponentialBackoff(cap=0.5, base=0.02), 8),
        retry_on_error=[RedisConnectionError, RedisTimeoutError],
        socket_timeout=5,
        socket_connect_timeout=2,
        health_check_interval=15,
    )
    return client
