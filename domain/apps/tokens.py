"""Personal access tokens: a session that is named by one secret, which the person carries to a tool themselves."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from domain.accounts.models import Account
from domain.apps.rules import check_expiry, check_scopes
from domain.apps.secrets import Secret, hash_of, new_secret
from domain.identity.models import TOKEN, Session
from domain.identity.proof import require_proof
from domain.identity.security import SecurityEventKind, note
from domain.mistakes import invalid_at, not_found, too_many
from domain.text import line
from runtime import clock
from runtime.ids import new_id
from runtime.system import SystemDatabase
from runtime.unit import Unit

MOST_TOKENS = 50


async def create_personal_token(
    unit: Unit, *, name: str, scopes: Sequence[str], account_ids: Sequence[UUID] | None, expires_at: datetime
) -> tuple[UUID, str]:
    """The token's id and its text, which is nowhere else in this form.

    PROOF_NEEDED without a fresh proof; INVALID for scopes or an expiry that cannot be given; NOT_FOUND for accounts
    that are not the household's; TOO_MANY beyond 50 that are alive.
    """
    await require_proof(unit, "input")
    label = line(name, "input", "name", most=100)
    with invalid_at("input", "scopes"):
        granted = check_scopes(scopes, narrowed=account_ids is not None)
    with invalid_at("input", "expiresAt"):
        until = check_expiry(expires_at, unit.at)
    await check_accounts(unit, account_ids)
    alive = (
        select(func.count())
        .select_from(Session)
        .where(
            Session.user_id == unit.viewer.user_id,
            Session.kind == TOKEN,
            Session.ended_at.is_(None),
            Session.expires_at > unit.at,
        )
    )
    if (await unit.session.scalars(alive)).one() >= MOST_TOKENS:
        raise too_many(f"A person has at most {MOST_TOKENS} tokens.", "input")
    text = new_secret(Secret.PERSONAL)
    token = Session(
        id=new_id(),
        user_id=unit.viewer.user_id,
        household_id=unit.household_id,
        family_hash=hash_of(Secret.PERSONAL, text),
        # Nothing has this hash: a personal token is not refreshed.
        refresh_hash=hash_of(Secret.PERSONAL, new_secret(Secret.PERSONAL)),
        created_at=unit.at,
        refreshed_at=unit.at,
        expires_at=until,
        kind=TOKEN,
        label=label,
        scopes=granted,
        account_ids=None if account_ids is None else list(account_ids),
    )
    unit.session.add(token)
    await note(unit.session, unit.viewer.user_id, SecurityEventKind.TOKEN_MADE, detail=label)
    return token.id, text


async def check_accounts(unit: Unit, account_ids: Sequence[UUID] | None) -> None:
    """NOT_FOUND unless all are accounts that the person may see; an empty choice is none."""
    if account_ids is None:
        return
    seen = set(await unit.session.scalars(select(Account.id).where(Account.id.in_(account_ids))))
    if not account_ids or set(account_ids) - seen:
        raise not_found("There is no such account.", "input", "accountIds")


async def session_of_token(system: SystemDatabase, text: str) -> UUID | None:
    """The session that a personal token names, alive or not."""
    rows = await system.system_rows(_BY_HASH, hash_of(Secret.PERSONAL, text), TOKEN, clock.now())
    return rows[0]["id"] if rows else None


_BY_HASH = "select id from sessions where family_hash = $1 and kind = $2 and expires_at > $3"
