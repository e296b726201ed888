"""Pages of transactions, and what a filter lets through."""

from typing import Any

import pytest

from tests.api.books import book, category, open_account
from tests.api.client import Client, Person

PAGE = """
query ($filter: TransactionFilter, $first: Int, $after: String, $last: Int, $before: String) {
  viewer { transactions(filter: $filter, first: $first, after: $after, last: $last, before: $before) {
    nodes { description } edges { cursor node { description } }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  } }
}
"""
OF_ACCOUNTS = """
query ($filter: TransactionFilter, $first: Int, $after: String, $last: Int, $before: String) {
  viewer { accounts {
    name
    transactions(filter: $filter, first: $first, after: $after, last: $last, before: $before) {
      nodes { description account { name } } pageInfo { hasNextPage hasPreviousPage endCursor }
    }
  } }
}
"""


async def page(person: Person, **variables: Any) -> dict[str, Any]:
    found: dict[str, Any] = (await person.data(PAGE, **variables))["viewer"]["transactions"]
    return found


async def found(person: Person, **filter: Any) -> str:
    """The descriptions that a filter lets through, newest first."""
    return " ".join(node["description"] for node in (await page(person, filter=filter))["nodes"])


async def code(person: Client, document: str = PAGE, **variables: Any) -> str:
    answer = await person.send(document, **variables)
    (error,) = answer["errors"]
    return str(error["extensions"]["code"])


async def five(person: Person) -> str:
    """A to E, one a day, all on one account, whose id is returned."""
    account = await open_account(person)
    for day, description in enumerate("ABCDE", start=1):
        await book(person, account, "-1", description, date=f"2026-03-0{day}")
    return account


async def test_the_newest_come_first(person: Person) -> None:
    await five(person)

    whole = await page(person)

    assert [node["description"] for node in whole["nodes"]] == ["E", "D", "C", "B", "A"]
    assert [edge["node"]["description"] for edge in whole["edges"]] == ["E", "D", "C", "B", "A"]
    assert whole["pageInfo"] == {
        "hasNextPage": False,
        "hasPreviousPage": False,
        "startCursor": whole["edges"][0]["cursor"],
        "endCursor": whole["edges"][-1]["cursor"],
    }


async def test_of_one_day_the_one_made_last_comes_first(person: Person) -> None:
    account = await open_account(person)
    for description in "ABC":
        await book(person, account, "-1", description)

    assert await found(person) == "C B A"


async def test_pages_forwards_and_backwards_meet(person: Person) -> None:
    await five(person)

    first = await page(person, first=2)
    second = await page(person, first=2, after=first["pageInfo"]["endCursor"])
    last = await page(person, last=2)
    before = await page(person, last=2, before=last["pageInfo"]["startCursor"])

    assert [
        (
            "".join(node["description"] for node in one["nodes"]),
            one["pageInfo"]["hasPreviousPage"],
            one["pageInfo"]["hasNextPage"],
        )
        for one in (first, second, last, before)
    ] == [("ED", False, True), ("CB", True, True), ("BA", True, False), ("DC", True, True)]


async def test_a_page_stays_right_while_rows_come(person: Person) -> None:
    account = await five(person)
    first = await page(person, first=2)

    await book(person, account, "-1", "New", date="2026-03-31")

    second = await page(person, first=2, after=first["pageInfo"]["endCursor"])
    assert [node["description"] for node in second["nodes"]] == ["C", "B"]


async def test_each_account_has_pages_of_its_own(person: Person) -> None:
    for name in ("Left", "Right"):
        account = await open_account(person, name=name)
        for day, letter in enumerate("ABC", start=1):
            await book(person, account, "-1", f"{name}-{letter}", date=f"2026-03-0{day}")

    accounts = (await person.data(OF_ACCOUNTS, first=2, filter={"to": "2026-03-02"}))["viewer"]["accounts"]

    assert [
        (account["name"], [(node["description"], node["account"]["name"]) for node in account["transactions"]["nodes"]])
        for account in accounts
    ] == [
        ("Left", [("Left-B", "Left"), ("Left-A", "Left")]),
        ("Right", [("Right-B", "Right"), ("Right-A", "Right")]),
    ]
    assert [account["transactions"]["pageInfo"]["hasNextPage"] for account in accounts] == [False, False]


