"""Accounts and their balances."""

from collections.abc import Sequence
from datetime import date, datetime
from enum import Enum
from typing import TYPE_CHECKING, Annotated, TypeAlias
from uuid import UUID

import strawberry

from api.fields import column, edge
from api.gates import Payload
from api.identity.types import User
from api.money import Money, money_of
from api.node import Node, node_type
from api.pagination import Connection
from api.scalars import CurrencyCode
from api.scopes import requires
from api.transactions.lists import transactions_of_account
from domain.accounts import models
from domain.accounts.queries import accounts_by_ids, owners_by_account, sharing_by_account
from domain.bank_links.queries import bank_links_by_ids
from domain.intervals import Interval, interval_points
from domain.periods import day_range
from domain.transactions.balance_history import BalanceOfDay, balances_by_account
from runtime.reader import Reader

if TYPE_CHECKING:
    from api.bank_links.types import BankLink
    from api.transactions.types import Transaction


# A field called `date` hides the class of that name from its own annotation.
Day: TypeAlias = date


@strawberry.enum(description="What kind of thing an account is.")
class AccountType(Enum):
    CHECKING = strawberry.enum_value("CHECKING", description="For everyday payments.")
    SAVINGS = strawberry.enum_value("SAVINGS", description="For money put by.")
    CREDIT_CARD = strawberry.enum_value("CREDIT_CARD", description="What is owed on it is a negative balance.")
    LOAN = strawberry.enum_value("LOAN", description="A debt, mortgages included: a negative balance.")
    INVESTMENT = strawberry.enum_value("INVESTMENT", description="Securities, funds and pensions.")
    CASH = strawberry.enum_value("CASH", description="Notes and coins.")
    PROPERTY = strawberry.enum_value("PROPERTY", description="A home or land, at what it is worth.")
    VEHICLE = strawberry.enum_value("VEHICLE", description="A car or the like, at what it is worth.")
    OTHER = strawberry.enum_value("OTHER", description="Anything else.")


@strawberry.enum(
    description="What the other members of the household get of somebody's account: in lists, sums, budgets, reports, "
    "changes and events alike."
)
class AccountSharing(Enum):
    FULL = strawberry.enum_value("FULL", description="Everything, also to change it.")
    READ_ONLY = strawberry.enum_value("READ_ONLY", description="Everything, to look at.")
    BALANCE_ONLY = strawberry.enum_value(
        "BALANCE_ONLY", description="That it is there and what is on it: not what was booked on it."
    )
    PRIVATE = strawberry.enum_value("PRIVATE", description="Nothing: for them it is not there.")


@requires("accounts:read")
@strawberry.type(description="What was on an account at the end of a day.")
class DailyBalance:
    date: Day = column("The day, in the household's zone.")
    balance: Money = column(
        "The last balance known on it; before the first known one, the current balance less what was booked later."
    )


async def balance_history(
    reader: Reader,
    ids: Sequence[UUID],
    from_: Annotated[date, strawberry.argument(name="from", description="The first day.")],
    to: Annotated[date, strawberry.argument(description="The last day, included.")],
) -> dict[UUID, list[BalanceOfDay]]:
    days = [point.first for point in interval_points(day_range(from_, to), Interval.DAY)]
    return await balances_by_account(reader, ids, days)


@requires("accounts:read")
@node_type(
    "acc",
    models.Account,
    by_ids=accounts_by_ids,
    description="Where money is, or is owed: linked to a bank, or kept by hand.",
)
class Account(Node):
    name: str = column("How it is called.")
    type: AccountType = column("What kind of thing it is.")
    currency: CurrencyCode = column("The currency of its balance and of its transactions.")
    balance: Money = money_of(
        "What is on it; what is owed is negative. A linked account's is the bank's word, one kept by hand moves with "
        "its transactions.",
        "balance",
        "currency",
    )
    available: Money | None = money_of(
        "What can be spent now, as the bank says; null where it does not.", "available", "currency"
    )
    mask: str | None = column("The last characters of its number; null where they are not known.")
    bank_link: Annotated["BankLink", strawberry.lazy("api.bank_links.types")] | None = edge(
        bank_links_by_ids, "bank_link_id", description="Null for an account kept by hand."
    )
    balance_history: list[DailyBalance] = edge(
        balance_history, "id", description="The balance at the end of each day, oldest first; at most 5,000 days."
    )
    transactions: Connection[Annotated["Transaction", strawberry.lazy("api.transactions.types")]] = edge(
        transactions_of_account, "id", description="What was booked on it, newest first."
    )
    closed_at: datetime | None = column("When it was closed; null while it is open.")
    owner: User | None = edge(
        owners_by_account,
        "id",
        description="The member who brought it, and decides how it is shared; null where it is the household's.",
    )
    sharing: AccountSharing = edge(sharing_by_account, "id", description="What the other members get of it.")


@strawberry.type(description="An account that was made or changed.")
class AccountPayload(Payload):
    account: Account | None = edge(accounts_by_ids, "object_id", description="The account; null where it was refused.")
