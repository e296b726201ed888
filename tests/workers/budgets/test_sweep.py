"""What a lost queue left unchecked is found again."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from api import ids
from integrations.world import World
from runtime.jobs import queue_client, queue_name
from tests.api.budgets.documents import make_budget
from tests.api.client import Person
from workers.budgets import sweep_budgets


def household(person: Person) -> UUID:
    return ids.decode_as("hsh", person.household_id)


async def queued(world: World) -> set[str]:
    """The households that are to be checked."""
    prefix = world.settings.redis_prefix
    jobs = await queue_client(world.redis.connection_pool, prefix).queued_jobs(queue_name=queue_name(prefix))
    return {job.kwargs["household_id"] for job in jobs if job.function == "check_budgets"}


async def test_households_with_a_budget_of_today_are_checked(world: World, person: Person, stranger: Person) -> None:
    today = datetime.now(UTC).date()
    await make_budget(person, startsOn="2026-01-01")
    past = (today - timedelta(days=9)).isoformat()
    await make_budget(stranger, period="ONCE", startsOn=past, endsOn=past)

    await sweep_budgets(world)

    found = await queued(world)
    assert str(household(person)) in found
    assert str(household(stranger)) not in found
