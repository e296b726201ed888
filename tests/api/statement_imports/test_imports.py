"""What comes of a file: accounts, transactions, balances; or nothing, and a problem that says why."""

from datetime import date

import pytest

from integrations.world import World
from tests.api.books import book, open_account
from tests.api.client import Person
from tests.api.statement_imports.files import accounts, import_file, link, transactions
from tests.cluster import DatabaseUrls
from tests.integrations.statements.documents import document, file_of, row, statement


async def balances(person: Person) -> list[str]:
    return [account["balance"]["amount"] for account in await accounts(person)]


def account(number: str, kind: str = "CHECKING") -> str:
    return f"<BANKACCTFROM><BANKID>12<ACCTID>{number}<ACCTTYPE>{kind}</BANKACCTFROM>"


def booked(amount: str, day: str) -> str:
    return f"<LEDGERBAL><BALAMT>{amount}<DTASOF>{day}</LEDGERBAL>"


def of_account(number: str, rows: str, *, more: str = "", currency: str = "USD", kind: str = "CHECKING") -> str:
    """A statement of that account, with `more` behind its rows."""
    return statement(rows, currency, account(number, kind)).replace("</STMTRS>", f"{more}</STMTRS>")


def file(*statements: str) -> bytes:
    return document("".join(statements)).encode()


async def test_a_new_account_is_made_as_the_file_says(person: Person, world: World) -> None:
    data = file(of_account("00123456", row("-6.60") + row("10", fitid="F2"), more=booked("250.40", "20240131")))

    outcome = await import_file(world, person, data)

    assert outcome == {
        "status": "DONE",
        "format": "OFX",
        "uploadUrl": None,
        "added": 2,
        "duplicates": 0,
        "problem": None,
        "rejected": [],
        "accounts": [
            {
                "id": outcome["accounts"][0]["id"],
                "name": "Checking account 3456",
                "type": "CHECKING",
                "currency": "USD",
                "mask": "3456",
                "balance": {"amount": "250.40", "currency": "USD"},
            }
        ],
    }
    assert [one["amount"]["amount"] for one in await transactions(person)] == ["10.00", "-6.60"]


async def test_rows_after_the_booked_balance_are_added_to_it(person: Person, world: World) -> None:
    rows = row("-6.60", "20240131") + row("-1.00", "20240202", "F2") + row("4.00", "20240203", "F3")

    await import_file(world, person, file(of_account("00123456", rows, more=booked("100.00", "20240131"))))

    assert await balances(person) == ["103.00"]


async def test_without_a_booked_balance_the_rows_are_summed(person: Person, world: World) -> None:
    await import_file(world, person, file(of_account("00123456", row("-6.60") + row("10", fitid="F2"))))

    assert await balances(person) == ["3.40"]


async def test_a_later_file_moves_the_balance_of_the_account_it_finds(person: Person, world: World) -> None:
    january, february = row("-6.60", "20240131"), row("-2.00", "20240215", "F2")
    first = await import_file(world, person, file(of_account("00123456", january, more=booked("100", "20240131"))))

    second = await import_file(world, person, file(of_account("00123456", january + february)))

    assert (second["added"], second["duplicates"]) == (1, 1)
    assert [one["id"] for one in second["accounts"]] == [one["id"] for one in first["accounts"]]
    assert await balances(person) == ["98.00"]


async def test_older_rows_were_in_the_booked_balance_already(person: Person, world: World) -> None:
    await import_file(world, person, file(of_account("00123456", row(), more=booked("100", "20240131"))))

    older = await import_file(world, person, file(of_account("00123456", row("-50", "20231115", "F0"))))

    assert older["added"] == 1
    assert await balances(person) == ["100.00"]


async def test_an_account_that_was_chosen_moves_with_the_rows_and_is_found_by_its_number_later(
    person: Person, world: World
) -> None:
    mine = await open_account(person, balance="20")
    await book(person, mine, "-5", date="2024-01-02")

    chosen = await import_file(world, person, file_of(row("-6.60")), accountId=mine)
    found = await import_file(world, person, file_of(row("-6.60"), row("1.60", fitid="F2")))

    assert [(one["added"], one["duplicates"]) for one in (chosen, found)] == [(1, 0), (1, 1)]
    assert [one["id"] for one in await accounts(person)] == [mine]
    assert await balances(person) == ["10.00"]


async def test_each_account_of_a_file_gets_its_own_rows(person: Person, world: World) -> None:
    data = file(
        of_account("1111111", row("-1")),
        of_account("2222222", row("-2"), kind="SAVINGS"),
        of_account("1111111", row("-3", fitid="F2")),
        of_account("1111111", row("-4", fitid="F3"), currency="EUR"),
    )

    await import_file(world, person, data)

    assert [(one["name"], one["currency"], one["balance"]["amount"]) for one in await accounts(person)] == [
        ("Checking account 1111", "USD", "-4.00"),
        ("Savings account 2222", "USD", "-2.00"),
        ("Checking account 1111", "EUR", "-4.00"),
    ]


async def test_the_banks_words_are_kept_whole(person: Person, world: World) -> None:
    rows = row(name="GREEN GROCER", more="<MEMO>Card 1234") + row(fitid="F2", name="", more="<CHECKNUM>42")

    await import_file(world, person, file_of(rows))

    words = {(one["description"], one["originalDescription"]) for one in await transactions(person)}
    assert words == {("GREEN GROCER", "GREEN GROCER Card 1234"), ("Debit 42", "Debit 42")}


