"""What the environment says, read once."""

import os
from dataclasses import dataclass, field
from pathlib import Path

from runtime import factor_settings, identity_settings, webhook_settings
from runtime.factor_settings import FactorSettings, ProvidersProblem
from runtime.identity_settings import IdentitySettings
from runtime.webhook_settings import WebhookSettings


class SettingProblem(Exception):
    """What the environment says cannot be worked with; trying again does not help."""


class SettingMissing(SettingProblem):
    """A setting without which nothing can run is absent."""


@dataclass(frozen=True)
class Settings:
    database_url: str
    database_system_url: str
    redis_url: str
    redis_prefix: str
    public_url: str
    data: Path
    keys_file: Path | None
    plaid_url: str
    plaid_client_id: str
    plaid_secret: str
    sandbox: bool
    up_file: Path | None
    database_pool: int
    access_token_minutes: int
    refresh_token_days: int
    plaid_countries: tuple[str, ...] = ("US", "CA")
    """Whose banks can be linked (ISO 3166-1)."""
    demo_email: str | None = None
    documents: Path | None = None
    """A folder or a file of registered documents (api/transport/registered.py)."""
    only_documents: bool = False
    """Whether nothing but registered documents is executed."""
    breadth_first: bool = True
    """False leaves every operation to graphql-core's executor, to compare the two."""
    origins: str = ""
    """Web pages that may use the API, such as https://app.example.com, separated by commas."""
    trusted_proxies: str = ""
    """Networks of proxies that are believed, separated by commas."""
    proxy_header: str = "X-Forwarded-For"
    """What they write, and the only one that is read (api/transport/proxies.py)."""
    drain_seconds: float = 1.0
    """So long an API process that is to stop goes on serving, and tells whoever asks after its health."""
    identity: IdentitySettings = field(default_factory=IdentitySettings)
    webhooks: WebhookSettings = field(default_factory=WebhookSettings)
    factors: FactorSettings = field(default_factory=FactorSettings)


def from_environment() -> Settings:
    """Raises SettingMissing with the name of the variable."""
    environment = os.environ

    def required(name: str) -> str:
        if not (value := environment.get(name)):
            raise SettingMissing(f"{name} is not set: see docs/operations.md")
        return value

    def path(name: str) -> Path | None:
        return Path(value) if (value := environment.get(name)) else None

    only_documents = environment.get("COFFER_ONLY_DOCUMENTS") == "1"
    if only_documents:
        required("COFFER_DOCUMENTS")
    try:
        factors = factor_settings.from_environment(environment)
    except ProvidersProblem as problem:
        raise SettingProblem(str(problem)) from None
    database_url = required("DATABASE_URL")
    return Settings(
        database_url=database_url,
        database_system_url=required("DATABASE_SYSTEM_URL"),
        redis_url=required("REDIS_URL"),
        redis_prefix=environment.get("COFFER_REDIS_PREFIX", "coffer"),
        public_url=environment.get("COFFER_URL", "http://127.0.0.1:8000").rstrip("/"),
        data=Path(environment.get("COFFER_DATA", ".data")),
        keys_file=path("COFFER_KEYS_FILE"),
        plaid_url=environment.get("PLAID_URL", "https://sandbox.plaid.com"),
        plaid_client_id=environment.get("PLAID_CLIENT_ID", ""),
        plaid_secret=environment.get("PLAID_SECRET", ""),
        sandbox=environment.get("COFFER_SANDBOX") == "1",
        up_file=path("COFFER_UP_FILE"),
        database_pool=int(environment.get("COFFER_DATABASE_POOL", "10")),
        access_token_minutes=int(environment.get("COFFER_ACCESS_TOKEN_MINUTES", "15")),
        refresh_token_days=int(environment.get("COFFER_REFRESH_TOKEN_DAYS", "30")),
        plaid_countries=tuple(environment.get("PLAID_COUNTRIES", "US,CA").split(",")),
        demo_email=environment.get("COFFER_DEMO_EMAIL"),
        documents=path("COFFER_DOCUMENTS"),
        only_documents=only_documents,
        breadth_first=environment.get("COFFER_EXECUTOR", "plan") != "core",
        origins=environment.get("COFFER_ORIGINS", ""),
        trusted_proxies=environment.get("COFFER_TRUSTED_PROXIES", ""),
        proxy_header=environment.get("COFFER_PROXY_HEADER", "X-Forwarded-For"),
        drain_seconds=float(environment.get("COFFER_DRAIN_SECONDS", "1")),
        identity=identity_settings.from_environment(environment),
        webhooks=webhook_settings.from_environment(environment),
        factors=factors,
    )
