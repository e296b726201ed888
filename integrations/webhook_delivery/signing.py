"""How a message is signed: Standard Webhooks (https://www.standardwebhooks.com), version v1, HMAC-SHA256."""

from collections.abc import Sequence
from datetime import datetime

from standardwebhooks import Webhook


def signature_headers(id: str, at: datetime, body: bytes, secrets: Sequence[str]) -> dict[str, str]:
    """One signature for each secret: a receiver takes whichever it knows. `at` is in UTC, the instant of this try."""
    signed = [Webhook(secret).sign(id, at, body.decode()) for secret in secrets]
    return {
        "webhook-id": id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(signed),
    }
