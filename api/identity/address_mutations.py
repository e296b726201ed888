"""E-mail addresses and passwords: shown to be one's own, changed, and got back."""

import strawberry

from api.context import Context
from api.gates import Outcome, Payload, open_mutation, vendor_mutation
from api.identity import attempts
from api.identity.entry import place_of
from domain.factors import recovery
from domain.identity import addresses, redeeming
from domain.identity.addresses import Purpose
from domain.identity.locking import lock_acting
from domain.identity.passwords import check_password
from domain.identity.proof import require_proof
from domain.identity.security import SecurityEventKind, note
from domain.identity.sessions import end_sessions
from domain.mail.address import checked_address
from runtime.unit import Unit, in_unit
from runtime.viewer import Viewer


@strawberry.input(description="An address that was registered, or was not.")
class RequestEmailVerificationInput:
    email: str = strawberry.field(description="Where the mail goes, if the address is somebody's and not verified yet.")


@strawberry.input(description="What came by mail.")
class VerifyEmailInput:
    token: str = strawberry.field(description="The secret in the mail; good once, and for a day.")


@strawberry.input(description="An address that was registered, or was not.")
class RequestPasswordResetInput:
    email: str = strawberry.field(description="Where the mail goes, if the address is somebody's.")


@strawberry.input(description="What came by mail, and a new password.")
class ResetPasswordInput:
    token: str = strawberry.field(description="The secret in the mail; good once, and for half an hour.")
    password: str = strawberry.field(description="10 to 256 characters, none of those that are tried first.")


@strawberry.input(description="A new password.")
class ChangePasswordInput:
    password: str = strawberry.field(description="10 to 256 characters, none of those that are tried first.")


@strawberry.input(description="Another address to sign in with.")
class ChangeEmailInput:
    email: str = strawberry.field(description="Where the mail goes in which the change is confirmed.")


@strawberry.type(description="The mail is on its way, if there is one to send; the answer is the same if not.")
class RequestEmailVerificationPayload(Payload):
    pass


@strawberry.type(description="An address that was shown to be its person's own.")
class VerifyEmailPayload(Payload):
    pass


@strawberry.type(description="The mail is on its way, if there is one to send; the answer is the same if not.")
class RequestPasswordResetPayload(Payload):
    pass


@strawberry.type(description="A password that was replaced.")
class ResetPasswordPayload(Payload):
    pass


@strawberry.type(description="A password that was changed.")
class ChangePasswordPayload(Payload):
    pass


@strawberry.type(description="The mail is on its way. Nothing is changed until it is confirmed.")
class ChangeEmailPayload(Payload):
    pass


async def request_email_verification(context: Context, input: RequestEmailVerificationInput) -> Outcome:
    return await _ask(context, Purpose.VERIFY_EMAIL, input.email, context.signed_in)


async def request_password_reset(context: Context, input: RequestPasswordResetInput) -> Outcome:
    return await _ask(context, Purpose.RESET_PASSWORD, input.email)


async def _ask(context: Context, purpose: Purpose, email: str, acting: Viewer | None = None) -> Outcome:
    address = checked_address(email, "input", "email")
    await attempts.count_mail(context)
    await addresses.ask(context.world.system, purpose, address, acting=acting)
    return Outcome()


async def verify_email(context: Context, input: VerifyEmailInput) -> Outcome:
    world, acting, network = context.world, context.signed_in, place_of(context).network
    await redeeming.verify_email(world.system, world.database, input.token, acting=acting, network=network)
    return Outcome()


async def reset_password(context: Context, input: ResetPasswordInput) -> Outcome:
    world, network = context.world, place_of(context).network
    ended = await recovery.reset_password(world.system, world.passwords, input.token, input.password, network=network)
    for session_id in ended:
        context.sessions.end(session_id)
    return Outcome()


async def change_password(context: Context, input: ChangePasswordInput) -> Outcome:
    world, viewer, place = context.world, context.require_viewer(), place_of(context)
    check_password(input.password, "input", "password")
    await in_unit(world.database, viewer, lambda unit: require_proof(unit, "input"))
    password_hash = await world.passwords.hash(input.password)
    async with world.system.system_session() as session:
        await lock_acting(session, viewer.user_id, viewer.session_id, "input")
        await redeeming.set_password(session, viewer.user_id, password_hash)
        await note(session, viewer.user_id, SecurityEventKind.PASSWORD_CHANGED, network=place.network)
        ended = await end_sessions(session, viewer.user_id, but=viewer.session_id)
    for session_id in ended:
        context.sessions.end(session_id)
    return Outcome()


async def change_email(context: Context, input: ChangeEmailInput) -> Outcome:
    viewer, network = context.require_viewer(), place_of(context).network
    address = checked_address(input.email, "input", "email")

    async def work(unit: Unit) -> None:
        await require_proof(unit, "input")
        await note(unit.session, viewer.user_id, SecurityEventKind.EMAIL_CHANGE_ASKED, network=network, detail=address)

    await in_unit(context.world.database, viewer, work)
    await attempts.count_mail(context)
    await addresses.ask(context.world.system, Purpose.CHANGE_EMAIL, address, acting=viewer)
    return Outcome()


@strawberry.type
class AddressMutations:
    request_email_verification: RequestEmailVerificationPayload | None = open_mutation(
        request_email_verification,
        description="Send a mail by which a person shows that an address is theirs. Neither the answer nor its time "
        "tells whether the address is anybody's. Where it is verified already, only its person, signed in, gets "
        "one, if they have not shown one yet while they were.",
        scope="person",
    )
    verify_email: VerifyEmailPayload | None = open_mutation(
        verify_email,
        description="Show what came by mail: the address is verified, or the change of address is done. Send the "
        "access token along where the person is signed in: then the account is known to be of whose mailbox it is, and "
        "what was set up before stays when the password is reset.",
        scope="person",
    )
    request_password_reset: RequestPasswordResetPayload | None = open_mutation(
        request_password_reset,
        description="Send a mail with which a person chooses a new password. Neither the answer nor its time tells "
        "whether the address is anybody's.",
        scope="person",
    )
    reset_password: ResetPasswordPayload | None = open_mutation(
        reset_password,
        description="Choose a new password with what came by mail. Every session ends, those of apps and tokens too; "
        "sign in afterwards. Second factors, passkeys and linked accounts stay, unless nobody who was signed in has "
        "verified the address: then somebody else may have set them up, and they go.",
        scope="person",
    )
    change_password: ChangePasswordPayload | None = vendor_mutation(
        change_password,
        description="Choose another password. Needs fresh proof. Every other session ends, those of apps and tokens "
        "too.",
        open_to_viewers=True,
        scope="person",
    )
    change_email: ChangeEmailPayload | None = vendor_mutation(
        change_email,
        description="Sign in with another address from now on, once it is confirmed by what is mailed there; the old "
        "one is told. Needs fresh proof.",
        open_to_viewers=True,
        scope="person",
    )
