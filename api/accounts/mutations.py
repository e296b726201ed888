"""Keeping accounts by hand."""

from decimal import Decimal
from uuid import UUID

import strawberry

from api.accounts.types import AccountPayload, AccountSharing, AccountType
from api.gates import mutation
from api.ids import input_id
from api.inputs import name_of
from api.scalars import CurrencyCode
from domain.accounts import commands, sharing
from domain.transactions.adjustments import adjust_balance
from runtime.unit import Unit


@strawberry.input(description="An account to keep by hand.")
class CreateAccountInput:
    name: str = strawberry.field(description="How it is called: at most 100 characters.")
    type: AccountType = strawberry.field(description="What kind of thing it is.")
    currency: CurrencyCode = strawberry.field(description="The currency of its balance and transactions.")
    balance: Decimal | None = strawberry.field(
        default=Decimal(0), description="What is on it now; what is owed is negative. It is nobody's income."
    )
    idempotency_key: str | None = strawberry.field(
        default=None, description="The same key and input open it once, however often they are sent."
    )


@strawberry.input(description="Left out, or null, is unchanged.")
class UpdateAccountInput:
    account_id: strawberry.ID = strawberry.field(description="The account to change.")
    name: str | None = strawberry.field(default=None, description="How it is called: at most 100 characters.")
    type: AccountType | None = strawberry.field(default=None, description="What kind of thing it is.")
    balance: Decimal | None = strawberry.field(
        default=None,
        description=(
            "Only for an open account kept by hand, else NOT_ALLOWED. The difference is booked today as an "
            "adjustment that is neither income nor spending."
        ),
    )


@strawberry.input(description="An account to close.")
class CloseAccountInput:
    account_id: strawberry.ID = strawberry.field(description="The account to close: one kept by hand.")


@strawberry.input(description="How an account of one's own is shared.")
class ShareAccountInput:
    account_id: strawberry.ID = strawberry.field(description="An account that the person brought.")
    sharing: AccountSharing = strawberry.field(description="What the other members of the household get of it.")


async def create_account(unit: Unit, input: CreateAccountInput) -> UUID:
    return await commands.create_account(
        unit,
        name=input.name,
        type=name_of(input.type),
        currency=input.currency,
        balance=input.balance or Decimal(0),
    )


async def update_account(unit: Unit, input: UpdateAccountInput) -> UUID:
    account_id = input_id("acc", input.account_id, "accountId")
    await commands.update_account(unit, account_id, name=input.name, type=name_of(input.type))
    await adjust_balance(unit, account_id, input.balance)
    return account_id


async def close_account(unit: Unit, input: CloseAccountInput) -> UUID:
    return await commands.close_account(unit, input_id("acc", input.account_id, "accountId"))


async def share_account(unit: Unit, input: ShareAccountInput) -> UUID:
    account_id = input_id("acc", input.account_id, "accountId")
    return await sharing.share_account(unit, account_id, name_of(input.sharing))


@strawberry.type
class AccountMutations:
    create_account: AccountPayload | None = mutation(
        create_account, description="Open an account kept by hand.", scope="accounts:write"
    )
    update_account: AccountPayload | None = mutation(
        update_account, description="Change an account, or set the balance of one kept by hand.", scope="accounts:write"
    )
    close_account: AccountPayload | None = mutation(
        close_account,
        description=(
            "Close an account kept by hand: what was booked stays, nothing more can be. NOT_ALLOWED for a linked one."
        ),
        scope="accounts:write",
    )
    share_account: AccountPayload | None = mutation(
        share_account,
        description=(
            "Decide what the other members get of an account of one's own: NOT_ALLOWED for anybody else's. It holds "
            "within 5 seconds everywhere; sockets of those for whom it changes are closed with 4403, to come back."
        ),
        open_to_viewers=True,
        scope="person",
    )
