"""An endpoint sees what the grant or token that made it may see, and for as long as that may see anything."""

from collections.abc import Awaitable, Callable

import asyncpg
import pytest

from api import ids
from domain.erasure import erase_person
from integrations.world import World
from tests.api import books
from tests.api.apps.tokens import CREATE, REVOKE, in_days, token_input, token_of
from tests.api.client import Person
from tests.api.households.company import join, share
from tests.workers.webhook_endpoints.documents import UPDATE, endpoint_at, endpoints, log_of, take_turn
from tests.workers.webhook_endpoints.receiver import Receiver
from workers.webhook_deliveries import sweep_webhooks

SCOPES = ("webhook_endpoints:write", "webhook_endpoints:read", "accounts:read", "transactions:read")
ENDED = "What allowed this endpoint has ended, its person has ended all sessions, or they have left the household."


async def test_a_token_narrowed_to_an_account_is_told_of_no_other(
    world: World, person: Person, receiver: Receiver
) -> None:
    first, second = await books.open_account(person, name="First"), await books.open_account(person, name="Second")
    tool = await token_of(person, *SCOPES, accountIds=[first])
    endpoint, _ = await endpoint_at(tool, receiver.url)
    await books.book(person, second, "-1.00")
    booked = await books.book(person, first, "-2.00")

    await take_turn(world, endpoint)

    (received,) = receiver.received
    changes = received.message["data"]["changes"]
    assert [change["ids"] for change in changes if change["type"] == "Transaction"] == [[booked]]
    assert {id for change in changes for id in change["ids"]} == {first, booked}


async def test_a_token_is_told_of_what_its_scopes_reach(world: World, person: Person, receiver: Receiver) -> None:
    tool = await token_of(person, "webhook_endpoints:write", "webhook_endpoints:read", "transactions:read")
    endpoint, _ = await endpoint_at(tool, receiver.url)
    account = await books.open_account(person)
    await books.book(person, account, "-1.00")

    await take_turn(world, endpoint)

    (received,) = receiver.received
    assert received.events == ["TransactionsAdded"]


async def test_a_revoked_token_s_endpoint_is_told_nothing_more(
    world: World, person: Person, receiver: Receiver
) -> None:
    made = await person.change(CREATE, input=token_input(*SCOPES))
    tool = Person(**{**vars(person), "access_token": made["secret"]})
    endpoint, _ = await endpoint_at(tool, receiver.url)
    await books.open_account(person)
    await person.change(REVOKE, id=made["personalToken"]["id"])

    await take_turn(world, endpoint)

    assert receiver.received == []
    (disabled,) = await endpoints(person)
    assert (disabled["isEnabled"], disabled["problem"], disabled["madeBy"]) == (False, ENDED, "Tool")


async def test_what_waited_when_the_token_was_revoked_is_not_sent(
    world: World, person: Person, receiver: Receiver, owner: asyncpg.Connection
) -> None:
    made = await person.change(CREATE, input=token_input(*SCOPES))
    tool = Person(**{**vars(person), "access_token": made["secret"]})
    endpoint, _ = await endpoint_at(tool, receiver.url)
    receiver.answer(500)
    await books.open_account(person)
    await take_turn(world, endpoint)
    await person.change(REVOKE, id=made["personalToken"]["id"])

    await owner.execute("update webhook_deliveries set next_attempt_at = now() where status = 'PENDING'")
    await take_turn(world, endpoint)

    assert len(receiver.received) == 1


async def test_the_sweep_ends_endpoints_that_nothing_allows(world: World, person: Person, receiver: Receiver) -> None:
    made = await person.change(CREATE, input=token_input(*SCOPES))
    tool = Person(**{**vars(person), "access_token": made["secret"]})
    await endpoint_at(tool, receiver.url)
    await endpoint_at(person, receiver.url)
    await person.change(REVOKE, id=made["personalToken"]["id"])

    await sweep_webhooks(world)

    assert [one["isEnabled"] for one in await endpoints(person)] == [False, True]


async def test_an_expired_token_s_endpoint_is_told_nothing_more(
    world: World, person: Person, receiver: Receiver, owner: asyncpg.Connection
) -> None:
    tool = await token_of(person, *SCOPES, expiresAt=in_days(1))
    endpoint, _ = await endpoint_at(tool, receiver.url)
    await books.open_account(person)
    await owner.execute("update sessions set expires_at = now() where kind = 'TOKEN'")

    await take_turn(world, endpoint)

    assert receiver.received == []


