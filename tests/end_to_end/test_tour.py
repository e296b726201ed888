"""The README's tour, word for word, against what `scripts/up` starts."""

import asyncio
import re
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.coffer import started
from tests.end_to_end.person import Person

README = Path(__file__).parents[2] / "README.md"
PATIENCE = 60


def documents() -> dict[str, str]:
    """The README's operations by their names, in order."""
    blocks = re.findall(r"```graphql\n(.*?)```", README.read_text(), re.DOTALL)
    return {block.split("{", 1)[0].split("(")[0].split()[1]: block for block in blocks}


@pytest.mark.timeout(240)
async def test_every_operation_of_the_tour_does_what_it_says() -> None:
    tour = documents()
    async with started() as coffer, coffer.demo_person() as demo:
        overview = (await demo.ask(tour["Overview"]))["viewer"]
        coffee = (await demo.ask(tour["Coffee"]))["viewer"]["transactions"]["nodes"]
        budget = (await demo.change(tour["Budget"]))["budget"]
        reports = (await demo.ask(tour["Reports"]))["viewer"]["reports"]
        sequence = await first_sequence(demo, tour["Balances"])
        group = (await demo.change(tour["Group"]))["savingsGroup"]
        given = (await demo.change(tour["Contribute"], group=group["id"]))["contribution"]
        missed = (await demo.ask(tour["Missed"], after=sequence))["viewer"]["changes"]["nodes"]

    assert list(tour) == ["Overview", "Coffee", "Budget", "Reports", "Balances", "Group", "Contribute", "Missed"]
    assert {account["type"] for account in overview["accounts"]} == {"CHECKING", "CREDIT_CARD"}
    assert len(overview["transactions"]["nodes"]) == 5
    assert coffee
    assert budget["status"]["state"] in ("ON_TRACK", "NEARING", "OVER")
    assert reports["spendingByCategory"]["lines"]
    assert given["by"]["contributed"]["amount"] == "25.00"
    assert all(one["kind"] in ("CREATED", "UPDATED", "DELETED") for one in missed)


async def first_sequence(person: Person, document: str) -> str:
    async with asyncio.timeout(PATIENCE), person.listening(document) as events:
        event: dict[str, Any] = await anext(events)
    return str(event["sequence"])
