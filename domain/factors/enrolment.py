"""Authenticator apps and backup codes: switched on, renewed and switched off, each with fresh proof."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import delete, insert, select, update

from domain import text
from domain.factors import backup_codes, totp
from domain.factors.checking import Verifier
from domain.factors.models import BACKUP_CODES, TOTP, Factor, TotpSecret
from domain.identity.locking import lock_acting
from domain.identity.security import SecurityEventKind, note
from domain.mistakes import conflict, invalid, not_found
from runtime import clock
from runtime.ids import new_id
from runtime.viewer import Viewer

AUTHENTICATOR = "Authenticator app"
LONGEST_NAME = 60


@dataclass(frozen=True)
class Enrolment:
    """The secret is nowhere else in this form, and is shown this once."""

    factor_id: UUID
    secret: str
    uri: str


async def enrol_totp(verifier: Verifier, viewer: Viewer, name: str = AUTHENTICATOR) -> Enrolment:
    """A new secret, which counts once a code of it is shown; one that was not confirmed is forgotten. CONFLICT where an
    authenticator app is switched on already."""
    name = text.line(name, "input", "name", most=LONGEST_NAME)
    factor_id, secret = new_id(), totp.new_totp_secret()
    async with verifier.system.system_session() as session:
        email = await lock_acting(session, viewer.user_id, viewer.session_id, "input")
        is_on = await session.scalar(
            select(Factor.id).where(
                Factor.user_id == viewer.user_id, Factor.kind == TOTP, Factor.confirmed_at.is_not(None)
            )
        )
        if is_on is not None:
            raise conflict("An authenticator app is switched on already: switch it off first.", "input")
        await session.execute(delete(Factor).where(Factor.user_id == viewer.user_id, Factor.kind == TOTP))
        row = {"id": factor_id, "user_id": viewer.user_id, "kind": TOTP, "name": name, "created_at": clock.now()}
        await session.execute(insert(Factor).values(row))
        key_id, sealed = verifier.keys.encrypt(secret, bound_to=factor_id.bytes)
        kept = {"factor_id": factor_id, "key_id": key_id, "secret": sealed, "last_step": totp.NEVER}
        await session.execute(insert(TotpSecret).values(kept))
    return Enrolment(factor_id, secret, totp.otpauth_uri(secret, account=email, issuer=verifier.party.name))


async def confirm_totp(verifier: Verifier, viewer: Viewer, code: str, *, network: str = "") -> tuple[UUID, list[str]]:
    """The factor, which counts from now on, and its backup codes, shown this once. INVALID for a wrong code."""
    async with verifier.system.system_session() as session:
        await lock_acting(session, viewer.user_id, viewer.session_id, "input")
        factor_id = await totp.use_code(session, verifier.keys, viewer.user_id, code, confirmed=False)
        if factor_id is None:
            raise invalid("This is not the code that the app shows now.", "input", "code")
        await session.execute(update(Factor).where(Factor.id == factor_id).values(confirmed_at=clock.now()))
        codes = await backup_codes.make_codes(session, viewer.user_id)
        await note(session, viewer.user_id, SecurityEventKind.FACTOR_ADDED, network=network, detail=AUTHENTICATOR)
    return factor_id, codes


async def disable_totp(verifier: Verifier, viewer: Viewer, factor_id: UUID, *, network: str = "") -> None:
    """The backup codes go with it. NOT_FOUND where it is not the person's."""
    async with verifier.system.system_session() as session:
        await lock_acting(session, viewer.user_id, viewer.session_id, "input")
        of_person = Factor.id == factor_id, Factor.user_id == viewer.user_id, Factor.kind == TOTP
        if await session.scalar(delete(Factor).where(*of_person).returning(Factor.id)) is None:
            raise not_found("There is no such authenticator app.", "input", "factorId")
        await backup_codes.drop_codes(session, viewer.user_id)
        await note(session, viewer.user_id, SecurityEventKind.FACTOR_REMOVED, network=network, detail=AUTHENTICATOR)


async def renew_backup_codes(verifier: Verifier, viewer: Viewer, factor_id: UUID, *, network: str = "") -> list[str]:
    """Ten new ones, shown this once; those before are good no more. NOT_FOUND where the person has none."""
    async with verifier.system.system_session() as session:
        await lock_acting(session, viewer.user_id, viewer.session_id, "input")
        of_person = Factor.id == factor_id, Factor.user_id == viewer.user_id, Factor.kind == BACKUP_CODES
        if await session.scalar(select(Factor.id).where(*of_person)) is None:
            raise not_found("There are no such backup codes.", "input", "factorId")
        codes = await backup_codes.make_codes(session, viewer.user_id)
        await note(session, viewer.user_id, SecurityEventKind.BACKUP_CODES_MADE, network=network)
    return codes
