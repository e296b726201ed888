"""What a hostile or mistaken request gets: Plaid's error shape, a 4xx, and nothing changed."""

from pathlib import Path

import httpx
import pytest

from sandbox.app import ENDPOINTS, create_app
from sandbox.settings import Settings
from tests.sandbox.running import CREDENTIALS, RunningBank, plaid_client

BODIES = [b"", b"{", b"5", b"null", b"[]", b'"x"', b"\xff\xfe", b'{"a": NaN}', b"[" * 200_000, b'{"a": "\\ud800"}']
HOSTILE: list[object] = [5, -1.5, True, [], ["x"], {}, {"x": 1}, "x" * 1_048_576, "\x00", "'; drop table items; --"]


def assert_plaid_error(answer: httpx.Response) -> None:
    values = answer.json()
    assert 400 <= answer.status_code < 500, answer.text
    assert {"error_type", "error_code", "error_message", "display_message", "request_id"} <= set(values)


@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize("path", ["/item/get", "/sandbox/transactions/create", "/control/faults"])
def test_a_body_that_is_no_object_is_refused(bank: RunningBank, path: str, body: bytes) -> None:
    assert_plaid_error(bank.http.post(path, content=body, headers={"content-type": "application/json"}))


@pytest.mark.parametrize("path", sorted(ENDPOINTS))
def test_hostile_values_are_refused_everywhere(bank: RunningBank, path: str) -> None:
    names = ("access_token", "public_token", "link_token", "institution_id", "key_id", "query")
    for value in HOSTILE:
        assert_plaid_error(bank.http.post(path, json=CREDENTIALS | dict.fromkeys(names, value)))


@pytest.mark.parametrize("path", sorted(ENDPOINTS))
def test_missing_fields_are_named(bank: RunningBank, path: str) -> None:
    answer = bank.http.post(path, json=CREDENTIALS)

    assert (answer.status_code, answer.json()["error_code"]) == (400, "MISSING_FIELDS")


@pytest.mark.parametrize("path", [*sorted(ENDPOINTS), "/control/items/repair", "/control/faults", "/control/history"])
@pytest.mark.parametrize(
    "credentials",
    [{"client_id": "test-client", "secret": "wrong"}, {"client_id": "é", "secret": "test-secret"}],
)
def test_wrong_keys_open_nothing(bank: RunningBank, path: str, credentials: dict[str, str]) -> None:
    answer = bank.http.post(path, json=credentials)

    assert (answer.status_code, answer.json()["error_code"]) == (400, "INVALID_API_KEYS")


@pytest.mark.parametrize("path", [*sorted(ENDPOINTS), "/control/items/repair", "/control/faults", "/control/history"])
def test_no_keys_open_nothing(bank: RunningBank, path: str) -> None:
    answer = bank.http.post(path, json={})

    assert (answer.status_code, answer.json()["error_code"]) == (400, "MISSING_FIELDS")


@pytest.mark.parametrize("path", ["/control/items", "/control/faults"])
def test_reading_controls_needs_the_keys(bank: RunningBank, path: str) -> None:
    anonymous = bank.http.get(path)
    wrong = bank.http.get(path, params=CREDENTIALS | {"secret": "wrong"})

    assert (anonymous.status_code, wrong.status_code) == (400, 400)
    assert wrong.json()["error_code"] == "INVALID_API_KEYS"


def test_keys_in_headers_are_as_good(bank: RunningBank) -> None:
    token = bank.link()
    headers = {"PLAID-CLIENT-ID": CREDENTIALS["client_id"], "PLAID-SECRET": CREDENTIALS["secret"]}

    answer = bank.http.post("/item/get", json={"access_token": token}, headers=headers)

    assert answer.status_code == 200


def test_plaids_client_with_wrong_keys_is_refused(bank: RunningBank) -> None:
    import plaid
    from plaid.models import ItemGetRequest

    with plaid_client(bank.url, client_id="wrong") as api, pytest.raises(plaid.ApiException, match="INVALID_API_KEYS"):
        api.item_get(ItemGetRequest(access_token="access-sandbox-1"))


def test_a_public_token_works_once(bank: RunningBank) -> None:
    made = bank.call("/sandbox/public_token/create", institution_id="ins_109508", initial_products=["transactions"])
    bank.call("/item/public_token/exchange", public_token=made["public_token"])

    again = bank.refusal("/item/public_token/exchange", public_token=made["public_token"])

    assert again == (400, "INVALID_INPUT", "INVALID_PUBLIC_TOKEN")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"institution_id": "ins_0", "initial_products": ["transactions"]}, "INVALID_INSTITUTION"),
        ({"institution_id": "ins_109508", "initial_products": ["assets"]}, "INVALID_PRODUCT"),
        ({"institution_id": "ins_109508", "initial_products": []}, "INVALID_FIELD"),
        ({"institution_id": "ins_109508", "initial_products": "transactions"}, "INVALID_FIELD"),
        (
            {"institution_id": "ins_109508", "initial_products": ["transactions"], "options": {"webhook": "ftp://x"}},
            "INVALID_FIELD",
        ),
    ],
)
def test_an_item_that_cannot_be_is_refused(bank: RunningBank, body: dict[str, object], code: str) -> None:
    assert bank.refusal("/sandbox/public_token/create", **body)[2] == code


@pytest.mark.parametrize(
    "transactions",
    [[], [{}], [5], "x", [{"amount": 1, "description": "A"}] * 11, [{"amount": "1", "description": "A"}]],
)
def test_purchases_that_make_no_sense_change_nothing(bank: RunningBank, transactions: object) -> None:
    token = bank.link()
    before = bank.balance(token)

    status, _, _ = bank.refusal("/sandbox/transactions/create", access_token=token, transactions=transactions)

    assert status == 400
    assert bank.balance(token) == before


def test_one_bad_purchase_undoes_its_neighbours(bank: RunningBank) -> None:
    token = bank.link()
    before = bank.balance(token)
    good, bad = {"amount": 1, "description": "A"}, {"amount": 1, "description": "A", "date_posted": "2026-13-01"}

    status, _, _ = bank.refusal("/sandbox/transactions/create", access_token=token, transactions=[good, bad])

    assert status == 400
    assert bank.balance(token) == before


def test_an_account_of_another_item_is_refused(bank: RunningBank) -> None:
    foreign = bank.page(bank.link())["accounts"][0]["account_id"]

    refused = bank.refusal("/accounts/get", access_token=bank.link(), options={"account_ids": [foreign]})

    assert refused == (400, "INVALID_INPUT", "INVALID_ACCOUNT_ID")


def test_an_unknown_endpoint_is_a_plaid_error(bank: RunningBank) -> None:
    answer = bank.http.post("/transfer/create", json=CREDENTIALS)

    assert (answer.status_code, answer.json()["error_code"]) == (404, "NOT_FOUND")


def test_a_body_over_the_limit_is_refused(bank: RunningBank) -> None:
    answer = bank.http.post("/item/get", json=CREDENTIALS | {"access_token": "x" * (9 * 1024 * 1024)})

    assert (answer.status_code, answer.json()["error_code"]) == (413, "INVALID_BODY")


def test_outside_sandbox_mode_there_is_no_bank(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="COFFER_SANDBOX"):
        create_app(Settings(tmp_path, "c", "s"))
