"""Histories out of files."""

import gzip
from pathlib import Path

import pytest

from tests.sandbox.running import CREDENTIALS, Receiver, RunningBank

CARD_TRANSACTIONS = Path(__file__).parents[3] / "shared" / "data" / "labelled" / "card_transactions.csv.gz"
HEADER = "date,merchant,amount,currency,mcc,mcc_desc\n"
ROWS = (
    '2020-01-20,"MART, ESSO",100.00,CAD,5541,Service Stations\n'
    "2020-01-08,QZX,-2.43,CAD,5411,Groceries\n"
    "2020-01-09,QZX,7.5,,5411,Groceries\n"
)


def exchange(bank: RunningBank, loaded: dict[str, str]) -> str:
    token: str = bank.call("/item/public_token/exchange", public_token=loaded["public_token"])["access_token"]
    return token


def test_a_file_becomes_a_new_item(bank: RunningBank, tmp_path: Path) -> None:
    path = tmp_path / "history.csv"
    path.write_text(HEADER + ROWS)

    loaded = bank.call("/control/history", path=str(path))
    page = bank.page(exchange(bank, loaded))

    got = [(one["date"], one["name"], one["amount"], one["iso_currency_code"]) for one in page["added"]]
    assert loaded["rows"] == 3
    assert got == [
        ("2020-01-20", "MART, ESSO", 100, "CAD"),
        ("2020-01-08", "QZX", -2.43, "CAD"),
        ("2020-01-09", "QZX", 7.5, "CAD"),
    ]
    assert page["added"][2]["personal_finance_category"]["detailed"] == "FOOD_AND_DRINK_GROCERIES"
    assert page["accounts"][0]["balances"]["current"] == -105.07


def test_an_uploaded_file_may_be_zipped(bank: RunningBank) -> None:
    body = gzip.compress((HEADER + ROWS).encode())

    answer = bank.http.post("/control/history", params=CREDENTIALS | {"rows": "2"}, content=body)

    assert answer.json()["rows"] == 2


def test_a_file_goes_to_an_item_that_is_there(bank: RunningBank, webhooks: Receiver, tmp_path: Path) -> None:
    token = bank.link_custom([{"type": "depository", "subtype": "checking", "currency": "CAD"}], webhook=webhooks.url)
    webhooks.codes(3)
    cursor = bank.page(token)["next_cursor"]
    path = tmp_path / "history.csv"
    path.write_text(HEADER + ROWS)

    loaded = bank.call("/control/history", path=str(path), item_id=bank.item_id(token))

    assert "public_token" not in loaded
    assert len(bank.page(token, cursor)["added"]) == 3
    assert bank.balance(token) == -105.07
    assert webhooks.codes(1) == ["SYNC_UPDATES_AVAILABLE"]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("", "line"),
        ("a,b\n1,2\n", "line 1"),
        (HEADER, "no rows"),
        (HEADER + ROWS + "2020-13-01,X,1,CAD,,\n", "line 5"),
        (HEADER + ROWS + "2020-01-01,X,NaN,CAD,,\n", "line 5"),
        (HEADER + ROWS + "2020-01-01,X,1,CADD,,\n", "line 5"),
        (HEADER + ROWS + "2020-01-01,,1,CAD,,\n", "line 5"),
        (HEADER + ROWS + "2020-01-01\n", "line 5"),
        (HEADER + ROWS + "\udcff", "line"),
    ],
)
def test_a_broken_file_adds_nothing(bank: RunningBank, tmp_path: Path, text: str, place: str) -> None:
    token = bank.link_custom([{"type": "depository", "subtype": "checking"}])
    path = tmp_path / "history.csv"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))

    body = CREDENTIALS | {"path": str(path), "item_id": bank.item_id(token)}
    answer = bank.http.post("/control/history", json=body)

    assert answer.status_code == 400
    assert place in answer.json()["error_message"]
    assert bank.page(token)["added"] == []


def test_a_cut_archive_adds_nothing(bank: RunningBank) -> None:
    body = gzip.compress((HEADER + ROWS * 2_000).encode())[:-30]

    answer = bank.http.post("/control/history", params=CREDENTIALS, content=body)

    assert (answer.status_code, answer.json()["error_code"]) == (400, "INVALID_FIELD")


def test_a_file_that_is_not_there(bank: RunningBank, tmp_path: Path) -> None:
    refused = bank.refusal("/control/history", path=str(tmp_path / "none.csv"))

    assert refused == (400, "INVALID_REQUEST", "INVALID_FIELD")


@pytest.mark.skipif(not CARD_TRANSACTIONS.exists(), reason="the card transactions (../shared/data) are not here")
def test_real_card_transactions_page_completely(bank: RunningBank) -> None:
    loaded = bank.call("/control/history", path=str(CARD_TRANSACTIONS), rows=20_000)
    token, cursor, ids, more = exchange(bank, loaded), "", set(), True

    while more:
        page = bank.page(token, cursor)
        ids |= {one["transaction_id"] for one in page["added"]}
        cursor, more = page["next_cursor"], page["has_more"]

    assert len(ids) == 20_000
