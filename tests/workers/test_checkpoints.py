"""The heads of the journals are written down where PostgreSQL cannot reach them."""

from pathlib import Path

from api import ids
from integrations.world import World
from runtime.checkpoints import FOLDER, read_checkpoints
from tests.api.client import Person
from tests.api.live.books import open_account
from workers.checkpoints import write_checkpoints


async def test_each_head_is_written_down_once(world: World, person: Person) -> None:
    folder: Path = world.settings.data / FOLDER
    household_id = ids.decode_as("hsh", person.household_id)
    await open_account(world, person)
    await write_checkpoints(world)
    await write_checkpoints(world)
    await open_account(world, person)
    await open_account(world, person)

    await write_checkpoints(world)

    assert [one.seq for one in read_checkpoints(folder) if one.stream_id == household_id] == [1, 3]
