"""Days, months and filters of queries that make no sense, or would cost too much."""

from typing import Any

import httpx
import pytest

from tests.hostile.answers import send
from tests.hostile.inputs import DATES, DECIMALS, TEXTS, foreign_ids
from tests.hostile.scene import Scene

RANGES = {
    "spending": "viewer { reports { spendingByCategory(from: $from, to: $to) { total { amount } } } }",
    "cashFlow": "viewer { reports { cashFlow(from: $from, to: $to, interval: DAY) { points { from } } } }",
    "netWorth": "viewer { reports { netWorth(from: $from, to: $to, interval: DAY) { points { on } } } }",
    "balances": "viewer { accounts { balanceHistory(from: $from, to: $to) { date } } }",
    "filter": "viewer { transactions(filter: {from: $from, to: $to}) { nodes { id } } }",
}
INTERVALS = ["cashFlow", "netWorth", "balances"]


def ranged(place: str) -> str:
    return f"query ($from: Date!, $to: Date!) {{ {RANGES[place]} }}"


@pytest.mark.parametrize("place", RANGES)
async def test_a_range_that_ends_before_it_begins_is_refused(
    place: str, scene: Scene, http: httpx.AsyncClient, unchanged: None
) -> None:
    variables = {"from": "2026-01-02", "to": "2026-01-01"}

    answer = await send(http, scene.person.access_token, ranged(place), variables)

    assert set(answer.codes) == {"BAD_USER_INPUT"}


@pytest.mark.parametrize("place", INTERVALS)
@pytest.mark.parametrize(
    ("first", "last"), [("0001-01-01", "9999-12-31"), ("1900-01-01", "2199-12-31"), ("1950-01-01", "2026-12-31")]
)
async def test_ten_thousand_years_of_days_are_refused(
    place: str, first: str, last: str, scene: Scene, http: httpx.AsyncClient, unchanged: None
) -> None:
    answer = await send(http, scene.person.access_token, ranged(place), {"from": first, "to": last})

    assert set(answer.codes) == {"BAD_USER_INPUT"}


@pytest.mark.parametrize("place", RANGES)
async def test_a_day_that_is_none_is_refused(
    place: str, scene: Scene, http: httpx.AsyncClient, unchanged: None
) -> None:
    for day in DATES:
        for variables in ({"from": day, "to": "2026-01-31"}, {"from": "2026-01-01", "to": day}):
            answer = await send(http, scene.person.access_token, ranged(place), variables)

            if day in ("0001-01-01", "9999-12-31") and place in ("filter", "spending"):
                continue  # Days like others where nothing is counted day by day.
            assert answer.codes, day
            assert set(answer.codes) == {"BAD_USER_INPUT"}, day


MONTHS: list[Any] = [
    *("", "2026", "2026-1", "2026-13", "2026-00", "0000-01", "10000-01", "2026-01-01", "now", "2026-01\0"),
    *("\uff12\uff10\uff12\uff16-01", "x" * 900_000, 202601, 1.5, True, [], {}, None),
]


async def test_a_month_that_is_none_is_refused(scene: Scene, http: httpx.AsyncClient, unchanged: None) -> None:
    document = "query ($month: Month!) { viewer { budgetMonth(month: $month) { planned { amount } } } }"

    for month in MONTHS:
        answer = await send(http, scene.person.access_token, document, {"month": month})

        assert answer.codes == ["BAD_USER_INPUT"], month


@pytest.mark.parametrize("month", ["0001-01", "9999-12", "1900-01", "2199-12"])
async def test_a_month_far_away_is_empty_or_refused(
    month: str, scene: Scene, http: httpx.AsyncClient, unchanged: None
) -> None:
    document = "query ($month: Month!) { viewer { budgetMonth(month: $month) { spent { amount } } } }"

    answer = await send(http, scene.person.access_token, document, {"month": month})

    assert answer.codes == ["BAD_USER_INPUT"] or '"amount":"0.00"' in answer.text


async def test_the_status_of_a_budget_on_a_day_that_is_none_is_refused(
    scene: Scene, http: httpx.AsyncClient, unchanged: None
) -> None:
    document = "query ($on: Date) { viewer { budgets { status(on: $on) { from } } } }"

    for day in DATES:
        answer = await send(http, scene.person.access_token, document, {"on": day})

        assert set(answer.codes) == {"BAD_USER_INPUT"} or '"status":null' in answer.text, day


