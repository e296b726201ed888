"""Booking by hand, changing transactions, and choosing their category."""

from datetime import date
from decimal import Decimal
from typing import TypeAlias, cast
from uuid import UUID

import strawberry

from api.errors import FORBIDDEN, ClientError
from api.gates import Outcome, mutation
from api.ids import encode, input_id
from api.inputs import given
from api.transactions.types import DeleteTransactionPayload, TransactionPayload
from domain.transactions import changes, commands
from runtime.scopes import readable
from runtime.unit import Unit

# A field called `date` hides the class of that name from its own annotation.
Day: TypeAlias = date

RULES = "categories:write"
"""The scope that making a rule needs, as deleting one does."""


@strawberry.input(description="A transaction that a person types.")
class CreateTransactionInput:
    account_id: strawberry.ID = strawberry.field(description="An open account. One kept by hand moves with it.")
    date: Day = strawberry.field(description="The day it happened, in the years 1900 to 2999.")
    amount: Decimal = strawberry.field(description="In the account's currency; money out is negative. Not zero.")
    description: str = strawberry.field(description="What it was: one line of at most 500 characters.")
    category_id: strawberry.ID | None = strawberry.field(
        default=None, description="What it was for. Left out, the household's rules and the merchant decide."
    )
    notes: str | None = strawberry.field(default=None, description="At most 2,000 characters.")
    tags: list[str] | None = strawberry.field(default=None, description="At most 20, of at most 50 characters each.")
    idempotency_key: str | None = strawberry.field(
        default=None, description="The same key and input book it once, however often they are sent."
    )


@strawberry.input(description="Left out = unchanged; null = cleared.")
class UpdateTransactionInput:
    transaction_id: strawberry.ID = strawberry.field(description="The transaction to change.")
    date: Day | None = strawberry.field(
        default=strawberry.UNSET, description="NOT_ALLOWED for a bank's transaction. Cannot be cleared."
    )
    amount: Decimal | None = strawberry.field(
        default=strawberry.UNSET, description="NOT_ALLOWED for a bank's transaction. Not zero; cannot be cleared."
    )
    description: str | None = strawberry.field(
        default=strawberry.UNSET, description="One line of at most 500 characters; null for the original words."
    )
    notes: str | None = strawberry.field(default=strawberry.UNSET, description="At most 2,000 characters.")
    tags: list[str] | None = strawberry.field(
        default=strawberry.UNSET, description="All of them: at most 20, of at most 50 characters each."
    )
    is_excluded: bool | None = strawberry.field(
        default=strawberry.UNSET, description="Whether all sums leave it out; null means no."
    )


@strawberry.input(description="A transaction to delete.")
class DeleteTransactionInput:
    transaction_id: strawberry.ID = strawberry.field(description="A transaction that a person typed.")


@strawberry.input(description="A person's choice of a category.")
class CategorizeTransactionInput:
    transaction_id: strawberry.ID = strawberry.field(description="The transaction.")
    category_id: strawberry.ID = strawberry.field(description="What it was for. The system never changes it again.")
    always: bool | None = strawberry.field(
        default=False,
        description=(
            "Also make a rule: for this merchant, or where there is none for the description's words. It applies to "
            "later transactions, before every older rule. An app or a token needs `categories:write` too, and all "
            "accounts: a rule is the whole household's."
        ),
    )


async def create_transaction(unit: Unit, input: CreateTransactionInput) -> UUID:
    return await commands.create_transaction(
        unit,
        account_id=input_id("acc", input.account_id, "accountId"),
        date=input.date,
        amount=input.amount,
        description=input.description,
        category_id=None if input.category_id is None else input_id("cat", input.category_id, "categoryId"),
        notes=input.notes,
        tags=input.tags,
    )


async def update_transaction(unit: Unit, input: UpdateTransactionInput) -> UUID:
    transaction_id = input_id("txn", input.transaction_id, "transactionId")
    wanted = cast(changes.TransactionChanges, given(input, "transaction_id"))
    return await changes.update_transaction(unit, transaction_id, wanted)


async def delete_transaction(unit: Unit, input: DeleteTransactionInput) -> Outcome:
    deleted = await commands.delete_transaction(unit, input_id("txn", input.transaction_id, "transactionId"))
    return Outcome(details={"deleted_id": encode("txn", deleted)})


async def categorize_transaction(unit: Unit, input: CategorizeTransactionInput) -> UUID:
    if input.always and not readable(RULES, unit.viewer.scopes):
        raise ClientError(FORBIDDEN, f"To make a rule, the scope {RULES} is needed.", {"missingScopes": [RULES]})
    return await commands.categorize_transaction(
        unit,
        input_id("txn", input.transaction_id, "transactionId"),
        input_id("cat", input.category_id, "categoryId"),
        always=bool(input.always),
    )


@strawberry.type
class TransactionMutations:
    create_transaction: TransactionPayload | None = mutation(
        create_transaction,
        description="Book a transaction by hand. NOT_ALLOWED on a closed account.",
        scope="transactions:write",
    )
    update_transaction: TransactionPayload | None = mutation(
        update_transaction,
        description=(
            "Change a transaction. The date and amount of a bank's transaction cannot be changed, nor can it be "
            "deleted (NOT_ALLOWED): exclude it."
        ),
        scope="transactions:write",
    )
    delete_transaction: DeleteTransactionPayload | None = mutation(
        delete_transaction,
        description="Delete a transaction that a person typed; a bank's is NOT_ALLOWED: exclude it.",
        scope="transactions:write",
    )
    categorize_transaction: TransactionPayload | None = mutation(
        categorize_transaction,
        description="Choose a transaction's category, now or always.",
        scope="transactions:write",
    )
