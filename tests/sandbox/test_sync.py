"""`/transactions/sync`: cursors, pages, folding, and what happens when the book changes meanwhile."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.sandbox.running import CREDENTIALS, RunningBank

MUTATION = (400, "TRANSACTIONS_ERROR", "TRANSACTIONS_SYNC_MUTATION_DURING_PAGINATION")


def ten_purchases(bank: RunningBank) -> str:
    """An item with ten purchases of 1 to 10 dollars."""
    purchases = [
        {
            "amount": number,
            "description": f"SHOP {number}",
            "date_posted": "2026-01-05",
            "date_transacted": "2026-01-04",
        }
        for number in range(1, 11)
    ]
    return bank.link_custom([{"type": "depository", "subtype": "checking", "transactions": purchases}])


def correct(bank: RunningBank, token: str, **changes: object) -> None:
    bank.call("/control/transactions", item_id=bank.item_id(token), **changes)


def test_pages_follow_each_other_without_gap_or_repeat(bank: RunningBank) -> None:
    token, cursor, amounts, pages = ten_purchases(bank), "", [], 0

    while True:
        page = bank.page(token, cursor, count=3)
        amounts += [one["amount"] for one in page["added"]]
        cursor, pages = page["next_cursor"], pages + 1
        if not page["has_more"]:
            break

    assert amounts == [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]
    assert pages == 4


def test_the_last_cursor_leads_to_what_is_new(bank: RunningBank) -> None:
    token = ten_purchases(bank)
    cursor = bank.page(token)["next_cursor"]
    bank.buy(token, 11)

    page = bank.page(token, cursor)

    assert [one["amount"] for one in page["added"]] == [11]
    assert bank.page(token, page["next_cursor"])["added"] == []


def test_a_cursor_can_be_used_again(bank: RunningBank) -> None:
    token = ten_purchases(bank)
    cursor = bank.page(token)["next_cursor"]
    bank.buy(token, 11)

    first, second = bank.page(token, cursor), bank.page(token, cursor)

    assert first["added"] == second["added"]


def test_a_change_to_a_known_transaction_is_a_modification(bank: RunningBank) -> None:
    token = ten_purchases(bank)
    page = bank.page(token)
    changed = page["added"][4]["transaction_id"]
    correct(bank, token, modify=[{"transaction_id": changed, "amount": 5.5, "date": "2026-02-01"}])

    after = bank.page(token, page["next_cursor"])

    assert [(one["transaction_id"], one["amount"], one["date"]) for one in after["modified"]] == [
        (changed, 5.5, "2026-02-01")
    ]
    assert (after["added"], after["removed"]) == ([], [])
    assert bank.balance(token) == -55.5


def test_changes_to_an_unknown_transaction_fold_into_its_addition(bank: RunningBank) -> None:
    token = ten_purchases(bank)
    changed = bank.page(token)["added"][0]["transaction_id"]
    correct(bank, token, modify=[{"transaction_id": changed, "amount": 1.5}])

    page = bank.page(token)

    assert len(page["added"]) == 10
    assert page["added"][-1]["amount"] == 1.5
    assert (page["modified"], page["removed"]) == ([], [])


def test_a_removal_is_told_only_to_who_knew_the_transaction(bank: RunningBank) -> None:
    token = ten_purchases(bank)
    page = bank.page(token)
    gone = page["added"][9]["transaction_id"]
    correct(bank, token, remove=[gone])

    knowing, fresh = bank.page(token, page["next_cursor"]), bank.page(token)

    assert [one["transaction_id"] for one in knowing["removed"]] == [gone]
    assert fresh["removed"] == []
    assert len(fresh["added"]) == 9
    assert bank.balance(token) == -45


def test_a_modification_during_pagination_makes_it_start_again(bank: RunningBank) -> None:
    token = ten_purchases(bank)
    first = bank.page(token, count=3)
    correct(bank, token, modify=[{"transaction_id": first["added"][0]["transaction_id"], "amount": 2}])

    refused = bank.refusal("/transactions/sync", access_token=token, cursor=first["next_cursor"])

    assert refused == MUTATION
    assert len(bank.page(token)["added"]) == 10


def test_an_addition_during_pagination_makes_it_longer(bank: RunningBank) -> None:
    token = ten_purchases(bank)
    first = bank.page(token, count=3)
    bank.buy(token, 11)

    rest = bank.page(token, first["next_cursor"])

    assert [one["amount"] for one in first["added"] + rest["added"]] == list(range(1, 12))


def test_what_changed_between_paginations_keeps_its_kind_on_every_page(bank: RunningBank) -> None:
    token = ten_purchases(bank)
    known = bank.page(token)
    for number in range(11, 15):
        bank.buy(token, number)
    late = known["added"][0]["transaction_id"]
    correct(bank, token, modify=[{"transaction_id": late, "amount": 1.5}])

    first = bank.page(token, known["next_cursor"], count=3)
    second = bank.page(token, first["next_cursor"], count=3)

    assert [one["amount"] for one in first["added"] + second["added"]] == [11, 12, 13, 14]
    assert [one["transaction_id"] for one in second["modified"]] == [late]


def test_what_is_new_to_the_client_stays_an_addition_when_it_comes_late(bank: RunningBank) -> None:
    token = ten_purchases(bank)
    base = bank.page(token)["next_cursor"]
    for number in range(11, 15):
        bank.buy(token, number)
    eleventh = bank.page(token, base)["added"][0]["transaction_id"]
    correct(bank, token, modify=[{"transaction_id": eleventh, "amount": 11.5}])

    first = bank.page(token, base, count=3)
    second = bank.page(token, first["next_cursor"], count=3)

    assert [one["amount"] for one in first["added"]] == [12, 13, 14]
    assert [one["amount"] for one in second["added"]] == [11.5]
    assert second["modified"] == []


def test_pending_becomes_posted_under_a_new_id(bank: RunningBank) -> None:
    token = bank.link_custom(
        [
            {
                "type": "depository",
                "subtype": "checking",
                "transactions": [{"amount": 9.5, "description": "HOTEL", "date_transacted": "2026-01-04"}],
            }
        ]
    )
    before = bank.page(token)
    pending = before["added"][0]
    bank.call("/transactions/refresh", access_token=token)

    after = bank.page(token, before["next_cursor"])

    assert pending["pending"] is True
    assert pending["date"] == "2026-01-04"
    assert [one["transaction_id"] for one in after["removed"]] == [pending["transaction_id"]]
    assert [(one["pending"], one["pending_transaction_id"], one["amount"]) for one in after["added"]] == [
        (False, pending["transaction_id"], 9.5)
    ]
    assert bank.balance(token) == -9.5


def test_a_refresh_with_nothing_pending_changes_nothing(bank: RunningBank) -> None:
    token = ten_purchases(bank)
    cursor = bank.page(token)["next_cursor"]

    bank.call("/transactions/refresh", access_token=token)

    page = bank.page(token, cursor)
    assert (page["added"], page["modified"], page["removed"]) == ([], [], [])


def test_one_account_alone(bank: RunningBank) -> None:
    account = {"type": "depository", "subtype": "checking"}
    token = bank.link_custom(
        [account | {"transactions": [{"amount": amount, "description": name}]} for amount, name in ((1, "A"), (2, "B"))]
    )
    second = bank.page(token)["accounts"][1]["account_id"]

    page = bank.page(token, options={"account_id": second})

    assert [one["name"] for one in page["added"]] == ["B"]
    assert [one["account_id"] for one in page["accounts"]] == [second]


def test_a_cursor_belongs_to_its_item(bank: RunningBank) -> None:
    cursor = bank.page(ten_purchases(bank))["next_cursor"]

    refused = bank.refusal("/transactions/sync", access_token=bank.link(), cursor=cursor)

    assert refused == (400, "INVALID_REQUEST", "INVALID_FIELD")


@pytest.mark.parametrize("cursor", ["x", "AAAA", "!" * 900, "0", "é", 7, ["a"], {"a": 1}])
def test_a_forged_cursor_is_refused(bank: RunningBank, cursor: object) -> None:
    refused = bank.refusal("/transactions/sync", access_token=bank.link(), cursor=cursor)

    assert refused == (400, "INVALID_REQUEST", "INVALID_FIELD")


@pytest.mark.parametrize("count", [0, -1, 501, 2**31, "5", 1.5, True])
def test_a_count_out_of_range_is_refused(bank: RunningBank, count: object) -> None:
    refused = bank.refusal("/transactions/sync", access_token=bank.link(), count=count)

    assert refused == (400, "INVALID_REQUEST", "INVALID_FIELD")


def test_ordered_mutations_come_exactly_as_often_as_ordered(bank: RunningBank) -> None:
    token = ten_purchases(bank)
    second = bank.page(token, count=3)["next_cursor"]
    bank.call("/control/faults", kind="mutation", item_id=bank.item_id(token), count=2)

    codes = []
    for _ in range(4):
        bank.page(token, count=3)
        answer = bank.http.post("/transactions/sync", json=CREDENTIALS | {"access_token": token, "cursor": second})
        codes.append(answer.status_code)

    assert codes == [400, 400, 200, 200]


def test_a_broken_login_stops_the_feed_until_it_is_repaired(bank: RunningBank) -> None:
    token = ten_purchases(bank)
    cursor = bank.page(token)["next_cursor"]
    bank.call("/sandbox/item/reset_login", access_token=token)
    bank.buy(token, 11)

    refused = bank.refusal("/transactions/sync", access_token=token, cursor=cursor)
    bank.call("/control/items/repair", item_id=bank.item_id(token))

    assert refused == (400, "ITEM_ERROR", "ITEM_LOGIN_REQUIRED")
    assert [one["amount"] for one in bank.page(token, cursor)["added"]] == [11]


def test_purchases_at_the_same_time_are_all_booked_once(bank: RunningBank) -> None:
    token = bank.link_custom([{"type": "depository", "subtype": "checking"}])

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda amount: bank.buy(token, amount), range(1, 41)))

    page = bank.page(token)
    assert sorted(one["amount"] for one in page["added"]) == list(range(1, 41))
    assert page["accounts"][0]["balances"]["current"] == -820