FILTER = "query ($filter: TransactionFilter) { viewer { transactions(filter: $filter) { nodes { id } } } }"
# A bound may be finer than a currency is.
NO_NUMBERS = [one for one in DECIMALS if one not in ("0.001", "1.23456") and not str(one).strip("-").isdecimal()]
ID_FIELDS = {"accountIds": "acc", "categoryIds": "cat", "merchantIds": "mer"}


@pytest.mark.parametrize("field", ID_FIELDS)
async def test_ids_of_a_filter_that_are_nobodys_find_nothing(
    field: str, scene: Scene, http: httpx.AsyncClient, unchanged: None
) -> None:
    for id in foreign_ids(scene, ID_FIELDS[field]):
        answer = await send(http, scene.person.access_token, FILTER, {"filter": {field: [id]}})

        assert answer.codes == ["BAD_USER_INPUT"] or '"nodes":[]' in answer.text, id


@pytest.mark.parametrize("field", [*ID_FIELDS, "tags"])
async def test_ten_thousand_in_a_filter_are_refused(
    field: str, scene: Scene, http: httpx.AsyncClient, unchanged: None
) -> None:
    value = scene.mine.ids.get(ID_FIELDS.get(field, ""), "mer_01h455vb4pex5vsknk084sn02q")

    answer = await send(http, scene.person.access_token, FILTER, {"filter": {field: [value] * 10_000}})

    assert answer.codes == ["BAD_USER_INPUT"]


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("minAmount", NO_NUMBERS),
        ("maxAmount", NO_NUMBERS),
        ("minAmount", ["-1"]),
        ("direction", ["UP", "", 5]),
        ("status", ["LOST", "", 5]),
        ("categorizedBy", [["NOBODY"], [5], [None]]),
        ("search", TEXTS),
        ("tags", [["\0"], ["\ud800"], [5], [None], [["a"]]]),
    ],
)
async def test_a_filter_that_makes_no_sense_is_refused_or_finds_nothing(
    field: str, values: list[Any], scene: Scene, http: httpx.AsyncClient, unchanged: None
) -> None:
    wrong = []
    for value in values:
        answer = await send(http, scene.person.access_token, FILTER, {"filter": {field: value}})
        if set(answer.codes) != {"BAD_USER_INPUT"} and '"nodes":[]' not in answer.text:
            wrong.append((str(value)[:80], answer.codes, answer.text[:200]))

    assert not wrong


@pytest.mark.parametrize("prefix", ["acc", "txn", "cat", "rul", "bud", "goa", "grp", "imp", "bnk", "hsh", "usr"])
async def test_nobody_elses_object_is_a_node(
    prefix: str, scene: Scene, http: httpx.AsyncClient, unchanged: None
) -> None:
    document = "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }"
    foreign = [one for one in foreign_ids(scene, prefix) if one not in scene.mine.ids.values() and one != "x" * 900_000]

    answer = await send(http, scene.person.access_token, document, {"ids": [one for one in foreign if one != -1]})

    nulls = ",".join(["null"] * (len(foreign) - 1))
    assert answer.codes == ["BAD_USER_INPUT"] or f'"nodes":[{nulls}]' in answer.text


@pytest.mark.parametrize("count", [101, 10_000])
async def test_too_many_nodes_are_refused(count: int, scene: Scene, http: httpx.AsyncClient, unchanged: None) -> None:
    document = "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }"

    answer = await send(http, scene.person.access_token, document, {"ids": [scene.mine.ids["acc"]] * count})

    assert answer.codes == ["BAD_USER_INPUT"]


@pytest.mark.parametrize(
    "document",
    [
        "query ($ids: [ID!]) { viewer { reports { spendingByCategory(from: %s, to: %s, accountIds: $ids) { %s } } } }",
        "query ($ids: [ID!]) { viewer { reports { cashFlow(from: %s, to: %s, accountIds: $ids) { %s } } } }",
    ],
)
async def test_reports_of_somebody_elses_accounts_tell_nothing(
    document: str, scene: Scene, http: httpx.AsyncClient, unchanged: None
) -> None:
    amounts = "total { amount }" if "spending" in document else "expenses { amount }"
    query = document % ('"2026-01-01"', '"2026-01-31"', amounts)

    for ids in ([scene.theirs.ids["acc"]], ["x"], [scene.mine.ids["txn"]], [scene.mine.ids["acc"]] * 10_000):
        answer = await send(http, scene.person.access_token, query, {"ids": ids})

        assert answer.codes == ["BAD_USER_INPUT"] or '"amount":"0.00"' in answer.text
