"""A rule is the whole household's: who may change transactions alone, or some accounts alone, makes none."""

from tests.api.apps.tokens import token_of
from tests.api.books import book, category, open_account
from tests.api.client import Person
from tests.api.transactions.test_categorizing import CATEGORIZE, decided, rules

SCOPES = ("transactions:write", "transactions:read", "categories:read")


async def test_a_rule_needs_the_scope_of_rules(person: Person) -> None:
    transaction = await book(person, await open_account(person), "-4", "Xyzzy")
    before = await decided(person, transaction)
    tool = await token_of(person, *SCOPES)
    values = {"transactionId": transaction, "categoryId": await category(person, "Groceries")}

    answer = await tool.send(CATEGORIZE, input={**values, "always": True})

    (error,) = answer["errors"]
    assert error["extensions"] == {"code": "FORBIDDEN", "missingScopes": ["categories:write"]}
    assert error["path"] == ["categorizeTransaction"]
    assert await decided(person, transaction) == before
    assert await rules(person) == []


async def test_without_a_rule_the_scope_of_transactions_is_enough(person: Person) -> None:
    transaction = await book(person, await open_account(person), "-4", "Xyzzy")
    tool = await token_of(person, *SCOPES)

    await tool.change(
        CATEGORIZE, input={"transactionId": transaction, "categoryId": await category(person, "Groceries")}
    )

    assert await decided(person, transaction) == ("Groceries", "PERSON")


async def test_with_the_scope_a_rule_is_made(person: Person) -> None:
    transaction = await book(person, await open_account(person), "-4", "Xyzzy")
    tool = await token_of(person, *SCOPES, "categories:write")
    values = {"transactionId": transaction, "categoryId": await category(person, "Groceries"), "always": True}

    await tool.change(CATEGORIZE, input=values)

    assert [rule["category"]["name"] for rule in await rules(person)] == ["Groceries"]


async def test_some_accounts_are_not_enough_for_a_rule(person: Person) -> None:
    account = await open_account(person)
    transaction = await book(person, account, "-4", "Xyzzy")
    before = await decided(person, transaction)
    tool = await token_of(person, *SCOPES, "categories:write", accountIds=[account])
    values = {"transactionId": transaction, "categoryId": await category(person, "Groceries"), "always": True}

    refused = await tool.refused(CATEGORIZE, input=values)

    assert refused == [("NOT_ALLOWED", ["input", "always"])]
    assert await decided(person, transaction) == before
    assert await rules(person) == []
