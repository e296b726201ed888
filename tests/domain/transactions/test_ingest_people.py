"""What a person has set is never overwritten by what comes in, and follows a pending transaction to its posted one."""

from datetime import date
from decimal import Decimal

import pytest

from domain.transactions.changes import TransactionChanges, update_transaction
from domain.transactions.commands import categorize_transaction
from domain.transactions.ingest import Applied, IncomingRow
from domain.transactions.ingest_stage import MOST_IN_ARRAYS
from domain.transactions.models import Transaction
from runtime.database import Database
from runtime.unit import Unit, in_unit
from runtime.viewer import Viewer
from tests.domain.books import GROCERIES, RENT, open_account, sums_counted, sums_kept
from tests.domain.transactions.incoming import ingest, journal_of, row, transactions_of

FILLERS = [row(f"filler:{number}", "-0.01") for number in range(MOST_IN_ARRAYS)]
few_and_many = pytest.mark.parametrize("more", [[], FILLERS], ids=["few", "many"])


async def categorize(database: Database, viewer: Viewer, one: Transaction) -> None:
    async def work(unit: Unit) -> None:
        await categorize_transaction(unit, one.id, RENT)

    await in_unit(database, viewer, work)


async def change(database: Database, viewer: Viewer, one: Transaction, changes: TransactionChanges) -> None:
    async def work(unit: Unit) -> None:
        await update_transaction(unit, one.id, changes)

    await in_unit(database, viewer, work)


def pending(source_id: str, amount: str = "-10.00", **given: object) -> IncomingRow:
    return row(source_id, amount, status="PENDING", **given)


@few_and_many
async def test_a_persons_category_stays(database: Database, viewer: Viewer, more: list[IncomingRow]) -> None:
    account = await open_account(database, viewer)
    await ingest(database, viewer, account, [row("a", "-1")])
    await categorize(database, viewer, (await transactions_of(database, viewer))["a"])

    await ingest(database, viewer, account, [row("a", "-2", description="Other shop"), *more])

    found = (await transactions_of(database, viewer))["a"]
    assert (found.category_id, found.categorized_by, found.amount) == (RENT, "PERSON", Decimal(-2))
    assert (await sums_kept(database, viewer))[account, RENT, "USD", date(2026, 11, 1)] == (Decimal(-2), 1)
    assert await sums_kept(database, viewer) == await sums_counted(database, viewer)


async def test_a_persons_words_notes_and_tags_stay(database: Database, viewer: Viewer) -> None:
    account = await open_account(database, viewer)
    await ingest(database, viewer, account, [row("a")])
    one = (await transactions_of(database, viewer))["a"]
    await change(database, viewer, one, {"description": "Birthday cake", "notes": "for Ada", "tags": ["party"]})

    await ingest(database, viewer, account, [row("a", description="Other shop", original_description="OTHER")])

    found = (await transactions_of(database, viewer))["a"]
    assert (found.description, found.notes, found.tags) == ("Birthday cake", "for Ada", ["party"])
    assert found.original_description == "OTHER"


async def test_an_excluded_one_stays_out_of_the_sums(database: Database, viewer: Viewer) -> None:
    account = await open_account(database, viewer)
    await ingest(database, viewer, account, [row("a", "-1"), row("b", "-5")])
    await change(database, viewer, (await transactions_of(database, viewer))["a"], {"is_excluded": True})

    await ingest(database, viewer, account, [row("a", "-2")])

    assert (await transactions_of(database, viewer))["a"].amount == Decimal(-2)
    assert await sums_kept(database, viewer) == {(account, GROCERIES, "USD", date(2026, 11, 1)): (Decimal(-5), 1)}

    await ingest(database, viewer, account, [], removed=["a"])

    assert await sums_kept(database, viewer) == {(account, GROCERIES, "USD", date(2026, 11, 1)): (Decimal(-5), 1)}


