"""Providers' access tokens: kept encrypted, and readable for their own link only."""

from domain.bank_links.models import BankLink
from runtime.keys import KeyProblem, Keys


def seal_token(keys: Keys, link: BankLink, access_token: str) -> None:
    link.token_key_id, link.token = keys.encrypt(access_token, bound_to=link.id.bytes)


def open_token(keys: Keys, link: BankLink) -> str:
    """Raises KeyProblem for a link whose token is gone."""
    if link.token is None or link.token_key_id is None:
        raise KeyProblem("this link has no token any more")
    return keys.decrypt(link.token_key_id, link.token, bound_to=link.id.bytes)


def resealed(keys: Keys, link: BankLink, access_token: str) -> dict[str, object]:
    """The columns of a token that an older key still holds, under the newest; nothing where it is the newest."""
    if link.token_key_id == keys.vault[0].id:
        return {}
    key_id, sealed = keys.encrypt(access_token, bound_to=link.id.bytes)
    return {"token_key_id": key_id, "token": sealed}