async def test_a_narrowed_token_s_waiting_message_is_narrowed_too(
    world: World, person: Person, receiver: Receiver, owner: asyncpg.Connection
) -> None:
    tool = await token_of(person, *SCOPES)
    endpoint, _ = await endpoint_at(tool, receiver.url)
    receiver.answer(500)
    first, second = await books.open_account(person, name="First"), await books.open_account(person, name="Second")
    await take_turn(world, endpoint)
    account_id = ids.decode_as("acc", first)
    await owner.execute("update sessions set account_ids = $1 where kind = 'TOKEN'", [account_id])
    await owner.execute("update webhook_deliveries set next_attempt_at = now() where status = 'PENDING'")

    await take_turn(world, endpoint)

    told = [{id for change in one.message["data"]["changes"] for id in change["ids"]} for one in receiver.received]
    assert told == [{first, second}, {first}]


async def test_a_message_of_which_nothing_may_be_seen_is_taken_back(
    world: World, person: Person, receiver: Receiver, owner: asyncpg.Connection
) -> None:
    tool = await token_of(person, *SCOPES)
    endpoint, _ = await endpoint_at(tool, receiver.url, types=["Account"])
    receiver.answer(500)
    await books.open_account(person)
    await take_turn(world, endpoint)
    scopes = ["webhook_endpoints:write", "transactions:read"]
    await owner.execute("update sessions set scopes = $1 where kind = 'TOKEN'", scopes)
    await owner.execute("update webhook_deliveries set next_attempt_at = now() where status = 'PENDING'")

    await take_turn(world, endpoint)

    assert len(receiver.received) == 1
    (delivery,) = await log_of(person)
    assert (delivery["status"], delivery["nextAttemptAt"]) == ("WITHDRAWN", None)


async def test_without_its_own_scope_a_token_is_told_nothing(
    world: World, person: Person, receiver: Receiver, owner: asyncpg.Connection
) -> None:
    tool = await token_of(person, *SCOPES)
    endpoint, _ = await endpoint_at(tool, receiver.url)
    await books.open_account(person)
    await owner.execute("update sessions set scopes = array['accounts:read'] where kind = 'TOKEN'")

    await take_turn(world, endpoint)

    assert receiver.received == []


async def test_who_has_left_the_household_is_told_nothing_more(
    world: World, person: Person, receiver: Receiver, owner: asyncpg.Connection
) -> None:
    endpoint, _ = await endpoint_at(person, receiver.url)
    await books.open_account(person)
    await owner.execute("delete from household_members where user_id = $1", ids.decode_as("usr", person.user_id))

    await take_turn(world, endpoint)

    assert receiver.received == []


async def test_an_ended_endpoint_is_not_enabled_by_the_person(world: World, person: Person, receiver: Receiver) -> None:
    made = await person.change(CREATE, input=token_input(*SCOPES))
    tool = Person(**{**vars(person), "access_token": made["secret"]})
    endpoint, _ = await endpoint_at(tool, receiver.url)
    await person.change(REVOKE, id=made["personalToken"]["id"])
    await sweep_webhooks(world)

    refused = await person.refused(UPDATE, input={"endpointId": endpoint, "isEnabled": True})

    assert refused == [("CONFLICT", ["input", "isEnabled"])]
    assert [one["isEnabled"] for one in await endpoints(person)] == [False]


@pytest.mark.parametrize(
    ("sharing", "told"), [("FULL", True), ("READ_ONLY", True), ("BALANCE_ONLY", False), ("PRIVATE", False)]
)
async def test_of_another_member_s_account_is_told_what_it_is_shared_as(
    world: World,
    person: Person,
    new_person: Callable[..., Awaitable[Person]],
    receiver: Receiver,
    sharing: str,
    told: bool,
) -> None:
    other = await join(person, await new_person())
    account = await books.open_account(person)
    await share(person, account, sharing)
    endpoint, _ = await endpoint_at(other, receiver.url, types=["Transaction"])
    await books.book(person, account, "-1.00")

    await take_turn(world, endpoint)

    assert [one.events for one in receiver.received] == ([["TransactionsAdded"]] if told else [])


async def test_an_erased_person_s_endpoints_are_gone(
    world: World, person: Person, receiver: Receiver, owner: asyncpg.Connection
) -> None:
    endpoint, _ = await endpoint_at(person, receiver.url)
    await books.open_account(person)

    await erase_person(owner, email=person.email, user_id=None)
    assert await take_turn(world, endpoint) is False

    assert receiver.received == []
    assert (
        await owner.fetchval(
            "select count(*) from webhook_secrets where endpoint_id = $1", ids.decode_as("whe", endpoint)
        )
        == 0
    )
