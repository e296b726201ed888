"""`/webhook_verification_key/get`."""

from typing import Any

from sandbox.bank import Bank
from sandbox.fields import Fields
from sandbox.mistakes import invalid_input


async def get(bank: Bank, body: Fields) -> dict[str, Any]:
    """The public key with this id, as a JWK."""
    if body.text("key_id") != bank.signer.kid:
        raise invalid_input("INVALID_WEBHOOK_VERIFICATION_KEY_ID", "invalid key_id provided")
    return {"key": bank.signer.public_jwk()}
