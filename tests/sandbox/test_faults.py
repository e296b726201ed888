"""Faults of requests: exactly as often as ordered, for whom they were ordered."""

import httpx
import pytest

from tests.sandbox.running import CREDENTIALS, RunningBank


def statuses(bank: RunningBank, token: str, times: int, path: str = "/item/get") -> list[int]:
    return [bank.http.post(path, json=CREDENTIALS | {"access_token": token}).status_code for _ in range(times)]


def test_server_errors_come_as_often_as_ordered(bank: RunningBank) -> None:
    token = bank.link()
    bank.call("/control/faults", kind="status", path="/item/get", count=2)

    assert statuses(bank, token, 4) == [500, 500, 200, 200]


def test_a_fault_of_one_path_leaves_others_alone(bank: RunningBank) -> None:
    token = bank.link()
    bank.call("/control/faults", kind="status", path="/item/get")

    assert statuses(bank, token, 2, "/accounts/get") == [200, 200]
    assert statuses(bank, token, 2) == [500, 200]


def test_a_fault_of_one_item_leaves_others_alone(bank: RunningBank) -> None:
    token, other = bank.link(), bank.link()
    bank.call("/control/faults", kind="status", item_id=bank.item_id(other))

    assert statuses(bank, token, 2) == [200, 200]
    assert statuses(bank, other, 2) == [500, 200]


def test_too_many_requests_have_plaids_shape(bank: RunningBank) -> None:
    token = bank.link()
    bank.call("/control/faults", kind="status", status=429)

    assert bank.refusal("/item/get", access_token=token) == (429, "RATE_LIMIT_EXCEEDED", "RATE_LIMIT")


def test_any_plaid_error_can_be_ordered(bank: RunningBank) -> None:
    token = bank.link()
    order = {"error_type": "INSTITUTION_ERROR", "error_code": "INSTITUTION_DOWN", "status": 400}
    bank.call("/control/faults", kind="status", **order)

    assert bank.refusal("/item/get", access_token=token) == (400, "INSTITUTION_ERROR", "INSTITUTION_DOWN")


def test_an_error_before_the_act_prevents_it(bank: RunningBank) -> None:
    token = bank.link()
    before = bank.balance(token)
    bank.call("/control/faults", kind="status", path="/sandbox/transactions/create")

    bank.refusal("/sandbox/transactions/create", access_token=token, transactions=[{"amount": 1, "description": "A"}])

    assert bank.balance(token) == before


def test_an_error_after_the_act_does_not_undo_it(bank: RunningBank) -> None:
    token = bank.link()
    bank.call("/control/faults", kind="status", path="/item/remove", after=True)

    assert bank.refusal("/item/remove", access_token=token)[0] == 500
    assert bank.refusal("/item/get", access_token=token)[2] == "INVALID_ACCESS_TOKEN"


def test_a_cut_answer_breaks_off_though_the_act_is_done(bank: RunningBank) -> None:
    made = bank.call("/sandbox/public_token/create", institution_id="ins_109508", initial_products=["transactions"])
    bank.call("/control/faults", kind="cut", path="/item/public_token/exchange")

    with pytest.raises(httpx.RemoteProtocolError):
        bank.call("/item/public_token/exchange", public_token=made["public_token"])

    listed = bank.http.get("/control/items", params=CREDENTIALS).json()["items"]
    assert len(listed) == 1


def test_a_slow_answer_outlasts_an_impatient_client(bank: RunningBank) -> None:
    token = bank.link()
    bank.call("/control/faults", kind="slow", seconds=2)

    with pytest.raises(httpx.ReadTimeout):
        bank.http.post("/item/get", json=CREDENTIALS | {"access_token": token}, timeout=0.1)

    assert statuses(bank, token, 1) == [200]


def test_faults_are_listed_and_cancelled(bank: RunningBank) -> None:
    token = bank.link()
    bank.call("/control/faults", kind="status", count=3)
    statuses(bank, token, 1)

    listed = bank.http.get("/control/faults", params=CREDENTIALS).json()["faults"]
    cancelled = bank.http.delete("/control/faults", params=CREDENTIALS).json()["cancelled"]

    assert [(one["kind"], one["remaining"]) for one in listed] == [("status", 2)]
    assert cancelled == 1
    assert statuses(bank, token, 1) == [200]


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "earthquake"},
        {"kind": "status", "count": 0},
        {"kind": "status", "count": "2"},
        {"kind": "status", "status": 200},
        {"kind": "slow", "seconds": -1},
        {"kind": "slow", "seconds": 1e9},
    ],
)
def test_a_fault_that_makes_no_sense_is_refused(bank: RunningBank, wrong: dict[str, object]) -> None:
    assert bank.refusal("/control/faults", **wrong) == (400, "INVALID_REQUEST", "INVALID_FIELD")
