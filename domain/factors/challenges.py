"""Signing in with a second factor: what stands between the first secret and the session."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, exists, insert, select, update

from domain.factors import passkeys
from domain.factors.checking import Shown, Verifier, check_factor, has_second_factor
from domain.factors.models import BACKUP_CODES, Factor, SignInChallenge
from domain.factors.passkeys import Purpose
from domain.factors.secrets import hash_of, new_secret
from domain.identity.models import Credential
from domain.mistakes import UserMistake, invalid
from runtime import clock

GOOD_FOR = timedelta(minutes=5)
MOST_ATTEMPTS = 5
_TOKEN = "sign-in challenge"  # noqa: S105 (a purpose, not a secret)

_PASSWORD_WAS_CHANGED = exists().where(
    Credential.user_id == SignInChallenge.user_id, Credential.changed_at > SignInChallenge.expires_at - GOOD_FOR
)
"""Since the challenge was made: whoever knew the one before is not let in any more."""


@dataclass(frozen=True)
class Challenge:
    """`token` is nowhere else in this form."""

    token: str
    kinds: tuple[str, ...]
    expires_at: datetime
    passkey_options: str | None


async def new_challenge(verifier: Verifier, user_id: UUID) -> Challenge | None:
    """For a person who has shown the first secret; None where no second one is needed."""
    if not await has_second_factor(verifier.system, user_id):
        return None
    token, expires_at = new_secret(), clock.now() + GOOD_FOR
    async with verifier.system.system_session() as session:
        is_usable = Factor.confirmed_at.is_not(None), (Factor.kind != BACKUP_CODES) | (Factor.codes_left > 0)
        found = await session.scalars(select(Factor.kind).where(Factor.user_id == user_id, *is_usable))
        kinds = tuple(sorted(set(found)))
        options = None
        if "PASSKEY" in kinds:
            options = await passkeys.request_options(session, verifier.party, Purpose.PROVE, user_id)
        row = {"token_hash": hash_of(_TOKEN, token), "user_id": user_id, "expires_at": expires_at}
        await session.execute(insert(SignInChallenge).values(row))
    return Challenge(token, kinds, expires_at, options)


async def answer_challenge(verifier: Verifier, token: str, shown: Shown, *, network: str = "") -> UUID:
    """The person who has shown both. INVALID for a challenge that is unknown, over or answered, and for a wrong
    factor; TOO_MANY after too many of those."""
    of_token = SignInChallenge.token_hash == hash_of(_TOKEN, token)
    async with verifier.system.system_session() as session:
        # Counted before anything is looked at, so that requests at the same time get no more guesses.
        user_id: UUID | None = await session.scalar(
            update(SignInChallenge)
            .where(of_token, SignInChallenge.expires_at > clock.now(), SignInChallenge.attempts < MOST_ATTEMPTS)
            .where(~_PASSWORD_WAS_CHANGED)
            .values(attempts=SignInChallenge.attempts + 1)
            .returning(SignInChallenge.user_id)
        )
    if user_id is None:
        raise _over()
    await check_factor(verifier, user_id, shown, network=network)
    async with verifier.system.system_session() as session:
        answered = await session.scalar(delete(SignInChallenge).where(of_token).returning(SignInChallenge.user_id))
    if answered is None:
        raise _over()
    return user_id


def _over() -> UserMistake:
    return invalid("This sign-in is over: begin again.", "input", "challengeToken")
