"""A sync whose pages find no room."""

import pytest

from integrations.world import World
from tests.api.client import Person
from tests.banking import CHECKING, app, bank, link, listener, purchase, settings
from tests.hostile.test_full_disk import FULL, person
from tests.sandbox.running import RunningBank

__all__ = ["app", "bank", "listener", "person", "settings"]

pytestmark = pytest.mark.skipif(not FULL.exists(), reason="needs Linux's /dev/full")

SYNC = "mutation ($id: ID!) { syncBankLink(input: {bankLinkId: $id}) { sync { id } userErrors { code path } } }"


async def test_it_fails_with_a_problem_and_brings_everything_when_there_is_room(
    person: Person, world: World, bank: RunningBank, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = {**CHECKING, "starting_balance": 100, "transactions": [purchase("2026-01-05", 10, "BAKERY")]}
    linked = await link(person, world, bank, account)

    with monkeypatch.context() as patched:
        full = lambda _: open(FULL, "wb")  # noqa: E731, SIM115, PTH123 (stands for a file on a full disk)
        patched.setattr("integrations.object_store.folder._create", full)
        await linked.sync()
    failed = (await linked.link())["syncs"]["nodes"][0]
    rows = await linked.rows()
    await person.change(SYNC, id=linked.id)
    await linked.sync()

    assert (failed["status"], failed["added"], rows) == ("FAILED", 0, [])
    assert failed["problem"]
    assert "No space" not in failed["problem"]
    assert [row["originalDescription"] for row in await linked.rows()] == ["BAKERY"]
