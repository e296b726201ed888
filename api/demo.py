"""GraphiQL in sandbox mode is signed in as the demo person, whom `up` writes into its file."""

import json
from collections.abc import Mapping

from domain.identity import sessions
from domain.identity.locking import lock_person
from domain.identity.people import find_by_password
from domain.identity.sessions import OpenSession
from domain.mistakes import UserMistake
from integrations.world import World
from runtime import clock, tokens
from runtime.unit import Unit, in_unit

MINUTES = 12 * 60
OVERVIEW = """# You are signed in as the demo person: press the button.
query Overview {
  viewer {
    household { name currency }
    accounts { name type balance { amount currency } }
    transactions(first: 5) {
      nodes { date description amount { amount } status category { name } categorizedBy merchant { name } }
    }
  }
}
"""
"""What GraphiQL opens with."""


async def demo_headers(world: World) -> Mapping[str, str]:
    """An Authorization header of the demo person; nothing outside sandbox mode, or as long as there is none."""
    path = world.settings.up_file
    if not world.settings.sandbox or path is None:
        return {}
    try:
        demo = json.loads(path.read_text())["demo"]
        viewer = await find_by_password(world.system, demo["email"], demo["password"])
    except (OSError, ValueError, KeyError, TypeError, UserMistake):
        return {}

    async def work(unit: Unit) -> OpenSession:
        await lock_person(unit.session, viewer.user_id)
        return await sessions.open_session(unit, days=1)

    opened = await in_unit(world.database, viewer, work)
    token = tokens.issue(world.keys, opened.viewer, at=clock.now(), minutes=MINUTES)
    return {"Authorization": f"Bearer {token.text}"}