async def test_an_accounts_pages_go_backwards_too(person: Person) -> None:
    await five(person)

    (account,) = (await person.data(OF_ACCOUNTS, last=2))["viewer"]["accounts"]

    assert [node["description"] for node in account["transactions"]["nodes"]] == ["B", "A"]
    assert account["transactions"]["pageInfo"]["hasPreviousPage"] is True


@pytest.mark.parametrize("document", [PAGE, OF_ACCOUNTS])
@pytest.mark.parametrize(
    "variables",
    [
        *({"first": size} for size in (0, -1, 101, 2**31)),
        *({"last": size} for size in (0, -1, 101)),
        {"first": 1, "last": 1},
        *({"after": cursor} for cursor in ("", "nonsense", "bm9uc2Vuc2U", "a" * 10_000, "\0")),
        {"before": "MjAyNi0wMy0wMR94"},
    ],
)
async def test_sizes_and_cursors_that_are_none_are_bad_input(
    person: Person, document: str, variables: dict[str, Any]
) -> None:
    await open_account(person)

    assert await code(person, document, **variables) == "BAD_USER_INPUT"


async def test_accounts_choose(person: Person) -> None:
    left, right = await open_account(person), await open_account(person)
    await book(person, left, "-1", "L")
    await book(person, right, "-1", "R")

    assert await found(person, accountIds=[left]) == "L"
    assert await found(person, accountIds=[right, left]) == "R L"
    assert await found(person, accountIds=[]) == ""


async def test_a_category_holds_everything_below_it(person: Person) -> None:
    account = await open_account(person)
    food, groceries, rent = [await category(person, name) for name in ("Food and drink", "Groceries", "Rent")]
    for description, chosen in (("F", food), ("G", groceries), ("R", rent)):
        await book(person, account, "-1", description, categoryId=chosen)

    assert await found(person, categoryIds=[food]) == "G F"
    assert await found(person, categoryIds=[groceries]) == "G"
    assert await found(person, categoryIds=[groceries, rent]) == "R G"


async def test_merchants_choose(person: Person) -> None:
    account = await open_account(person)
    transaction = await book(person, account, "-1", "Zorbl")
    await book(person, account, "-1", "Kwix")
    merchant = await person.data(
        "query ($id: ID!) { node(id: $id) { ... on Transaction { merchant { id } } } }", id=transaction
    )

    assert await found(person, merchantIds=[merchant["node"]["merchant"]["id"]]) == "Zorbl"


async def test_any_of_the_tags_will_do(person: Person) -> None:
    account = await open_account(person)
    await book(person, account, "-1", "A", tags=["x", "y"])
    await book(person, account, "-1", "B", tags=["z"])
    await book(person, account, "-1", "C")

    assert await found(person, tags=["y", "q"]) == "A"
    assert await found(person, tags=["x", "z"]) == "B A"


async def test_days_are_inclusive(person: Person) -> None:
    await five(person)

    assert await found(person, **{"from": "2026-03-02", "to": "2026-03-04"}) == "D C B"
    assert await found(person, **{"from": "2026-03-05", "to": "2026-03-05"}) == "E"


async def test_amounts_are_magnitudes_and_the_direction_chooses_the_sign(person: Person) -> None:
    account = await open_account(person)
    for amount, description in (("-10", "O"), ("10", "I"), ("-10.01", "P"), ("3", "S")):
        await book(person, account, amount, description)

    assert await found(person, minAmount="10") == "P I O"
    assert await found(person, maxAmount="10") == "S I O"
    assert await found(person, minAmount="10", maxAmount="10", direction="OUT") == "O"
    assert await found(person, direction="IN") == "S I"


