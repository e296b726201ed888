"""Passkeys: registered, renamed, removed, and signed in with."""

from enum import Enum
from uuid import UUID

import strawberry
from sqlalchemy import select

from api.context import Context
from api.factors.entry import let_person_in, network_of, proven, verifier_of
from api.factors.types import FACTOR, PasskeyOptionsPayload, PasskeyPayload, RemoveFactorPayload
from api.gates import Outcome, open_mutation, vendor_mutation
from api.identity.types import SessionPayload
from api.ids import input_id
from domain.factors import passkeys, ways_in
from domain.identity.models import User
from runtime import clock


@strawberry.enum(description="What a passkey is asked for.")
class PasskeyPurpose(Enum):
    SIGN_IN = strawberry.enum_value("SIGN_IN", description="To sign in: `finishPasskeySignIn`. Anybody may ask.")
    REGISTER = strawberry.enum_value(
        "REGISTER", description="To be one of yours: `finishPasskeyRegistration`. Needs fresh proof."
    )
    PROVE = strawberry.enum_value("PROVE", description="To show that it is you: `proveIdentity`.")


@strawberry.input(description="Something to do with a passkey.")
class StartPasskeyInput:
    purpose: PasskeyPurpose = strawberry.field(description="The answer is good for this and nothing else.")


@strawberry.input(description="A passkey that the browser made.")
class FinishPasskeyRegistrationInput:
    credential: str = strawberry.field(
        description="What the browser gave for the options, as JSON text (RegistrationResponseJSON, WebAuthn Level 3)."
    )
    name: str = strawberry.field(description="How you will know it again.")


@strawberry.input(description="A passkey's answer.")
class FinishPasskeySignInInput:
    credential: str = strawberry.field(
        description="What the browser gave for the options, as JSON text (AuthenticationResponseJSON)."
    )


@strawberry.input(description="A passkey of yours.")
class RenamePasskeyInput:
    factor_id: strawberry.ID = strawberry.field(description="Of `Viewer.secondFactors`, of kind PASSKEY.")
    name: str = strawberry.field(description="How you will know it again.")


@strawberry.input(description="A passkey of yours.")
class RemovePasskeyInput:
    factor_id: strawberry.ID = strawberry.field(description="Of `Viewer.secondFactors`, of kind PASSKEY.")


async def start_passkey(context: Context, input: StartPasskeyInput) -> Outcome:
    verifier, whose = verifier_of(context.world), None
    if input.purpose is PasskeyPurpose.REGISTER:
        whose = (await proven(context)).user_id
    elif input.purpose is PasskeyPurpose.PROVE:
        whose = context.require_viewer().user_id
    async with context.world.system.system_session() as session:
        if whose is not None and input.purpose is PasskeyPurpose.REGISTER:
            person = (await session.execute(select(User.email, User.display_name).where(User.id == whose))).one()
            options = await passkeys.creation_options(
                session, verifier.party, whose, email=person.email, name=person.display_name
            )
        else:
            purpose = passkeys.Purpose(input.purpose.name)
            options = await passkeys.request_options(session, verifier.party, purpose, whose)
    return Outcome(details={"options": options})


async def finish_passkey_registration(context: Context, input: FinishPasskeyRegistrationInput) -> Outcome:
    viewer, verifier, path = await proven(context), verifier_of(context.world), ("input", "credential")
    name = ways_in.checked_name(input.name)
    made, transports = await passkeys.registered(
        verifier.system, verifier.party, viewer.user_id, input.credential, *path
    )
    factor_id = await ways_in.add_passkey(
        verifier.system,
        viewer,
        made,
        name=name,
        transports=transports,
        network=network_of(context),
    )
    return Outcome(factor_id)


async def finish_passkey_sign_in(context: Context, input: FinishPasskeySignInInput) -> Outcome:
    verifier, purpose, since = verifier_of(context.world), passkeys.Purpose.SIGN_IN, clock.now()
    user_id = await passkeys.use_passkey(
        verifier.system, verifier.party, purpose, None, input.credential, "input", "credential"
    )
    # It was unlocked with a finger, a face or a PIN: two factors already.
    return await let_person_in(context, user_id, since)


async def rename_passkey(context: Context, input: RenamePasskeyInput) -> UUID:
    factor_id = input_id(FACTOR, input.factor_id, "factorId")
    return await ways_in.rename_passkey(context.world.system, context.require_viewer().user_id, factor_id, input.name)


async def remove_passkey(context: Context, input: RemovePasskeyInput) -> Outcome:
    viewer, factor_id = await proven(context), input_id(FACTOR, input.factor_id, "factorId")
    await ways_in.remove_passkey(context.world.system, viewer, factor_id, network=network_of(context))
    return Outcome(details={"removed_id": input.factor_id})


@strawberry.type
class PasskeyMutations:
    start_passkey: PasskeyOptionsPayload | None = open_mutation(
        start_passkey,
        description="What to ask an authenticator (WebAuthn): good once, for five minutes.",
        scope="person",
    )
    finish_passkey_registration: PasskeyPayload | None = vendor_mutation(
        finish_passkey_registration,
        description="Add a passkey that signs you in by itself. Needs fresh proof.",
        open_to_viewers=True,
        scope="person",
    )
    finish_passkey_sign_in: SessionPayload | None = open_mutation(
        finish_passkey_sign_in, description="Open a session with a passkey; no second factor is needed.", scope="person"
    )
    rename_passkey: PasskeyPayload | None = vendor_mutation(
        rename_passkey, description="Call a passkey of yours something else.", open_to_viewers=True, scope="person"
    )
    remove_passkey: RemoveFactorPayload | None = vendor_mutation(
        remove_passkey,
        description="Remove a passkey. Needs fresh proof; the last way in stays.",
        open_to_viewers=True,
        scope="person",
    )
