"""Linking a bank."""

from integrations.world import World
from tests.api.client import Person
from tests.banking import CHECKING, LINK, link, public_token, purchase
from tests.sandbox.running import RunningBank


async def test_a_link_has_its_accounts_at_once_and_everything_after_its_first_sync(
    person: Person, world: World, bank: RunningBank
) -> None:
    rows = [purchase("2026-01-05", 12.5, "STARBUCKS 1"), purchase("2026-01-06", -1000, "ACME PAYROLL")]
    account = {**CHECKING, "starting_balance": 500, "meta": {"name": "Daily"}, "transactions": rows}

    linked = await link(person, world, bank, account)

    assert await linked.balances() == {"Daily": "500.00"}
    assert [(sync["status"]) for sync in (await linked.link())["syncs"]["nodes"]] == ["RUNNING"]

    await linked.sync()

    found = [(row["date"], row["amount"]["amount"], row["originalDescription"]) for row in await linked.rows()]
    assert found == [("2026-01-06", "1000.00", "ACME PAYROLL"), ("2026-01-05", "-12.50", "STARBUCKS 1")]
    link_now = await linked.link()
    assert link_now["status"] == "ACTIVE"
    (sync,) = link_now["syncs"]["nodes"]
    assert (sync["status"], sync["added"], sync["problem"]) == ("SUCCEEDED", 2, None)
