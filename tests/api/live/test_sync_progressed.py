"""A link's synchronisation, step by step."""

from uuid import UUID

from api import ids
from domain.bank_links.models import BankLink, Institution, Sync
from domain.events import SyncFinished, SyncStarted
from integrations.world import World
from runtime.ids import new_id
from runtime.unit import Unit, in_unit
from tests.api.client import Person
from tests.api.live.books import viewer_of
from tests.api.live.socket_client import Address, subscribed

SYNCS = "subscription ($id: ID!) { syncProgressed(bankLinkId: $id) { sync { id status added } } }"


async def link(world: World, person: Person) -> UUID:
    institution = new_id()
    async with world.system.system_session() as session:
        session.add(Institution(id=institution, provider="plaid", provider_id=str(institution), name="A bank"))

    async def work(unit: Unit) -> UUID:
        made = BankLink(
            household_id=unit.household_id,
            id=new_id(),
            user_id=unit.viewer.user_id,
            institution_id=institution,
            provider="plaid",
            provider_item_id=str(new_id()),
            status="ACTIVE",
            next_sync_at=unit.at,
            created_at=unit.at,
        )
        unit.session.add(made)
        return made.id

    return await in_unit(world.database, viewer_of(person), work)


async def start(world: World, person: Person, link_id: UUID) -> UUID:
    async def work(unit: Unit) -> UUID:
        sync = Sync(
            household_id=unit.household_id,
            id=new_id(),
            bank_link_id=link_id,
            status="RUNNING",
            started_at=unit.at,
        )
        unit.session.add(sync)
        unit.record(SyncStarted(ids=[sync.id]))
        return sync.id

    return await in_unit(world.database, viewer_of(person), work)


async def finish(world: World, person: Person, sync_id: UUID) -> None:
    async def work(unit: Unit) -> None:
        sync = await unit.session.get_one(Sync, {"household_id": unit.household_id, "id": sync_id})
        sync.status, sync.added, sync.finished_at = "SUCCEEDED", 7, unit.at
        unit.record(SyncFinished(ids=[sync_id]))

    await in_unit(world.database, viewer_of(person), work)


async def test_the_current_state_and_then_each_step(live: Address, world: World, person: Person) -> None:
    mine, another = await link(world, person), await link(world, person)
    first = await start(world, person, mine)

    async with subscribed(live, person, SYNCS, id=ids.encode("bnk", mine)) as stream:
        running = await stream.next()
        await start(world, person, another)
        await finish(world, person, first)
        finished = await stream.next()
        second = await start(world, person, mine)
        again = await stream.next()

    assert [event["sync"] for event in (running, finished, again)] == [
        {"id": ids.encode("syn", first), "status": "RUNNING", "added": 0},
        {"id": ids.encode("syn", first), "status": "SUCCEEDED", "added": 7},
        {"id": ids.encode("syn", second), "status": "RUNNING", "added": 0},
    ]


async def test_somebody_elses_link_is_none(live: Address, world: World, person: Person, stranger: Person) -> None:
    theirs = await link(world, stranger)

    for id in (ids.encode("bnk", theirs), person.household_id, "nonsense"):
        async with subscribed(live, person, SYNCS, id=id) as stream:
            assert await stream.failure() == "BAD_USER_INPUT"
    async with subscribed(live, None, SYNCS, id=ids.encode("bnk", theirs)) as stream:
        assert await stream.failure() == "UNAUTHENTICATED"
