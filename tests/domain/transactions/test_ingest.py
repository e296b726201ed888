"""What comes in from a bank is there once, as the bank says it last."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from domain.bank_links.feed import Unreadable
from domain.categories.commands import make_rule
from domain.mistakes import UserMistake
from domain.transactions.ingest import Applied, IncomingRow, apply_rows
from domain.transactions.ingest_stage import MOST_IN_ARRAYS
from runtime.database import Database
from runtime.ids import new_id
from runtime.unit import Unit, in_unit
from runtime.viewer import Viewer
from tests.domain.books import GROCERIES, RENT, WAGES, open_account, sums_counted, sums_kept
from tests.domain.transactions.incoming import DAY, ingest, journal_of, row, transactions_of

NOVEMBER = date(2026, 11, 1)
# A table of its own takes the rows of long batches: both ways must give the same.
FILLERS = [row(f"filler:{number}", "-0.01") for number in range(MOST_IN_ARRAYS)]
few_and_many = pytest.mark.parametrize("more", [[], FILLERS], ids=["few", "many"])


@few_and_many
async def test_new_rows_are_added_and_summed(database: Database, viewer: Viewer, more: list[IncomingRow]) -> None:
    account = await open_account(database, viewer)

    applied = await ingest(database, viewer, account, [row("a", "-12.50"), *more, row("b", "-7.49")])

    assert applied == Applied(added=2 + len(more), modified=0, removed=0, duplicates=0)
    found = await transactions_of(database, viewer)
    assert (found["a"].amount, found["a"].date, found["a"].category_id) == (Decimal("-12.50"), DAY, GROCERIES)
    assert (found["a"].categorized_by, found["a"].confidence) == ("PROVIDER", Decimal("0.90"))
    assert (found["a"].description, found["a"].original_description) == ("Corner shop", "CORNER SHOP 0123")
    assert found["a"].merchant_id == found["b"].merchant_id is not None
    total = Decimal("-19.99") - Decimal("0.01") * len(more)
    assert await sums_kept(database, viewer) == {(account, GROCERIES, "USD", NOVEMBER): (total, 2 + len(more))}


@few_and_many
async def test_the_same_again_changes_nothing(database: Database, viewer: Viewer, more: list[IncomingRow]) -> None:
    account = await open_account(database, viewer)
    rows = [row("a", "-12.50"), row("b", "-7.49"), *more]
    await ingest(database, viewer, account, rows)
    before, sums = await transactions_of(database, viewer), await sums_kept(database, viewer)

    applied = await ingest(database, viewer, account, rows)

    assert applied == Applied(added=0, modified=0, removed=0, duplicates=len(rows))
    after = await transactions_of(database, viewer)
    assert {source: one.id for source, one in after.items()} == {source: one.id for source, one in before.items()}
    assert await sums_kept(database, viewer) == sums
    assert len(await journal_of(database, viewer, "TransactionsModified")) == 0


@few_and_many
async def test_a_changed_row_is_changed_and_its_sums_move(
    database: Database, viewer: Viewer, more: list[IncomingRow]
) -> None:
    account = await open_account(database, viewer)
    await ingest(database, viewer, account, [row("a", "-12.50"), row("b", "-7.49"), *more])
    id = (await transactions_of(database, viewer))["a"].id

    changed = row("a", "-13.00", date=date(2026, 10, 31))
    applied = await ingest(database, viewer, account, [changed, row("b", "-7.49"), *more])

    assert applied == Applied(added=0, modified=1, removed=0, duplicates=1 + len(more))
    found = await transactions_of(database, viewer)
    assert (found["a"].id, found["a"].amount, found["a"].date) == (id, Decimal(-13), date(2026, 10, 31))
    sums = await sums_kept(database, viewer)
    assert sums[account, GROCERIES, "USD", date(2026, 10, 1)] == (Decimal(-13), 1)
    assert sums == await sums_counted(database, viewer)
    (line,) = await journal_of(database, viewer, "TransactionsModified")
    assert (line.ids, line.account_id, line.actor) == ([id], account, "provider:test")
    assert line.data == {
        str(id): {
            "amount": {"before": "-12.5", "after": "-13"},
            "date": {"before": "2026-11-20", "after": "2026-10-31"},
        }
    }


@few_and_many
async def test_a_removed_row_is_gone_from_the_sums_as_well(
    database: Database, viewer: Viewer, more: list[IncomingRow]
) -> None:
    account = await open_account(database, viewer)
    await ingest(database, viewer, account, [row("a", "-12.50"), row("b", "-7.49"), row("c", "-1")])
    ids = {source: one.id for source, one in (await transactions_of(database, viewer)).items()}

    applied = await ingest(database, viewer, account, more, removed=["a", (account, "b"), "never there"])

    assert (applied.removed, applied.added) == (2, len(more))
    assert {"a", "b"}.isdisjoint(await transactions_of(database, viewer))
    assert await sums_kept(database, viewer) == await sums_counted(database, viewer)
    (line,) = await journal_of(database, viewer, "TransactionsRemoved")
    assert set(line.ids) == {ids["a"], ids["b"]}


@few_and_many
async def test_of_a_row_that_comes_twice_the_last_one_holds(
    database: Database, viewer: Viewer, more: list[IncomingRow]
) -> None:
    account = await open_account(database, viewer)

    applied = await ingest(database, viewer, account, [row("a", "-1"), *more, row("a", "-2"), row("a", "-3")])

    assert applied == Applied(added=1 + len(more), modified=0, removed=0, duplicates=2)
    assert (await transactions_of(database, viewer))["a"].amount == Decimal(-3)
    assert await sums_kept(database, viewer) == await sums_counted(database, viewer)


@few_and_many
async def test_a_row_that_is_removed_in_the_same_batch_is_not_taken(
    database: Database, viewer: Viewer, more: list[IncomingRow]
) -> None:
    account = await open_account(database, viewer)

    applied = await ingest(database, viewer, account, [row("a"), row("b"), *more], removed=["a", (account, "b")])

    assert (applied.added, applied.removed) == (len(more), 0)
    assert {"a", "b"}.isdisjoint(await transactions_of(database, viewer))
    assert await sums_kept(database, viewer) == await sums_counted(database, viewer)


async def test_one_source_id_on_two_accounts_is_two_transactions(database: Database, viewer: Viewer) -> None:
    accounts = [await open_account(database, viewer) for _ in range(2)]
    for account in accounts:
        await ingest(database, viewer, account, [row("a")])

    applied = await ingest(database, viewer, accounts[0], [], removed=[(accounts[0], "a")])

    assert applied == Applied(added=0, modified=0, removed=1, duplicates=0)
    assert [one.account_id for one in (await transactions_of(database, viewer)).values()] == [accounts[1]]


@few_and_many
async def test_what_is_there_is_left_alone_where_it_is_not_to_be_updated(
    database: Database, viewer: Viewer, more: list[IncomingRow]
) -> None:
    account = await open_account(database, viewer)
    await ingest(database, viewer, account, [row("a", "-1")])

    rows = [row("a", "-2"), row("b", "-3"), *more]
    applied = await ingest(database, viewer, account, rows, update_existing=False)

    assert applied == Applied(added=1 + len(more), modified=0, removed=0, duplicates=1)
    assert (await transactions_of(database, viewer))["a"].amount == Decimal(-1)
    assert await sums_kept(database, viewer) == await sums_counted(database, viewer)


async def test_lines_name_at_most_a_hundred(database: Database, viewer: Viewer) -> None:
    account = await open_account(database, viewer)

    await ingest(database, viewer, account, [row(f"a{number}") for number in range(250)])

    lines = await journal_of(database, viewer, "TransactionsAdded")
    assert [len(line.ids) for line in lines] == [100, 100, 50]
    assert {one.id for one in (await transactions_of(database, viewer)).values()} == {
        id for line in lines for id in line.ids
    }
    assert {(line.account_id, str(line.data)) for line in lines} == {(account, "{}")}


async def test_many_changed_rows_share_lines(database: Database, viewer: Viewer) -> None:
    account = await open_account(database, viewer)
    await ingest(database, viewer, account, [row(f"a{number}", "-1") for number in range(150)])

    await ingest(database, viewer, account, [row(f"a{number}", "-2") for number in range(150)])

    lines = await journal_of(database, viewer, "TransactionsModified")
    assert [len(line.ids) for line in lines] == [100, 50]
    for line in lines:
        assert line.data == {str(id): {"amount": {"before": "-1", "after": "-2"}} for id in line.ids}


async def test_an_account_that_is_not_there_takes_nothing(database: Database, viewer: Viewer) -> None:
    with pytest.raises(UserMistake, match="no such account"):
        await ingest(database, viewer, new_id(), [row("a")])

    assert await transactions_of(database, viewer) == {}


async def test_nothing_is_nothing(database: Database, viewer: Viewer) -> None:
    account = await open_account(database, viewer)

    assert await ingest(database, viewer, account, []) == Applied(0, 0, 0, 0)
    assert await ingest(database, viewer, account, [], removed=["a"]) == Applied(0, 0, 0, 0)


async def test_rent_paid_from_the_same_account_is_another_sum(database: Database, viewer: Viewer) -> None:
    account = await open_account(database, viewer)
    rent = row("b", "-900", provider_primary="RENT_AND_UTILITIES", provider_detailed="RENT_AND_UTILITIES_RENT")

    await ingest(database, viewer, account, [row("a", "-1"), rent])

    assert await sums_kept(database, viewer) == {
        (account, GROCERIES, "USD", NOVEMBER): (Decimal(-1), 1),
        (account, RENT, "USD", NOVEMBER): (Decimal(-900), 1),
    }


async def test_texts_with_tabs_breaks_and_backslashes_stay_as_they_are_on_either_way(
    database: Database, viewer: Viewer
) -> None:
    account = await open_account(database, viewer)
    odd = row("a\\N\tb\\", description="\\N a\tb\\nc\r\nd\\.", original_description="\\", merchant_name="Zorbl\\\tKwix")

    await ingest(database, viewer, account, [odd, *FILLERS])

    found = (await transactions_of(database, viewer))["a\\N\tb\\"]
    assert (found.description, found.original_description) == (odd.description, odd.original_description)
    again = await ingest(database, viewer, account, [odd])
    assert again == Applied(added=0, modified=0, removed=0, duplicates=1)


async def test_rows_that_break_off_leave_nothing_behind(database: Database, viewer: Viewer) -> None:
    account = await open_account(database, viewer)

    def broken() -> Iterator[tuple[UUID, IncomingRow]]:
        for number in range(5 * MOST_IN_ARRAYS):
            yield account, row(f"a{number}")
        raise Unreadable

    async def work(unit: Unit) -> None:
        await apply_rows(unit, broken())

    with pytest.raises(Unreadable):
        await in_unit(database, viewer, work)

    assert await transactions_of(database, viewer) == {}
    assert (await ingest(database, viewer, account, [row("a")])).added == 1


async def test_rules_hold_for_many_rows_as_for_few(database: Database, viewer: Viewer) -> None:
    account = await open_account(database, viewer)
    bare: dict[str, Any] = {"provider_primary": None, "provider_detailed": None}
    await ingest(database, viewer, account, [row("a", merchant_name="Zorbl", **bare)])
    merchant_id = (await transactions_of(database, viewer))["a"].merchant_id

    async def rules(unit: Unit) -> None:
        await make_rule(unit, category_id=RENT, merchant_id=merchant_id)
        await make_rule(unit, category_id=WAGES, words="kwix")

    await in_unit(database, viewer, rules)
    named = [row("b", merchant_name="ZORBL", **bare), row("c", description="Kwix 12", merchant_name=None, **bare)]
    await ingest(database, viewer, account, [*named, *FILLERS])

    found = await transactions_of(database, viewer)
    assert [(found[one].category_id, found[one].categorized_by) for one in "bc"] == [(RENT, "RULE"), (WAGES, "RULE")]
    assert found["b"].merchant_id == merchant_id
