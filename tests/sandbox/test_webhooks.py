"""Webhooks: signed, sent at once, repeated until answered, and spoilt as ordered."""

import hashlib
import sqlite3
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import jwt
import pytest

from tests.sandbox.running import PATIENCE, Receiver, RunningBank

SYNC = "SYNC_UPDATES_AVAILABLE"


def linked(bank: RunningBank, webhooks: Receiver) -> str:
    """An item whose first three webhooks have arrived."""
    token = bank.link(webhook=webhooks.url)
    assert sorted(webhooks.codes(3)) == ["HISTORICAL_UPDATE", "INITIAL_UPDATE", SYNC]
    return token


def test_a_purchase_is_announced(bank: RunningBank, webhooks: Receiver) -> None:
    token = linked(bank, webhooks)
    bank.buy(token, 5)

    got = webhooks.next().values

    assert got == {
        "webhook_type": "TRANSACTIONS",
        "webhook_code": SYNC,
        "item_id": bank.item_id(token),
        "initial_update_complete": True,
        "historical_update_complete": True,
        "environment": "sandbox",
    }


def test_the_signature_covers_the_exact_bytes(bank: RunningBank, webhooks: Receiver) -> None:
    bank.link(webhook=webhooks.url)
    got = webhooks.next()
    header = jwt.get_unverified_header(got.verification)
    key = jwt.PyJWK(bank.call("/webhook_verification_key/get", key_id=header["kid"])["key"])

    claims = jwt.decode(got.verification, key, algorithms=["ES256"])

    assert header["alg"] == "ES256"
    assert claims["request_body_sha256"] == hashlib.sha256(got.body).hexdigest()
    assert abs(time.time() - claims["iat"]) < 60


def test_an_unknown_key_is_refused(bank: RunningBank) -> None:
    refused = bank.refusal("/webhook_verification_key/get", key_id="6c5516e1-92dc-479e-a8ff-5a51992e0001")

    assert refused == (400, "INVALID_INPUT", "INVALID_WEBHOOK_VERIFICATION_KEY_ID")


def test_a_refused_webhook_comes_again(bank: RunningBank, webhooks: Receiver) -> None:
    token = linked(bank, webhooks)
    webhooks.statuses += [500, 204]
    bank.buy(token, 5)

    first, second, third = webhooks.next(), webhooks.next(), webhooks.next()

    assert first.body == second.body == third.body
    assert webhooks.got.empty()


def test_what_waits_to_be_repeated_gives_way_to_news(bank: RunningBank, webhooks: Receiver, tmp_path: Path) -> None:
    token = linked(bank, webhooks)
    webhooks.statuses += [500]
    bank.buy(token, 5)
    webhooks.next()
    with closing(sqlite3.connect(tmp_path / "bank" / "sandbox.sqlite")) as state:
        until(lambda: state.execute("select count(*) from webhooks where attempts > 0").fetchone()[0] == 1)
        bank.buy(token, 6)
        until(lambda: state.execute("select count(*) from webhooks").fetchone()[0] == 0)

    assert webhooks.codes(1) == [SYNC]
    assert webhooks.got.empty()


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def test_a_lost_webhook_never_comes(bank: RunningBank, webhooks: Receiver) -> None:
    token = linked(bank, webhooks)
    bank.call("/control/faults", kind="webhook_lost", count=2, webhook_code=SYNC)
    for amount in (1, 2, 3):
        bank.buy(token, amount)
    bank.call("/sandbox/item/fire_webhook", access_token=token, webhook_code="DEFAULT_UPDATE")

    assert sorted(webhooks.codes(2)) == ["DEFAULT_UPDATE", SYNC]
    assert webhooks.got.empty()


def test_a_doubled_webhook_comes_twice(bank: RunningBank, webhooks: Receiver) -> None:
    token = linked(bank, webhooks)
    bank.call("/control/faults", kind="webhook_doubled", item_id=bank.item_id(token))
    bank.buy(token, 1)
    bank.call("/sandbox/item/fire_webhook", access_token=token, webhook_code="DEFAULT_UPDATE")

    assert Counter(webhooks.codes(3)) == {SYNC: 2, "DEFAULT_UPDATE": 1}


def test_a_reordered_webhook_comes_after_the_next(bank: RunningBank, webhooks: Receiver) -> None:
    token = linked(bank, webhooks)
    bank.call("/control/faults", kind="webhook_reordered", webhook_code=SYNC)
    bank.buy(token, 1)
    bank.call("/sandbox/item/fire_webhook", access_token=token, webhook_code="DEFAULT_UPDATE")

    assert webhooks.codes(2) == ["DEFAULT_UPDATE", SYNC]


def test_another_items_fault_touches_nobody_else(bank: RunningBank, webhooks: Receiver) -> None:
    token, other = linked(bank, webhooks), bank.link()
    bank.call("/control/faults", kind="webhook_lost", item_id=bank.item_id(other))
    bank.buy(token, 1)

    assert webhooks.codes(1) == [SYNC]


def test_a_broken_login_is_told_and_its_purchases_only_after_the_repair(bank: RunningBank, webhooks: Receiver) -> None:
    token = linked(bank, webhooks)
    bank.call("/sandbox/item/reset_login", access_token=token)
    error = webhooks.next().values
    bank.buy(token, 1)
    bank.buy(token, 2)

    repaired = bank.call("/control/items/repair", item_id=bank.item_id(token))
    bank.call("/sandbox/item/fire_webhook", access_token=token, webhook_code="DEFAULT_UPDATE")

    assert (error["webhook_type"], error["webhook_code"]) == ("ITEM", "ERROR")
    assert error["error"]["error_code"] == "ITEM_LOGIN_REQUIRED"
    assert repaired["repaired"] is True
    assert sorted(webhooks.codes(2)) == ["DEFAULT_UPDATE", SYNC]
    assert webhooks.got.empty()


def test_an_item_without_address_sends_nothing(bank: RunningBank, webhooks: Receiver) -> None:
    token = linked(bank, webhooks)
    bank.call("/item/webhook/update", access_token=token, webhook=None)
    bank.buy(token, 1)

    refused = bank.refusal("/sandbox/item/fire_webhook", access_token=token, webhook_code=SYNC)

    assert refused == (400, "SANDBOX_ERROR", "SANDBOX_WEBHOOK_INVALID")
    assert webhooks.got.empty()


@pytest.mark.parametrize("wrong", [{"webhook_code": "NONSENSE"}, {"webhook_code": "ERROR", "webhook_type": "AUTH"}])
def test_a_webhook_that_does_not_exist_is_not_fired(
    bank: RunningBank, webhooks: Receiver, wrong: dict[str, str]
) -> None:
    token = linked(bank, webhooks)

    refused = bank.refusal("/sandbox/item/fire_webhook", access_token=token, **wrong)

    assert refused == (400, "SANDBOX_ERROR", "SANDBOX_WEBHOOK_INVALID")
