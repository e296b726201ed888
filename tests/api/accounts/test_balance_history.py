"""What was on an account at the end of past days."""

from datetime import UTC, date, datetime, timedelta

from api.ids import decode_as
from domain.accounts.models import DailyBalance
from integrations.world import World
from runtime.unit import Unit, in_unit
from runtime.viewer import Viewer
from tests.api.books import book, open_account
from tests.api.client import Person

HISTORY = """
query ($id: ID!, $from: Date!, $to: Date!) {
  node(id: $id) { ... on Account { balanceHistory(from: $from, to: $to) { date balance { amount currency } } } }
}
"""


def days_ago(days: int) -> date:
    return datetime.now(UTC).date() - timedelta(days=days)


async def history(person: Person, account: str, from_: date, to: date) -> list[tuple[str, str]]:
    found = await person.data(HISTORY, id=account, **{"from": str(from_), "to": str(to)})
    return [(day["date"], day["balance"]["amount"]) for day in found["node"]["balanceHistory"]]


async def codes(person: Person, account: str, from_: str, to: str) -> list[str]:
    answer = await person.send(HISTORY, id=account, **{"from": from_, "to": to})
    return [error["extensions"]["code"] for error in answer["errors"]]


async def test_before_the_first_known_day_what_was_booked_later_is_taken_off(person: Person) -> None:
    account = await open_account(person, balance="100")
    await book(person, account, "-20", date=str(days_ago(1)))
    await book(person, account, "-5", date=str(days_ago(3)))
    await book(person, account, "7", date=str(days_ago(0)))

    assert await history(person, account, days_ago(4), days_ago(0)) == [
        (str(days_ago(4)), "100.00"),
        (str(days_ago(3)), "95.00"),
        (str(days_ago(2)), "95.00"),
        (str(days_ago(1)), "75.00"),
        (str(days_ago(0)), "82.00"),
    ]


async def test_what_was_booked_after_the_last_day_is_taken_off_too(person: Person) -> None:
    account = await open_account(person, balance="100")
    await book(person, account, "-20", date=str(days_ago(1)))

    assert await history(person, account, days_ago(5), days_ago(5)) == [(str(days_ago(5)), "100.00")]


async def test_a_past_day_has_the_last_balance_known_on_it(person: Person, world: World) -> None:
    account = await open_account(person, balance="100")
    viewer = Viewer.for_job(decode_as("hsh", person.household_id), decode_as("usr", person.user_id))

    async def know(unit: Unit) -> None:
        for day, amount in ((days_ago(9), 30), (days_ago(6), 60)):
            unit.session.add(
                DailyBalance(
                    household_id=unit.household_id, account_id=decode_as("acc", account), day=day, balance=amount
                )
            )

    await in_unit(world.database, viewer, know)

    assert await history(person, account, days_ago(7), days_ago(5)) == [
        (str(days_ago(7)), "30.00"),
        (str(days_ago(6)), "60.00"),
        (str(days_ago(5)), "60.00"),
    ]


async def test_a_day_to_come_has_the_current_balance(person: Person) -> None:
    account = await open_account(person, balance="100")

    assert await history(person, account, days_ago(-2), days_ago(-2)) == [(str(days_ago(-2)), "100.00")]


async def test_days_the_wrong_way_round_or_too_many_are_refused(person: Person) -> None:
    account = await open_account(person)

    assert await codes(person, account, "2026-02-02", "2026-02-01") == ["BAD_USER_INPUT"]
    assert await codes(person, account, "1900-01-01", "2999-12-31") == ["BAD_USER_INPUT"]
    assert await codes(person, account, "0001-01-01", "2026-01-01") == ["BAD_USER_INPUT"]
    assert await codes(person, account, "2026-01-01", "9999-12-31") == ["BAD_USER_INPUT"]
