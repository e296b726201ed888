"""Letting somebody in: from where they come, the session that is opened for them, and what the client gets of it."""

from datetime import datetime

from api.context import Context
from api.gates import Outcome
from api.transport.connections import REQUEST
from domain.identity import sessions
from domain.identity.device import device_of
from domain.identity.locking import lock_admitted
from domain.identity.network import coarse
from domain.identity.refreshing import Lives, Pair
from domain.identity.sessions import OpenSession, Place
from runtime import clock, tokens
from runtime.unit import Unit, in_unit
from runtime.viewer import Viewer


def place_of(context: Context) -> Place:
    """Where the client is and what it calls itself, no finer than is kept."""
    scope = REQUEST.get()
    headers = () if scope is None else scope["headers"]
    agent = next((value for name, value in headers if name == b"user-agent"), b"")
    return Place(device_of(agent.decode("latin-1")), coarse(context.network))


def lives_of(context: Context) -> Lives:
    settings = context.world.settings
    return Lives(days=settings.refresh_token_days, minutes=settings.access_token_minutes)


async def let_in(context: Context, viewer: Viewer, since: datetime) -> Outcome:
    """Open a session of a viewer who has just proved who they are: the value of a SessionPayload. `since` is when they
    began to: NOT_ALLOWED where the person's sessions were ended after that, as what was shown may be good no more."""
    days, place = context.world.settings.refresh_token_days, place_of(context)

    async def work(unit: Unit) -> OpenSession:
        await lock_admitted(unit.session, viewer.user_id, since, "input")
        return await sessions.open_session(unit, days=days, place=place)

    opened = await in_unit(context.world.database, viewer, work)
    minutes = context.world.settings.access_token_minutes
    access = tokens.issue(context.world.keys, opened.viewer, at=clock.now(), minutes=minutes)
    pair = Pair(access.text, access.expires_at, opened.refresh_token, opened.refresh_expires_at)
    return signed_in(opened.viewer, pair)


def signed_in(viewer: Viewer, pair: Pair) -> Outcome:
    return Outcome(viewer=viewer, details={"session": pair})
