"""Registering apps, changing and deleting them."""

from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, insert, select, update

from domain.apps.models import App, AppSecret
from domain.apps.rules import check_homepage, check_redirect_uris
from domain.apps.secrets import Secret, hash_of, new_secret
from domain.identity.models import Session
from domain.identity.proof import require_proof
from domain.mistakes import invalid_at, not_allowed, not_found, too_many
from domain.text import line
from runtime import clock
from runtime.ids import new_id
from runtime.system import SystemDatabase
from runtime.unit import Unit

MOST_APPS = 50


async def register_app(
    unit: Unit, *, name: str, homepage: str | None, redirect_uris: list[str], is_confidential: bool
) -> tuple[UUID, str | None]:
    """The app's id and its secret, which is nowhere else in this form; None for a public one.

    INVALID for addresses that cannot be redirected to safely; TOO_MANY beyond 50.
    """
    mine = select(func.count()).select_from(App).where(App.user_id == unit.viewer.user_id)
    if (await unit.session.scalars(mine)).one() >= MOST_APPS:
        raise too_many(f"A person has at most {MOST_APPS} apps.", "input")
    app = App(
        id=new_id(),
        user_id=unit.viewer.user_id,
        name=line(name, "input", "name", most=100),
        homepage=_homepage(homepage),
        redirect_uris=_uris(redirect_uris),
        is_confidential=is_confidential,
        created_at=unit.at,
    )
    unit.session.add(app)
    await unit.session.flush()
    return app.id, await _add_secret(unit, app.id) if is_confidential else None


async def update_app(unit: Unit, app_id: UUID, given: dict[str, Any]) -> UUID:
    """`given` has what is to be changed: "name" and "redirect_uris", where null changes nothing, and "homepage", where
    it clears. PROOF_NEEDED for other redirect URIs without a fresh proof: codes go there."""
    app = await _own_app(unit, app_id)
    if given.get("name") is not None:
        app.name = line(given["name"], "input", "name", most=100)
    if given.get("redirect_uris") is not None and (uris := _uris(given["redirect_uris"])) != app.redirect_uris:
        await require_proof(unit, "input", "redirectUris")
        app.redirect_uris = uris
    if "homepage" in given:
        app.homepage = _homepage(given["homepage"])
    return app.id


async def rotate_app_secret(unit: Unit, app_id: UUID) -> str:
    """A new secret; the one before is good no more. NOT_ALLOWED for a public app, which has none; PROOF_NEEDED without
    a fresh proof."""
    app = await _own_app(unit, app_id)
    if not app.is_confidential:
        raise not_allowed("A public app has no secret.", "input", "appId")
    await require_proof(unit, "input")
    return await _add_secret(unit, app.id)


async def delete_app(system: SystemDatabase, user_id: UUID, app_id: UUID) -> list[UUID]:
    """It goes with all that people gave it. The sessions that ended. NOT_FOUND where it is somebody else's."""
    async with system.system_session() as session:
        gone = await session.scalar(delete(App).where(App.id == app_id, App.user_id == user_id).returning(App.id))
        if gone is None:
            raise not_found("There is no such app.", "input", "appId")
        ended = await session.scalars(
            update(Session)
            .where(Session.app_id == app_id, Session.ended_at.is_(None))
            .values(ended_at=clock.now())
            .returning(Session.id)
        )
        return list(ended)


async def _own_app(unit: Unit, app_id: UUID) -> App:
    app = (await unit.session.scalars(select(App).where(App.id == app_id).with_for_update())).one_or_none()
    if app is None:
        raise not_found("There is no such app.", "input", "appId")
    return app


async def _add_secret(unit: Unit, app_id: UUID) -> str:
    secret = new_secret(Secret.CLIENT)
    # `app` may put it in and never read it, so nothing may come back.
    await unit.session.execute(
        insert(AppSecret).values(
            id=new_id(),
            app_id=app_id,
            user_id=unit.viewer.user_id,
            secret_hash=hash_of(Secret.CLIENT, secret),
            created_at=unit.at,
        )
    )
    return secret


def _uris(uris: list[str]) -> list[str]:
    with invalid_at("input", "redirectUris"):
        return check_redirect_uris(uris)


def _homepage(homepage: str | None) -> str | None:
    with invalid_at("input", "homepage"):
        return check_homepage(homepage)
