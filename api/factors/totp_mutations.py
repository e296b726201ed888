"""Authenticator apps, backup codes, and signing in with a second factor."""

import strawberry

from api.context import Context
from api.factors.entry import let_person_in, network_of, proven, verifier_of
from api.factors.types import (
    FACTOR,
    ConfirmTotpPayload,
    EnrolTotpPayload,
    RemoveFactorPayload,
    RenewBackupCodesPayload,
)
from api.gates import Outcome, open_mutation, vendor_mutation
from api.identity.types import SessionPayload
from api.ids import input_id
from domain.factors import challenges, enrolment
from domain.factors.checking import Shown
from runtime import clock


@strawberry.input(description="An authenticator app to set up.")
class EnrolTotpInput:
    name: str | None = strawberry.field(default="Authenticator app", description="How you will know it again.")


@strawberry.input(description="What the authenticator app shows.")
class ConfirmTotpInput:
    code: str = strawberry.field(description="Six digits.")


@strawberry.input(description="An authenticator app of yours.")
class DisableTotpInput:
    factor_id: strawberry.ID = strawberry.field(description="Of `Viewer.secondFactors`, of kind TOTP.")


@strawberry.input(description="Your backup codes.")
class RenewBackupCodesInput:
    factor_id: strawberry.ID = strawberry.field(description="Of `Viewer.secondFactors`, of kind BACKUP_CODES.")


@strawberry.input(description="The second step of signing in: exactly one of the three.")
class CompleteSignInInput:
    challenge_token: str = strawberry.field(description="`SignInChallenge.token`.")
    totp_code: str | None = strawberry.field(default=None, description="What the authenticator app shows; good once.")
    backup_code: str | None = strawberry.field(default=None, description="One of the backup codes; good once.")
    passkey: str | None = strawberry.field(
        default=None, description="What the passkey answered to `passkeyOptions` (AuthenticationResponseJSON)."
    )


async def enrol_totp(context: Context, input: EnrolTotpInput) -> Outcome:
    viewer = await proven(context)
    name = enrolment.AUTHENTICATOR if input.name is None else input.name
    begun = await enrolment.enrol_totp(verifier_of(context.world), viewer, name)
    return Outcome(details={"otpauth_uri": begun.uri, "secret": begun.secret})


async def confirm_totp(context: Context, input: ConfirmTotpInput) -> Outcome:
    viewer, network = await proven(context), network_of(context)
    verifier = verifier_of(context.world)
    factor_id, codes = await enrolment.confirm_totp(verifier, viewer, input.code, network=network)
    return Outcome(factor_id, details={"backup_codes": codes})


async def disable_totp(context: Context, input: DisableTotpInput) -> Outcome:
    viewer, factor_id = await proven(context), input_id(FACTOR, input.factor_id, "factorId")
    verifier, network = verifier_of(context.world), network_of(context)
    await enrolment.disable_totp(verifier, viewer, factor_id, network=network)
    return Outcome(details={"removed_id": input.factor_id})


async def renew_backup_codes(context: Context, input: RenewBackupCodesInput) -> Outcome:
    viewer, factor_id = await proven(context), input_id(FACTOR, input.factor_id, "factorId")
    verifier, network = verifier_of(context.world), network_of(context)
    codes = await enrolment.renew_backup_codes(verifier, viewer, factor_id, network=network)
    return Outcome(details={"backup_codes": codes})


async def complete_sign_in(context: Context, input: CompleteSignInInput) -> Outcome:
    shown, since = Shown(input.totp_code, input.backup_code, input.passkey), clock.now()
    verifier, network = verifier_of(context.world), network_of(context)
    user_id = await challenges.answer_challenge(verifier, input.challenge_token, shown, network=network)
    return await let_person_in(context, user_id, since)


@strawberry.type
class TotpMutations:
    enrol_totp: EnrolTotpPayload | None = vendor_mutation(
        enrol_totp,
        description="Set up an authenticator app as your second factor; one that was not confirmed is forgotten. Needs "
        "fresh proof.",
        open_to_viewers=True,
        scope="person",
    )
    confirm_totp: ConfirmTotpPayload | None = vendor_mutation(
        confirm_totp,
        description="Switch the authenticator app on by showing a code of it: from now on signing in takes a second "
        "factor. Needs fresh proof.",
        open_to_viewers=True,
        scope="person",
    )
    disable_totp: RemoveFactorPayload | None = vendor_mutation(
        disable_totp,
        description="Switch the authenticator app off, and the backup codes with it. Needs fresh proof.",
        open_to_viewers=True,
        scope="person",
    )
    renew_backup_codes: RenewBackupCodesPayload | None = vendor_mutation(
        renew_backup_codes,
        description="Ten new backup codes; those before are good no more. Needs fresh proof.",
        open_to_viewers=True,
        scope="person",
    )
    complete_sign_in: SessionPayload | None = open_mutation(
        complete_sign_in,
        description="Open the session that a challenge stands for. After five wrong answers the challenge is over, and "
        "the person has to wait, longer each time.",
        scope="person",
    )