async def test_status_and_who_decided_choose(person: Person) -> None:
    account = await open_account(person)
    await book(person, account, "-1", "Chosen", categoryId=await category(person, "Rent"))
    await book(person, account, "-1", "Starbucks")
    await book(person, account, "-1", "Zorbl")

    assert await found(person, status="POSTED") == "Zorbl Starbucks Chosen"
    assert await found(person, status="PENDING") == ""
    assert await found(person, categorizedBy=["PERSON"]) == "Chosen"
    assert await found(person, categorizedBy=["MERCHANT", "NONE"]) == "Zorbl Starbucks"


@pytest.mark.parametrize(
    ("search", "expected"),
    [
        ("cafe", "Café_Müller"),
        ("CAFÉ", "Café_Müller"),
        ("mul caf", "Café_Müller"),
        ("uller", ""),
        ("musli", "Food"),
        ("mcdon", "McDonald's"),
        ("mcdonald's", "McDonald's"),
        ("магаз", "МАГАЗИН"),
        ("straße", "Straße"),
        ("STRASSE", "Straße"),
        ("starb", "STARBUX"),
        ("starb food", ""),
        ("%", "STARBUX Straße МАГАЗИН McDonald's Food Café_Müller"),
        ("  ", "STARBUX Straße МАГАЗИН McDonald's Food Café_Müller"),
        ("_", "STARBUX Straße МАГАЗИН McDonald's Food Café_Müller"),
    ],
)
async def test_a_search_finds_beginnings_of_words(person: Person, search: str, expected: str) -> None:
    account = await open_account(person)
    for description in ("Café_Müller", "Food", "McDonald's", "МАГАЗИН", "Straße", "STARBUX"):
        await book(person, account, "-1", description, notes="Müsli" if description == "Food" else None)

    assert await found(person, search=search) == expected


async def test_a_search_finds_merchants(person: Person) -> None:
    account = await open_account(person)
    await book(person, account, "-1", "AMZN MKTP US*2K4")
    await book(person, account, "-1", "Zorbl")

    assert await found(person, search="amazo") == "AMZN MKTP US*2K4"
    assert await found(person, search="mktp amazo") == "AMZN MKTP US*2K4"


async def test_all_that_is_given_must_hold(person: Person) -> None:
    account = await five(person)
    await book(person, account, "-2", "C", date="2026-03-03")

    assert await found(person, search="c", minAmount="2", accountIds=[account], **{"from": "2026-03-03"}) == "C"


async def test_somebody_elses_objects_let_nothing_through(person: Person, stranger: Person) -> None:
    account = await five(person)
    await book(stranger, await open_account(stranger), "-1", "Theirs")

    assert await found(stranger) == "Theirs"
    assert await found(stranger, accountIds=[account]) == ""


@pytest.mark.parametrize(
    "filter",
    [
        {"accountIds": ["nonsense"]},
        {"accountIds": ["txn_01h455vb4pex5vsknk084sn02q"]},
        {"categoryIds": ["acc_01h455vb4pex5vsknk084sn02q"]},
        {"merchantIds": ["mer_01h455vb4pex5vsknk084sn0"]},
        {"accountIds": ["acc_01h455vb4pex5vsknk084sn02q"] * 10_000},
        {"tags": ["x"] * 1_001},
        {"tags": ["\0"]},
        {"search": "x" * 201},
        {"search": "a b c d e f g h i j k"},
        {"search": "nul\0"},
        {"from": "2026-03-02", "to": "2026-03-01"},
        {"from": "0001-01-01"},
        {"to": "9999-12-31"},
        {"minAmount": "-1"},
        {"minAmount": "2", "maxAmount": "1"},
        {"minAmount": 1},
        {"status": "BOOKED"},
        {"unknown": 1},
    ],
)
async def test_a_filter_that_makes_no_sense_is_bad_input(person: Person, filter: dict[str, Any]) -> None:
    assert await code(person, filter=filter) == "BAD_USER_INPUT"


async def test_nobody_sees_transactions(nobody: Client) -> None:
    assert await nobody.send(PAGE) == {"data": {"viewer": None}}