async def test_a_broken_row_is_told_with_its_line_and_the_others_are_kept(person: Person, world: World) -> None:
    outcome = await import_file(world, person, file_of(row(), row("abc", fitid="F2"), row("-1", fitid="F3")))

    assert (outcome["status"], outcome["added"]) == ("DONE", 2)
    (rejected,) = outcome["rejected"]
    assert rejected["line"] == 13
    assert "“abc” is not an amount" in rejected["reason"]
    assert "<TRNAMT>abc" in rejected["text"]


async def test_digits_that_the_currency_has_not_are_a_broken_row(person: Person, world: World) -> None:
    """A file that leaves its currency out is in the account's."""
    yen = await open_account(person, currency="JPY")
    data = file_of(row("-6.50"), row("-7", fitid="F2")).replace(b"<CURDEF>USD", b"")

    outcome = await import_file(world, person, data, accountId=yen)

    assert (outcome["added"], [one["line"] for one in outcome["rejected"]]) == (1, [12])
    assert await balances(person) == ["-7"]


async def test_a_file_without_a_currency_is_in_the_households(person: Person, world: World) -> None:
    await import_file(world, person, file_of(row()).replace(b"<CURDEF>USD", b""))

    assert [one["currency"] for one in await accounts(person)] == ["USD"]


BOMB = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><OFX>&b;</OFX>'
WHOLE = file_of(row(), row("-1", fitid="F2"))
NAMELESS = WHOLE.replace(b"<ACCTID>345", b"")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "not an OFX or QFX"),
        (b"Dear customer,\n", "not an OFX or QFX"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), ""),
        (WHOLE[:-40], "cut off"),
        (BOMB, ""),
        (NAMELESS, "choose the account"),
        (WHOLE.replace(b"USD", b"XXX"), "currency"),
        (b"date,amount,what\n2024-01-01,-5.00,bakery\n", "CSV"),
        (b"!Type:Bank\nD1/1/24\nT-5\n^\n", "QIF"),
        (file(*(of_account(f"9{n:06}", row()) for n in range(51))), "more than 50 accounts"),
    ],
    ids=["empty", "letter", "picture", "cut", "bomb", "nameless", "currency", "csv", "qif", "accounts"],
)
async def test_a_file_that_cannot_be_taken_fails_with_a_problem_and_leaves_nothing(
    data: bytes, words: str, person: Person, world: World
) -> None:
    outcome = await import_file(world, person, data)

    assert (outcome["status"], outcome["added"], outcome["accounts"], outcome["rejected"]) == ("FAILED", 0, [], [])
    assert outcome["problem"]
    assert words in outcome["problem"]
    assert await accounts(person) == []
    assert await transactions(person) == []


async def test_a_file_of_several_accounts_does_not_fit_one(person: Person, world: World) -> None:
    mine = await open_account(person)
    data = file(of_account("1111111", row()), of_account("2222222", row()))

    outcome = await import_file(world, person, data, accountId=mine)

    assert outcome["status"] == "FAILED"
    assert "2 accounts" in outcome["problem"]
    assert await balances(person) == ["0.00"]
    assert await transactions(person) == []


async def test_a_file_in_another_currency_does_not_fit_an_account(person: Person, world: World) -> None:
    mine = await open_account(person, currency="EUR")

    outcome = await import_file(world, person, file_of(row()), accountId=mine)

    assert outcome["status"] == "FAILED"
    assert "USD" in outcome["problem"]
    assert await transactions(person) == []


async def test_a_file_of_an_account_that_was_linked_meanwhile_fails(
    person: Person, world: World, database_urls: DatabaseUrls
) -> None:
    first = await import_file(world, person, file_of(row()))
    await link(database_urls, person, first["accounts"][0]["id"])

    second = await import_file(world, person, file_of(row("-1", fitid="F2")))

    assert (second["status"], second["added"]) == ("FAILED", 0)
    assert "linked" in second["problem"]
    assert len(await transactions(person)) == 1


async def test_sums_beyond_what_an_account_holds_fail(person: Person, world: World) -> None:
    most = [row("999999999999999", fitid=f"F{n}") for n in range(2)]

    outcome = await import_file(world, person, file_of(*most))

    assert (outcome["status"], outcome["added"], outcome["accounts"]) == ("FAILED", 0, [])
    assert await transactions(person) == []
    assert await accounts(person) == []


async def test_the_same_number_in_another_household_is_another_account(
    person: Person, stranger: Person, world: World
) -> None:
    mine = await import_file(world, person, file_of(row()))
    theirs = await import_file(world, stranger, file_of(row()))

    assert (mine["added"], theirs["added"]) == (1, 1)
    assert mine["accounts"][0]["id"] != theirs["accounts"][0]["id"]


async def test_days_are_those_of_the_file(person: Person, world: World) -> None:
    rows = row(day="20240101003000[-5:EST]") + row(day="20231231235959.999[+14]", fitid="F2")

    await import_file(world, person, file_of(rows))

    assert [one["date"] for one in await transactions(person)] == [
        date(2024, 1, 1).isoformat(),
        date(2023, 12, 31).isoformat(),
    ]
