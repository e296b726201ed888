"""How one sandbox bank is set up."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Settings:
    """Folder for the state, the one pair of credentials, and the pace of the living demo bank.

    `purchase_seconds` is the time between two purchases of a `user_demo` item; 0 switches them off.
    `settle_seconds` is how long such a purchase stays pending.
    """

    data: Path
    client_id: str
    secret: str = field(repr=False)
    purchase_seconds: float = 5.0
    settle_seconds: float = 30.0
    sandbox_mode: bool = False


def settings_from_environment(data: Path, environment: Mapping[str, str] = os.environ) -> Settings:
    """Read COFFER_SANDBOX, SANDBOX_CLIENT_ID, SANDBOX_SECRET, SANDBOX_PURCHASE_SECONDS, SANDBOX_SETTLE_SECONDS.

    Raises ValueError, naming the variable, if one is missing or not a number.
    """
    client_id, secret = environment.get("SANDBOX_CLIENT_ID", ""), environment.get("SANDBOX_SECRET", "")
    if not client_id or not secret:
        raise ValueError("SANDBOX_CLIENT_ID and SANDBOX_SECRET must be set")
    return Settings(
        data=data,
        client_id=client_id,
        secret=secret,
        purchase_seconds=_seconds(environment, "SANDBOX_PURCHASE_SECONDS", 5.0),
        settle_seconds=_seconds(environment, "SANDBOX_SETTLE_SECONDS", 30.0),
        sandbox_mode=environment.get("COFFER_SANDBOX") == "1",
    )


def _seconds(environment: Mapping[str, str], name: str, default: float) -> float:
    text = environment.get(name, "")
    if not text:
        return default
    try:
        seconds = float(text)
    except ValueError:
        raise ValueError(f"{name} must be a number of seconds") from None
    if not 0 <= seconds <= 86_400:
        raise ValueError(f"{name} must lie between 0 and 86400")
    return seconds
