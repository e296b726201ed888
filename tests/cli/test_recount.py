"""`coffer recount` finds every sum that its rows do not add up to, and puts it right."""

from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from api import ids
from cli import main as command
from domain.goals.models import Goal, GoalContribution
from runtime.database import Database
from runtime.ids import new_id
from runtime.unit import Unit, in_unit
from runtime.viewer import Viewer
from tests.cluster import DatabaseUrls
from tests.domain.books import GROCERIES, THEN, book, booked, open_account, sums_counted, sums_kept
from tests.runtime.conftest import database, new_viewer, system, viewer

__all__ = ["database", "new_viewer", "system", "viewer"]


@pytest.fixture
def recount(
    database_urls: DatabaseUrls, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str]]:
    """The exit code and what was printed, for one household."""
    monkeypatch.setenv("DATABASE_OWNER_URL", database_urls.owner)

    def run(viewer: Viewer, *arguments: str) -> tuple[int, str]:
        words = ["recount", "--household", ids.encode("hsh", viewer.household_id), *arguments]
        # The command brings its own event loop.
        with ThreadPoolExecutor(1) as pool:
            code = pool.submit(command.main, words).result()
        return code, capsys.readouterr().out

    return run


async def as_owner(urls: DatabaseUrls, statement: str, *values: Any) -> None:
    connection = await asyncpg.connect(urls.owner)
    try:
        await connection.execute(statement, *values)
    finally:
        await connection.close()


async def three_purchases(database: Database, viewer: Viewer) -> UUID:
    account = await open_account(database, viewer)
    days = (date(2026, 10, 31), date(2026, 11, 1), date(2026, 11, 2))
    await book(database, viewer, *[booked(viewer, account, day, "-10", GROCERIES) for day in days])
    return account


async def goal_with_contributions(database: Database, viewer: Viewer) -> UUID:
    goal = Goal(
        household_id=viewer.household_id,
        id=new_id(),
        name="Bicycle",
        target=Decimal(500),
        currency="USD",
        saved=Decimal(30),
        created_at=THEN,
    )

    async def work(unit: Unit) -> None:
        unit.session.add(goal)
        await unit.session.flush()
        for amount in (20, 10):
            unit.session.add(
                GoalContribution(
                    household_id=viewer.household_id,
                    id=new_id(),
                    goal_id=goal.id,
                    user_id=viewer.user_id,
                    amount=Decimal(amount),
                    currency="USD",
                    at=THEN,
                )
            )

    await in_unit(database, viewer, work)
    return goal.id


Recount = Callable[..., tuple[int, str]]


async def test_right_sums_are_said_to_be_right(database: Database, viewer: Viewer, recount: Recount) -> None:
    await three_purchases(database, viewer)
    await goal_with_contributions(database, viewer)

    assert recount(viewer) == (0, "every sum is what its rows add up to\n")


@pytest.mark.parametrize(
    ("damage", "shown"),
    [
        ("update spending set amount = amount + 0.01 where month = '2026-11-01'", "kept -19.9900 of 2, counted -20"),
        ("update spending set count = 3 where month = '2026-11-01'", "kept -20.0000 of 3, counted -20.0000 of 2"),
        ("delete from spending where month = '2026-10-01'", "kept 0 of 0, counted -10.0000 of 1"),
        ("update spending set month = '2026-12-01' where month = '2026-10-01'", "kept -10.0000 of 1, counted 0 of 0"),
        ("delete from transactions where date = '2026-11-02'", "kept -20.0000 of 2, counted -10.0000 of 1"),
        ("update goals set saved = 31", "kept 31.0000, counted 30.0000"),
        ("delete from goal_contributions where amount = 10", "kept 30.0000, counted 20.0000"),
    ],
)
async def test_a_wrong_sum_is_shown_and_put_right(
    database: Database,
    database_urls: DatabaseUrls,
    viewer: Viewer,
    new_viewer: Callable[[], Awaitable[Viewer]],
    recount: Recount,
    damage: str,
    shown: str,
) -> None:
    neighbour = await new_viewer()
    for one in (viewer, neighbour):
        await three_purchases(database, one)
        await goal_with_contributions(database, one)
    word = "and" if " where " in damage else "where"
    await as_owner(database_urls, f"{damage} {word} household_id = $1", viewer.household_id)

    code, printed = recount(viewer)
    assert code == 1
    assert shown in printed
    assert recount(neighbour)[0] == 0

    code, printed = recount(viewer, "--repair")
    assert code == 0
    assert "put right" in printed
    assert recount(viewer) == (0, "every sum is what its rows add up to\n")
    assert await sums_kept(database, viewer) == await sums_counted(database, viewer)


async def test_a_groups_sums_are_counted(
    database: Database, database_urls: DatabaseUrls, viewer: Viewer, recount: Recount
) -> None:
    group, member = new_id(), new_id()
    await as_owner(
        database_urls,
        "insert into savings_groups (group_id, name, target, currency, saved, invite_code, created_at) "
        "values ($1, 'Trip', 100, 'USD', 12, $2, now())",
        group,
        group.hex,
    )
    await as_owner(
        database_urls,
        "insert into group_members (group_id, id, display_name, contributed, joined_at) "
        "values ($1, $2, 'Ada', 12, now())",
        group,
        member,
    )
    await as_owner(
        database_urls,
        "insert into group_memberships (household_id, user_id, group_id, member_id) values ($1, $2, $3, $4)",
        viewer.household_id,
        viewer.user_id,
        group,
        member,
    )
    await as_owner(
        database_urls,
        "insert into group_contributions (group_id, id, member_id, amount, currency, at) "
        "values ($1, $2, $3, 12.5, 'USD', now())",
        group,
        new_id(),
        member,
    )

    code, printed = recount(viewer)

    assert code == 1
    assert f"members' contributions: {group} {member}: kept 12.0000, counted 12.5000" in printed
    assert f"groups' savings: {group} {group}: kept 12.0000, counted 12.5000" in printed
    assert recount(viewer, "--repair")[0] == 0
    assert recount(viewer)[0] == 0


def test_it_needs_the_owners_address(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.delenv("DATABASE_OWNER_URL", raising=False)

    assert command.main(["recount"]) == 1

    assert "DATABASE_OWNER_URL is not set" in capsys.readouterr().err
