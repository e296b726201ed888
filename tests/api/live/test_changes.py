"""Every change of a household, pushed; and the streams of transactions and notifications, which are parts of it."""

from api import ids
from domain.events import NotificationArrived, TransactionsAdded, TransactionsModified, TransactionsRemoved
from domain.notifications.models import Notification
from integrations.world import World
from runtime.ids import new_id
from runtime.unit import Unit, in_unit
from tests.api.client import Person
from tests.api.live.books import move, open_account, viewer_of
from tests.api.live.socket_client import Address, subscribed

CHANGES = "subscription ($after: String) { changes(after: $after) { sequence kind id node { id } } }"
TRANSACTIONS = """
subscription ($after: String) {
  transactionsChanged(after: $after) { sequence added { id } modified { id } removedIds }
}
"""
NOTIFICATIONS = """
subscription ($after: String) { notificationArrived(after: $after) { sequence notification { id title } } }
"""
SEQUENCE = "{ viewer { sequence } }"


async def sequence_of(person: Person) -> str:
    sequence: str = (await person.data(SEQUENCE))["viewer"]["sequence"]
    return sequence


async def test_a_stream_may_be_cut_inside_a_line(live: Address, world: World, person: Person) -> None:
    start = await sequence_of(person)
    made = [new_id() for _ in range(150)]

    async def work(unit: Unit) -> None:
        unit.record(TransactionsRemoved(ids=made))

    await in_unit(world.database, viewer_of(person), work)
    async with subscribed(live, person, CHANGES, after=start) as stream:
        before = await stream.some(70)

    async with subscribed(live, person, CHANGES, after=before[-1]["sequence"]) as stream:
        after = await stream.some(80)
    async with subscribed(live, person, TRANSACTIONS, after=before[-1]["sequence"]) as stream:
        rest = await stream.some(2)

    expected = [ids.encode("txn", id) for id in made]
    assert [change["id"] for change in [*before, *after]] == expected
    assert [event["removedIds"] for event in rest] == [expected[70:100], expected[100:]]


async def test_what_is_new_and_nothing_older(live: Address, world: World, person: Person) -> None:
    account = await open_account(world, person)
    start = await sequence_of(person)

    async with subscribed(live, person, CHANGES, after=start) as stream:
        await move(world, person, account, "1.00")
        change = await stream.next()

    id = ids.encode("acc", account)
    assert change == {"sequence": await sequence_of(person), "kind": "UPDATED", "id": id, "node": {"id": id}}


async def test_transactions_that_are_gone_again_are_left_out(live: Address, world: World, person: Person) -> None:
    start = await sequence_of(person)

    async def work(unit: Unit) -> None:
        unit.record(TransactionsAdded(ids=[new_id()]), TransactionsModified(ids=[new_id()]))

    await in_unit(world.database, viewer_of(person), work)

    async with subscribed(live, person, TRANSACTIONS, after=start) as stream:
        events = await stream.some(2)

    assert [(event["added"], event["modified"], event["removedIds"]) for event in events] == [([], [], [])] * 2


async def test_a_notification_reaches_its_person(live: Address, world: World, person: Person) -> None:
    start = await sequence_of(person)
    theirs, mine = new_id(), new_id()

    async def work(unit: Unit) -> None:
        unit.session.add(
            Notification(
                household_id=unit.household_id,
                id=mine,
                user_id=unit.viewer.user_id,
                kind="SYNC_TROUBLE",
                title="Sign in again",
                body="The bank asks for it.",
                once_key="once",
                at=unit.at,
            )
        )
        unit.record(
            NotificationArrived(ids=[theirs], data={"person": str(new_id())}),
            NotificationArrived(ids=[mine], data={"person": str(unit.viewer.user_id)}),
        )

    async with subscribed(live, person, NOTIFICATIONS, after=start) as stream:
        await in_unit(world.database, viewer_of(person), work)
        event = await stream.next()

    assert event == {
        "sequence": await sequence_of(person),
        "notification": {"id": ids.encode("ntf", mine), "title": "Sign in again"},
    }
