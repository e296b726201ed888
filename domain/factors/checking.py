"""Whether somebody shows a second factor of a person: one code path for signing in and for fresh proof."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import exists, select

from domain.factors import backup_codes, passkeys, totp
from domain.factors.attempts import FREE, count_attempt, forget_attempts
from domain.factors.models import TOTP, Factor
from domain.factors.passkeys import Purpose
from domain.factors.relying_party import RelyingParty
from domain.identity.security import SecurityEventKind, note
from domain.mistakes import invalid
from runtime.keys import Keys
from runtime.system import SystemDatabase


@dataclass(frozen=True)
class Verifier:
    """What checking needs to know."""

    system: SystemDatabase
    keys: Keys
    party: RelyingParty


@dataclass(frozen=True)
class Shown:
    """Exactly one of them. INVALID otherwise."""

    totp_code: str | None = None
    backup_code: str | None = None
    passkey: str | None = None
    """The authenticator's answer (AuthenticationResponseJSON)."""

    def __post_init__(self) -> None:
        if len(self._given) != 1:
            raise invalid("Give exactly one of totpCode, backupCode and passkey.", "input")

    @property
    def path(self) -> tuple[str, str]:
        return "input", self._given[0]

    @property
    def _given(self) -> list[str]:
        every = {"totpCode": self.totp_code, "backupCode": self.backup_code, "passkey": self.passkey}
        return [name for name, value in every.items() if value is not None]


async def has_second_factor(system: SystemDatabase, user_id: UUID) -> bool:
    """Whether signing in with a password takes a second factor: as soon as an authenticator app is confirmed. A passkey
    alone is another first way in, not a second one."""
    is_on = exists().where(Factor.user_id == user_id, Factor.kind == TOTP, Factor.confirmed_at.is_not(None))
    async with system.system_session() as session:
        return bool(await session.scalar(select(is_on)))


async def check_factor(verifier: Verifier, user_id: UUID, shown: Shown, *, network: str = "") -> None:
    """INVALID for a wrong one, or one that was used before; TOO_MANY after too many wrong ones. Good ones are used up.

    The person is told when somebody has used up what may be wrong in a row: whoever comes so far knows their password.
    """
    path, system = shown.path, verifier.system
    count = await count_attempt(system, user_id, *path)
    if shown.passkey is not None:
        await passkeys.use_passkey(system, verifier.party, Purpose.PROVE, user_id, shown.passkey, *path)
        async with system.system_session() as session:
            await forget_attempts(session, user_id)
        return
    async with system.system_session() as session:
        if shown.totp_code is not None:
            is_right = await totp.use_code(session, verifier.keys, user_id, shown.totp_code) is not None
        else:
            is_right = await backup_codes.use_code(session, user_id, shown.backup_code or "")
            if is_right:
                await note(session, user_id, SecurityEventKind.BACKUP_CODE_USED, network=network)
        if is_right:
            await forget_attempts(session, user_id)
        elif count == FREE:
            await note(session, user_id, SecurityEventKind.FACTOR_REFUSED, network=network)
    if not is_right:
        raise invalid("This code is wrong, or was used before.", *path)
