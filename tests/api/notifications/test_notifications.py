"""What a person is told, once, and having read it."""

import pytest

from api import ids
from domain.notifications.commands import notify
from integrations.world import World
from runtime.unit import Unit, in_unit
from runtime.viewer import Viewer
from tests.api.client import Client, Person

LIST = """
query ($unread: Boolean, $first: Int, $after: String) {
  viewer {
    notifications(unreadOnly: $unread, first: $first, after: $after) {
      edges { cursor node { kind title body readAt subject { __typename id } } }
      pageInfo { hasNextPage }
    }
  }
}
"""
IDS = "{ viewer { notifications { nodes { id readAt } } } }"
MARK = """
mutation ($ids: [ID!]!) {
  markNotificationsRead(input: {notificationIds: $ids}) {
    notifications { id readAt }
    userErrors { code message path }
  }
}
"""


def acting_for(person: Person) -> Viewer:
    household = ids.decode_as("hsh", person.household_id)
    return Viewer.for_job(household, ids.decode_as("usr", person.user_id))


async def tell(world: World, person: Person, key: str, **given: object) -> int:
    """How many notifications it made."""

    async def work(unit: Unit) -> int:
        values = {"kind": "SYNC_TROUBLE", "title": f"About {key}", "body": "Words.", **given}
        return len(await notify(unit, once_key=key, **values))  # type: ignore[arg-type]

    return await in_unit(world.database, acting_for(person), work)


async def own(person: Person) -> list[dict[str, object]]:
    nodes: list[dict[str, object]] = (await person.data(IDS))["viewer"]["notifications"]["nodes"]
    return nodes


async def test_a_person_is_told_once_under_a_key(world: World, person: Person) -> None:
    subject = ids.decode_as("hsh", person.household_id)

    assert await tell(world, person, "one", subject="Household", subject_id=subject) == 1
    assert await tell(world, person, "one") == 0

    (edge,) = (await person.data(LIST))["viewer"]["notifications"]["edges"]
    assert edge["node"] == {
        "kind": "SYNC_TROUBLE",
        "title": "About one",
        "body": "Words.",
        "readAt": None,
        "subject": {"__typename": "Household", "id": person.household_id},
    }


async def test_the_newest_come_first_in_pages(world: World, person: Person) -> None:
    for key in ("one", "two", "three"):
        await tell(world, person, key)

    first = (await person.data(LIST, first=2))["viewer"]["notifications"]
    second = (await person.data(LIST, first=2, after=first["edges"][-1]["cursor"]))["viewer"]["notifications"]

    assert [edge["node"]["title"] for edge in first["edges"]] == ["About three", "About two"]
    assert first["pageInfo"] == {"hasNextPage": True}
    assert [edge["node"]["title"] for edge in second["edges"]] == ["About one"]
    assert second["pageInfo"] == {"hasNextPage": False}


async def test_what_was_read_keeps_its_time(world: World, person: Person) -> None:
    await tell(world, person, "one")
    (notification,) = await own(person)

    first = await person.change(MARK, ids=[notification["id"]])
    again = await person.change(MARK, ids=[notification["id"], notification["id"]])

    assert first["notifications"] == await own(person)
    assert first["notifications"][0]["readAt"] is not None
    assert again["notifications"] == first["notifications"]


async def test_only_unread_ones(world: World, person: Person) -> None:
    await tell(world, person, "one")
    await tell(world, person, "two")
    await person.change(MARK, ids=[(await own(person))[0]["id"]])

    found = (await person.data(LIST, unread=True))["viewer"]["notifications"]["edges"]

    assert [edge["node"]["title"] for edge in found] == ["About one"]


async def test_somebody_elses_cannot_be_marked_and_nothing_is(world: World, person: Person, stranger: Person) -> None:
    await tell(world, person, "mine")
    await tell(world, stranger, "theirs")
    (mine,), (theirs,) = await own(person), await own(stranger)

    refusal = await person.refused(MARK, ids=[mine["id"], theirs["id"]])

    assert refusal == [("NOT_FOUND", ["input", "notificationIds", "1"])]
    assert await own(person) == [mine]
    assert await own(stranger) == [theirs]


@pytest.mark.parametrize("bad", ["", "ntf_", "usr_00000000000000000000000000", "ntf_zzzzzzzzzzzzzzzzzzzzzzzzzz"])
async def test_no_notification(person: Person, bad: str) -> None:
    assert await person.refused(MARK, ids=[bad]) == [("NOT_FOUND", ["input", "notificationIds", "0"])]


async def test_nine_thousand_ids(world: World, person: Person) -> None:
    await tell(world, person, "one")
    (one,) = await own(person)

    assert await person.refused(MARK, ids=[one["id"]] * 9_000) == [("TOO_MANY", ["input", "notificationIds"])]
    assert await own(person) == [one]


async def test_nobody_reads_or_marks(nobody: Client) -> None:
    answer = await nobody.send(MARK, ids=[])

    assert answer["data"] == {"markNotificationsRead": None}
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["UNAUTHENTICATED"]


@pytest.mark.parametrize("arguments", [{"first": 0}, {"first": 101}, {"after": "forged"}])
async def test_a_page_that_cannot_be(person: Person, arguments: dict[str, object]) -> None:
    answer = await person.send(LIST, **arguments)

    assert [error["extensions"]["code"] for error in answer["errors"]] == ["BAD_USER_INPUT"]
