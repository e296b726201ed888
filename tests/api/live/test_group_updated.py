"""Two households in a group: each hears what the other gives, once and in order."""

from tests.api.client import Person
from tests.api.live.socket_client import Address, subscribed
from tests.api.savings_groups.documents import JOIN, LEAVE, REPLACE, found, found_together, give

GROUP = """
subscription ($groupId: ID!, $after: String) {
  groupUpdated(groupId: $groupId, after: $after) {
    sequence kind
    group { saved { amount } sequence }
    contribution { amount { amount } message by { isMe } }
    member { displayName isMe }
  }
}
"""
SEQUENCE = "query ($id: ID!) { node(id: $id) { ... on SavingsGroup { sequence } } }"


async def test_both_households_hear_the_same(live: Address, person: Person, stranger: Person) -> None:
    group_id = await found_together(person, stranger)

    start = (await person.data(SEQUENCE, id=group_id))["node"]["sequence"]

    async with (
        subscribed(live, person, GROUP, groupId=group_id, after=start) as mine,
        subscribed(live, stranger, GROUP, groupId=group_id, after=start) as theirs,
    ):
        await give(stranger, group_id, "10.00")
        await give(person, group_id, "20.00", "-5.00")
        heard, heard_there = await mine.some(3), await theirs.some(3)

    amounts = [event["contribution"]["amount"]["amount"] for event in heard]
    assert amounts == ["10.00", "20.00", "-5.00"]
    assert [event["contribution"]["amount"]["amount"] for event in heard_there] == amounts
    assert [event["sequence"] for event in heard] == [event["sequence"] for event in heard_there]
    assert [event["member"]["isMe"] for event in heard] == [False, True, True]
    assert [event["member"]["isMe"] for event in heard_there] == [True, False, False]


async def test_a_cut_stream_gets_exactly_what_was_missed(live: Address, person: Person, stranger: Person) -> None:
    group_id = await found_together(person, stranger)
    start = (await person.data(SEQUENCE, id=group_id))["node"]["sequence"]
    await give(stranger, group_id, "1.00")
    async with subscribed(live, person, GROUP, groupId=group_id, after=start) as stream:
        seen = await stream.next()
    await give(stranger, group_id, "2.00", "3.00")

    async with subscribed(live, person, GROUP, groupId=group_id, after=seen["sequence"]) as stream:
        missed = await stream.some(2)
        await give(stranger, group_id, "4.00")
        new = await stream.next()

    assert [one["contribution"]["amount"]["amount"] for one in [*missed, new]] == ["2.00", "3.00", "4.00"]
    assert new["group"] == {"saved": {"amount": "10.00"}, "sequence": new["sequence"]}


async def test_coming_going_and_milestones(live: Address, person: Person, stranger: Person) -> None:
    group = await found(person, target={"amount": "100.00", "currency": "EUR"})
    start = (await person.data(SEQUENCE, id=group["id"]))["node"]["sequence"]
    await stranger.change(JOIN, code=group["inviteCode"])
    await give(stranger, group["id"], "50.00")
    await person.change(REPLACE, groupId=group["id"])
    await stranger.change(LEAVE, groupId=group["id"])

    async with subscribed(live, person, GROUP, groupId=group["id"], after=start) as stream:
        events = await stream.some(6)

    assert [(event["kind"], (event["member"] or {}).get("isMe")) for event in events] == [
        ("JOINED", False),
        ("CONTRIBUTED", False),
        ("MILESTONE", None),
        ("MILESTONE", None),
        ("CHANGED", None),
        ("LEFT", False),
    ]


async def test_who_leaves_hears_no_more(live: Address, person: Person, stranger: Person) -> None:
    group_id = await found_together(person, stranger)
    start = (await stranger.data(SEQUENCE, id=group_id))["node"]["sequence"]
    await give(person, group_id, "1.00")

    async with subscribed(live, stranger, GROUP, groupId=group_id, after=start) as stream:
        await stream.next()
        await stranger.change(LEAVE, groupId=group_id)
        await stream.completed()
    async with subscribed(live, stranger, GROUP, groupId=group_id, after=start) as stream:
        assert await stream.failure() == "BAD_USER_INPUT"


async def test_a_group_of_others_is_none(live: Address, person: Person, stranger: Person) -> None:
    group_id = (await found(stranger))["id"]

    for id in (group_id, stranger.household_id, "nonsense"):
        async with subscribed(live, person, GROUP, groupId=id) as stream:
            assert await stream.failure() == "BAD_USER_INPUT"
    async with subscribed(live, None, GROUP, groupId=group_id) as stream:
        assert await stream.failure() == "UNAUTHENTICATED"
