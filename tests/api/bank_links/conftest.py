"""Every test of links has a bank of its own."""

import pytest

from integrations.world import World
from tests.api.client import Person
from tests.banking import CHECKING, Linked, app, bank, link, listener, purchase, served, settings, worker
from tests.sandbox.running import RunningBank

__all__ = ["app", "bank", "linked", "listener", "served", "settings", "worker"]


@pytest.fixture
async def linked(person: Person, world: World, bank: RunningBank) -> Linked:
    """A checking account named Daily with one purchase of 10.00 and a balance of 100.00, synchronised."""
    account = {
        **CHECKING,
        "starting_balance": 100,
        "meta": {"name": "Daily"},
        "transactions": [purchase("2026-01-05", 10, "BAKERY")],
    }
    linked = await link(person, world, bank, account)
    await linked.sync()
    return linked
