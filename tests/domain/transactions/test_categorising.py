"""Merchant and category of new transactions, in the contract's order."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select

from domain.categories.commands import make_rule
from domain.categories.rules import ProviderCategory
from domain.categories.source import CategorySource
from domain.categories.system import UNCATEGORISED_IN, UNCATEGORISED_OUT, by_code
from domain.merchants.models import Merchant
from domain.transactions.categorising import Categorised, Uncategorised, categorise
from runtime.database import Database
from runtime.reader import Reader
from runtime.unit import Unit, in_unit
from runtime.viewer import Viewer

COFFEE = by_code("FOOD_AND_DRINK_COFFEE").id
RENT = by_code("RENT_AND_UTILITIES_RENT").id
WAGES = by_code("INCOME_SALARY").id
BARE = Uncategorised("STARBUCKS STORE 12345", Decimal(-4), "USD")


async def answers(database: Database, viewer: Viewer, *rows: Uncategorised) -> list[Categorised]:
    async def work(unit: Unit) -> list[Categorised]:
        return await categorise(unit, rows)

    return await in_unit(database, viewer, work)


async def merchants(database: Database, viewer: Viewer) -> Sequence[str]:
    async with Reader(database, viewer) as reader:
        return await reader.all(select(Merchant.name).order_by(Merchant.name))


async def rule(
    database: Database, viewer: Viewer, category_id: UUID, merchant_id: UUID | None = None, words: str | None = None
) -> None:
    async def work(unit: Unit) -> UUID:
        return await make_rule(unit, category_id=category_id, merchant_id=merchant_id, words=words)

    await in_unit(database, viewer, work)


async def test_the_dictionary_knows_a_bare_line(database: Database, viewer: Viewer) -> None:
    (answer,) = await answers(database, viewer, BARE)

    assert (answer.decision.category_id, answer.decision.source) == (COFFEE, CategorySource.MERCHANT)
    assert await merchants(database, viewer) == ["Starbucks"]


async def test_the_provider_goes_before_the_dictionary(database: Database, viewer: Viewer) -> None:
    said = ProviderCategory("INCOME", "INCOME_SALARY", "VERY_HIGH")

    (answer,) = await answers(database, viewer, Uncategorised("STARBUCKS 1", Decimal(900), "USD", provider=said))

    assert (answer.decision.category_id, answer.decision.source) == (WAGES, CategorySource.PROVIDER)


async def test_a_rule_goes_before_the_provider(database: Database, viewer: Viewer) -> None:
    (first,) = await answers(database, viewer, BARE)
    await rule(database, viewer, RENT, merchant_id=first.merchant_id)
    said = ProviderCategory("INCOME", "INCOME_SALARY")

    (answer,) = await answers(database, viewer, Uncategorised("STARBUCKS 9", Decimal(-4), "USD", provider=said))

    assert (answer.decision.category_id, answer.decision.source, answer.decision.confidence) == (
        RENT,
        CategorySource.RULE,
        None,
    )


async def test_a_rule_finds_its_words_in_the_banks_own_too(database: Database, viewer: Viewer) -> None:
    await rule(database, viewer, RENT, words="zorbl kwix")
    rows = [
        Uncategorised("Transfer", Decimal(-4), "USD", original_description="KWIX 12 ZORBL"),
        Uncategorised("Transfer", Decimal(-4), "USD", original_description="KWIX 12"),
    ]

    found = [answer.decision.category_id for answer in await answers(database, viewer, *rows)]

    assert (found[0], found[1] == RENT) == (RENT, False)


async def test_a_rule_is_its_households_alone(
    database: Database, viewer: Viewer, new_viewer: Callable[[], Awaitable[Viewer]]
) -> None:
    other = await new_viewer()
    await rule(database, viewer, RENT, words="zorbl")

    (answer,) = await answers(database, other, Uncategorised("Zorbl", Decimal(-4), "USD"))

    assert answer.decision.source is CategorySource.NONE


async def test_answers_stand_in_the_order_of_the_rows(database: Database, viewer: Viewer) -> None:
    unknown_out = Uncategorised("Zorbl", Decimal(-1), "USD")
    unknown_in = Uncategorised("Zorbl", Decimal(1), "USD")
    nameless = Uncategorised("0041 77", Decimal(-1), "USD")

    found = await answers(database, viewer, unknown_out, BARE, unknown_in, nameless, BARE)

    assert [answer.decision.category_id for answer in found] == [
        UNCATEGORISED_OUT.id,
        COFFEE,
        UNCATEGORISED_IN.id,
        UNCATEGORISED_OUT.id,
        COFFEE,
    ]
    assert [answer.merchant_id is None for answer in found] == [False, False, False, True, False]
    assert found[0].merchant_id == found[2].merchant_id
    assert await merchants(database, viewer) == ["Starbucks", "Zorbl"]


async def test_the_providers_name_and_the_bare_line_are_one_merchant(database: Database, viewer: Viewer) -> None:
    named = Uncategorised("SBX 7 VIENNA", Decimal(-4), "USD", merchant_name="Starbucks")

    found = await answers(database, viewer, named, BARE)

    assert found[0].merchant_id == found[1].merchant_id is not None


async def test_units_that_meet_the_same_new_merchants_make_each_once(database: Database, viewer: Viewer) -> None:
    names = [Uncategorised(f"Zorbl{letter}{letter}{letter}", Decimal(-1), "USD") for letter in "abcdef"]

    found = await asyncio.gather(
        *(answers(database, viewer, *(names if number % 2 else reversed(names))) for number in range(6))
    )

    assert len(await merchants(database, viewer)) == 6
    assert len({answer.merchant_id for answers in found for answer in answers}) == 6
