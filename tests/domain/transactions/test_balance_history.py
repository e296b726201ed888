"""What was on several accounts at the end of days that lie apart."""

from datetime import date
from decimal import Decimal

from domain.accounts.models import DailyBalance
from domain.transactions.balance_history import balances_by_account
from runtime.database import Database
from runtime.reader import Reader
from runtime.unit import Unit, in_unit
from runtime.viewer import Viewer
from tests.architecture.statements import heard
from tests.domain.books import GROCERIES, book, booked, open_account


def september(day: int) -> date:
    return date(2026, 9, day)


DAYS = [september(10), september(20), september(30)]


async def test_each_account_is_told_by_what_is_known_of_it(database: Database, viewer: Viewer) -> None:
    known = await open_account(database, viewer, balance=Decimal(500))
    known_later = await open_account(database, viewer, balance=Decimal(500))
    unknown = await open_account(database, viewer, balance=Decimal(500))

    async def know(unit: Unit) -> None:
        for account, day, balance in (
            (known, 1, 1),
            (known, 5, 10),
            (known, 12, 20),
            (known, 18, 30),
            (known_later, 25, 70),
        ):
            unit.session.add(
                DailyBalance(
                    household_id=unit.household_id, account_id=account, day=september(day), balance=Decimal(balance)
                )
            )

    await in_unit(database, viewer, know)
    rows = [
        booked(viewer, account, september(day), amount, GROCERIES)
        for account in (known, known_later, unknown)
        for day, amount in ((10, "-3"), (15, "-40"), (20, "-5"), (21, "-7"))
    ]
    await book(database, viewer, *rows)

    async with Reader(database, viewer) as reader:
        with heard(database) as statements:
            found = await balances_by_account(reader, [known, known_later, unknown], DAYS)

    assert len(statements) == 3
    assert {id: [(each.date, str(each.balance)) for each in of_days] for id, of_days in found.items()} == {
        known: [(DAYS[0], "10.00 USD"), (DAYS[1], "30.00 USD"), (DAYS[2], "30.00 USD")],
        # Before the first known day it is what there is now, less what was booked since.
        known_later: [(DAYS[0], "552.00 USD"), (DAYS[1], "507.00 USD"), (DAYS[2], "70.00 USD")],
        unknown: [(DAYS[0], "552.00 USD"), (DAYS[1], "507.00 USD"), (DAYS[2], "500.00 USD")],
    }


async def test_days_are_given_as_they_were_asked_for(database: Database, viewer: Viewer) -> None:
    account = await open_account(database, viewer, balance=Decimal(5))
    await book(database, viewer, booked(viewer, account, september(15), "-1", GROCERIES))

    async with Reader(database, viewer) as reader:
        found = await balances_by_account(reader, [account], [DAYS[1], DAYS[0], DAYS[1]])

    assert [str(each.balance) for each in found[account]] == ["5.00 USD", "6.00 USD", "5.00 USD"]
