"""Settings as small as they can be."""

from pathlib import Path

from runtime.settings import Settings

PLAIN = Settings(
    database_url="",
    database_system_url="",
    redis_url="",
    redis_prefix="",
    public_url="https://coffer.example:8443",
    data=Path(),
    keys_file=None,
    plaid_url="",
    plaid_client_id="",
    plaid_secret="",
    sandbox=False,
    up_file=None,
    database_pool=1,
    access_token_minutes=1,
    refresh_token_days=1,
)
