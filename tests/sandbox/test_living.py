"""The demo bank: two years of a plausible life, and purchases that go on."""

import sqlite3
import time
from collections import Counter
from contextlib import closing
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from sandbox.life import CARD, CHECKING, Event, day_of_life
from tests.sandbox.running import Receiver, RunningBank, running_bank


def life(start: date, days: int) -> list[Event]:
    return [event for back in range(days) for event in day_of_life("demo", start + timedelta(days=back))]


def whole(bank: RunningBank, token: str) -> list[dict[str, Any]]:
    cursor, rows, more = "", [], True
    while more:
        page = bank.page(token, cursor)
        rows += page["added"]
        cursor, more = page["next_cursor"], page["has_more"]
    return rows


def test_a_day_is_the_same_whenever_it_is_told() -> None:
    day = date(2026, 3, 14)

    assert day_of_life("demo", day) == day_of_life("demo", day)
    assert life(day, 60) != life(day + timedelta(days=1), 60)


def test_a_year_has_its_regular_events() -> None:
    lines = Counter(event.description for event in life(date(2025, 1, 1), 365))

    assert lines["ACME CORP PAYROLL DIRECT DEP"] == 24
    assert lines["OAKWOOD APARTMENTS RENT"] == 12
    assert lines["NETFLIX.COM"] == 12
    assert lines["CITY POWER & LIGHT ELECTRIC"] == 12


def test_the_card_is_paid_off_with_what_was_bought() -> None:
    bought = sum(
        event.cents
        for event in life(date(2025, 4, 25), 30)
        if event.account == CARD and event.description != "AUTOPAY PAYMENT RECEIVED"
    )

    payment = [event for event in day_of_life("demo", date(2025, 5, 25)) if "AUTOPAY" in event.description]

    assert payment == [
        Event(CHECKING, bought, "CREDIT CARD PAYMENT AUTOPAY"),
        Event(CARD, -bought, "AUTOPAY PAYMENT RECEIVED"),
    ]


def test_two_accounts_and_two_years(bank: RunningBank) -> None:
    token = bank.link(override_username="user_demo", override_password="anything")

    rows = whole(bank, token)
    accounts = bank.call("/accounts/get", access_token=token)["accounts"]

    assert [one["subtype"] for one in accounts] == ["checking", "credit card"]
    assert len(rows) > 1_000
    first, last = min(str(one["date"]) for one in rows), max(str(one["date"]) for one in rows)
    assert 720 <= (date.fromisoformat(last) - date.fromisoformat(first)).days <= 730
    assert sum(one["personal_finance_category"] is None for one in rows) == len(rows) // 2


def caught_up(bank: RunningBank, token: str) -> dict[str, Any]:
    """The last page of everything so far."""
    cursor, more = "", True
    while more:
        page = bank.page(token, cursor)
        cursor, more = page["next_cursor"], page["has_more"]
    return page


def test_purchases_go_on_and_move_the_balance(tmp_path: Path, webhooks: Receiver) -> None:
    with running_bank(tmp_path, purchase_seconds=0.1) as bank:
        before = caught_up(bank, token := bank.link(override_username="user_demo", webhook=webhooks.url))
        webhooks.codes(7)

        after = bank.page(token, before["next_cursor"])

    card_before, card_after = before["accounts"][1]["balances"]["current"], after["accounts"][1]["balances"]["current"]
    assert len(after["added"]) >= 3
    assert all(one["pending"] for one in after["added"])
    bought = sum(Decimal(str(one["amount"])) for one in after["added"])
    assert Decimal(str(card_after)) - Decimal(str(card_before)) == bought


def test_older_purchases_are_posted(tmp_path: Path, webhooks: Receiver) -> None:
    with running_bank(tmp_path, purchase_seconds=0.3, settle_seconds=0) as bank:
        before = caught_up(bank, token := bank.link(override_username="user_demo", webhook=webhooks.url))
        webhooks.codes(7)

        after = bank.page(token, before["next_cursor"])

    *posted, newest = after["added"]
    assert newest["pending"] is True
    assert len(posted) >= 2
    assert all(one["pending_transaction_id"] and not one["pending"] for one in posted)


def test_days_without_the_bank_are_made_up_for(tmp_path: Path) -> None:
    with running_bank(tmp_path) as bank:
        token = bank.link(override_username="user_demo")
        before = caught_up(bank, token)
    days_ago = date.today() - timedelta(days=40)  # noqa: DTZ011 - any day about then
    with closing(sqlite3.connect(tmp_path / "sandbox.sqlite")) as state, state:
        state.execute("update items set lived_until = ?", (days_ago.isoformat(),))

    with running_bank(tmp_path, purchase_seconds=0.05) as bank:
        deadline = time.monotonic() + 20
        after = bank.page(token, before["next_cursor"])
        while not after["added"] and time.monotonic() < deadline:
            after = bank.page(token, before["next_cursor"])

    assert sum(one["name"] == "OAKWOOD APARTMENTS RENT" for one in after["added"]) in (1, 2)
