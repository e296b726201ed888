"""What the environment says of outgoing webhooks. Each has its line in docs/operations.md."""

from collections.abc import Mapping
from dataclasses import dataclass

USUAL_PORTS = frozenset({443, 8443})


@dataclass(frozen=True)
class WebhookSettings:
    ports: frozenset[int] = USUAL_PORTS
    """Where webhooks may go."""
    allow_loopback: bool = False
    """Whether they may go to this very machine, by plain HTTP and on any port: for the sandbox and for tests."""


def from_environment(environment: Mapping[str, str]) -> WebhookSettings:
    ports = environment.get("COFFER_WEBHOOK_PORTS")
    return WebhookSettings(
        ports=frozenset(int(port) for port in ports.split(",")) if ports else USUAL_PORTS,
        allow_loopback=environment.get("COFFER_WEBHOOK_ALLOW_LOOPBACK") == "1",
    )