async def test_the_provider_may_change_its_mind(database: Database, viewer: Viewer) -> None:
    account = await open_account(database, viewer)
    await ingest(database, viewer, account, [row("a", provider_confidence="LOW")])

    applied = await ingest(
        database,
        viewer,
        account,
        [row("a", provider_primary="RENT_AND_UTILITIES", provider_detailed="RENT_AND_UTILITIES_RENT")],
    )

    assert applied.modified == 1
    found = (await transactions_of(database, viewer))["a"]
    assert (found.category_id, found.confidence) == (RENT, Decimal("0.90"))
    assert await sums_kept(database, viewer) == await sums_counted(database, viewer)


@few_and_many
async def test_a_posted_one_takes_over_from_its_pending_one(
    database: Database, viewer: Viewer, more: list[IncomingRow]
) -> None:
    account = await open_account(database, viewer)
    await ingest(database, viewer, account, [pending("p", "-10.00")])
    before = (await transactions_of(database, viewer))["p"]
    await categorize(database, viewer, before)
    await change(database, viewer, before, {"notes": "with tip", "description": "Dinner"})

    posted = row("q", "-12.00", pending_source_id="p", description="RESTAURANT", date=date(2026, 12, 1))
    applied = await ingest(database, viewer, account, [posted, *more], removed=["p"])

    assert applied == Applied(added=len(more), modified=1, removed=0, duplicates=0)
    found = await transactions_of(database, viewer)
    assert "p" not in found
    after = found["q"]
    assert (after.id, after.status, after.amount, after.pending_source_id) == (before.id, "POSTED", Decimal(-12), "p")
    assert (after.category_id, after.notes, after.description) == (RENT, "with tip", "Dinner")
    sums = await sums_kept(database, viewer)
    assert sums[account, RENT, "USD", date(2026, 12, 1)] == (Decimal(-12), 1)
    assert sums == await sums_counted(database, viewer)
    lines = await journal_of(database, viewer, "TransactionsModified")
    assert lines[-1].data is not None
    assert lines[-1].data[str(before.id)]["status"] == {"before": "PENDING", "after": "POSTED"}
    assert await journal_of(database, viewer, "TransactionsRemoved") == []


async def test_taking_over_again_changes_nothing(database: Database, viewer: Viewer) -> None:
    account = await open_account(database, viewer)
    await ingest(database, viewer, account, [pending("p")])
    posted = row("q", pending_source_id="p")
    await ingest(database, viewer, account, [posted], removed=["p"])

    applied = await ingest(database, viewer, account, [posted], removed=["p"])

    assert applied == Applied(added=0, modified=0, removed=0, duplicates=1)
    assert list(await transactions_of(database, viewer)) == ["q"]


async def test_a_pending_one_that_was_removed_before_is_simply_new(database: Database, viewer: Viewer) -> None:
    account = await open_account(database, viewer)
    await ingest(database, viewer, account, [pending("p")])
    await ingest(database, viewer, account, [], removed=["p"])

    applied = await ingest(database, viewer, account, [row("q", pending_source_id="p")])

    assert applied == Applied(added=1, modified=0, removed=0, duplicates=0)
    assert await sums_kept(database, viewer) == await sums_counted(database, viewer)


@few_and_many
async def test_pending_and_posted_in_one_batch_are_one(
    database: Database, viewer: Viewer, more: list[IncomingRow]
) -> None:
    account = await open_account(database, viewer)

    await ingest(database, viewer, account, [pending("p"), *more, row("q", pending_source_id="p")])

    found = await transactions_of(database, viewer)
    assert "p" not in found
    assert found["q"].status == "POSTED"
    assert await sums_kept(database, viewer) == await sums_counted(database, viewer)


async def test_only_one_of_two_posted_ones_takes_over(database: Database, viewer: Viewer) -> None:
    account = await open_account(database, viewer)
    await ingest(database, viewer, account, [pending("p")])

    twins = [row("q", "-3", pending_source_id="p"), row("r", "-4", pending_source_id="p")]
    applied = await ingest(database, viewer, account, twins, removed=["p"])

    assert (applied.added, applied.modified, applied.removed) == (1, 1, 0)
    assert sorted(str(source) for source in await transactions_of(database, viewer)) == ["q", "r"]
    assert await sums_kept(database, viewer) == {(account, GROCERIES, "USD", date(2026, 11, 1)): (Decimal(-7), 2)}
