"""Passkeys: what an authenticator is asked, and whether what it answers is good (WebAuthn Level 2, 7.1 and 7.2).

Each challenge is kept as a hash, and taken away by the first answer to it, whether that is good or not.
"""

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from enum import StrEnum
from typing import TypeVar
from uuid import UUID

import webauthn
from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from webauthn.helpers import (
    parse_authentication_credential_json,
    parse_client_data_json,
    parse_registration_credential_json,
)
from webauthn.helpers.structs import (
    AuthenticationCredential,
    AuthenticatorSelectionCriteria,
    AuthenticatorTransport,
    PublicKeyCredentialDescriptor,
    RegistrationCredential,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)
from webauthn.registration.verify_registration_response import VerifiedRegistration

from domain.factors.models import Factor, Passkey, PasskeyCeremony
from domain.factors.relying_party import RelyingParty
from domain.factors.secrets import hash_of
from domain.mistakes import UserMistake, invalid
from runtime import clock
from runtime.system import SystemDatabase

GOOD_FOR = timedelta(minutes=5)
LONGEST_ANSWER = 16_384
_CHALLENGE = "passkey challenge"

C = TypeVar("C", AuthenticationCredential, RegistrationCredential)


class Purpose(StrEnum):
    """What a challenge is good for: nothing else."""

    REGISTER = "REGISTER"
    SIGN_IN = "SIGN_IN"
    PROVE = "PROVE"


async def creation_options(session: AsyncSession, party: RelyingParty, user_id: UUID, *, email: str, name: str) -> str:
    """PublicKeyCredentialCreationOptionsJSON (WebAuthn Level 3, 5.1.9) for one more passkey of the person."""
    options = webauthn.generate_registration_options(
        rp_id=party.id,
        rp_name=party.name,
        user_id=user_id.bytes,
        user_name=email,
        user_display_name=name,
        challenge=await _new_challenge(session, Purpose.REGISTER, user_id),
        exclude_credentials=await _descriptors(session, user_id),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
    )
    return webauthn.options_to_json(options)


async def request_options(
    session: AsyncSession, party: RelyingParty, purpose: Purpose, user_id: UUID | None = None
) -> str:
    """PublicKeyCredentialRequestOptionsJSON (5.1.10) for a passkey of that person, or of whoever has one here."""
    options = webauthn.generate_authentication_options(
        rp_id=party.id,
        challenge=await _new_challenge(session, purpose, user_id),
        allow_credentials=None if user_id is None else await _descriptors(session, user_id),
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return webauthn.options_to_json(options)


async def registered(
    system: SystemDatabase, party: RelyingParty, user_id: UUID, answer: str, *path: str
) -> tuple[VerifiedRegistration, list[str]]:
    """The credential that was made for the person, and how its authenticator is reached. INVALID for any other."""
    credential, challenge = _parsed(parse_registration_credential_json, answer, *path)
    await _take_challenge(system, Purpose.REGISTER, user_id, challenge, *path)
    with _refusing(*path):
        verified = webauthn.verify_registration_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=party.id,
            expected_origin=list(party.origins),
            require_user_verification=True,
        )
    return verified, [one.value for one in credential.response.transports or ()]


async def use_passkey(
    system: SystemDatabase, party: RelyingParty, purpose: Purpose, user_id: UUID | None, answer: str, *path: str
) -> UUID:
    """Whose passkey signed the challenge: `user_id` where the challenge was for that person. INVALID for any other.

    A passkey whose counter does not grow may be a copy: refused (7.2, step 22).
    """
    credential, challenge = _parsed(parse_authentication_credential_json, answer, *path)
    await _take_challenge(system, purpose, user_id, challenge, *path)
    async with system.system_session() as session:
        found = (
            await session.execute(
                select(Passkey, Factor.user_id)
                .join(Factor, Factor.id == Passkey.factor_id)
                .where(Passkey.credential_id == credential.raw_id)
                .with_for_update(of=Passkey)
            )
        ).one_or_none()
        if found is None or user_id not in (None, found.user_id):
            raise _refused(*path)
        handle = credential.response.user_handle
        if handle != found.user_id.bytes and not (handle is None and user_id is not None):
            raise _refused(*path)
        passkey: Passkey = found.Passkey
        with _refusing(*path):
            verified = webauthn.verify_authentication_response(
                credential=credential,
                expected_challenge=challenge,
                expected_rp_id=party.id,
                expected_origin=list(party.origins),
                credential_public_key=passkey.public_key,
                credential_current_sign_count=passkey.sign_count,
                require_user_verification=True,
            )
        passkey.sign_count = verified.new_sign_count
        await session.execute(update(Factor).where(Factor.id == passkey.factor_id).values(used_at=clock.now()))
        return UUID(bytes=found.user_id.bytes)


async def _new_challenge(session: AsyncSession, purpose: Purpose, user_id: UUID | None) -> bytes:
    challenge = secrets.token_bytes(32)
    hashed, expires_at = hash_of(_CHALLENGE, challenge), clock.now() + GOOD_FOR
    row = {"challenge_hash": hashed, "purpose": purpose, "user_id": user_id, "expires_at": expires_at}
    await session.execute(insert(PasskeyCeremony).values(row))
    return challenge


async def _take_challenge(
    system: SystemDatabase, purpose: Purpose, user_id: UUID | None, challenge: bytes, *path: str
) -> None:
    """In a transaction of its own, so that it is gone also where the answer is refused."""
    async with system.system_session() as session:
        taken = await session.scalar(
            delete(PasskeyCeremony)
            .where(
                PasskeyCeremony.challenge_hash == hash_of(_CHALLENGE, challenge),
                PasskeyCeremony.purpose == purpose,
                PasskeyCeremony.user_id.is_not_distinct_from(user_id),
                PasskeyCeremony.expires_at > clock.now(),
            )
            .returning(PasskeyCeremony.purpose)
        )
    if taken is None:
        raise _refused(*path)


async def _descriptors(session: AsyncSession, user_id: UUID) -> list[PublicKeyCredentialDescriptor]:
    found = await session.scalars(
        select(Passkey).join(Factor, Factor.id == Passkey.factor_id).where(Factor.user_id == user_id)
    )
    return [
        PublicKeyCredentialDescriptor(
            id=passkey.credential_id, transports=[AuthenticatorTransport(one) for one in passkey.transports]
        )
        for passkey in found
    ]


def _parsed(parse: Callable[[str], C], answer: str, *path: str) -> tuple[C, bytes]:
    """What the authenticator answered, and the challenge that it says it signed."""
    if len(answer) > LONGEST_ANSWER:
        raise _refused(*path)
    with _refusing(*path):
        credential = parse(answer)
        said = parse_client_data_json(credential.response.client_data_json)
        if said.cross_origin:
            raise ValueError("made in a frame of another page")
        return credential, said.challenge


@contextmanager
def _refusing(*path: str) -> Iterator[None]:
    try:
        yield
    except Exception as error:
        # The library lets through whatever its parsers of JSON, CBOR and keys raise for bytes that anybody may send.
        raise _refused(*path) from error


def _refused(*path: str) -> UserMistake:
    return invalid("This passkey was not accepted. Begin again.", *path)
