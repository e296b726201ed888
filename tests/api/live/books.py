"""Things that happen to a household, made straight in units: what is under test comes after them."""

from decimal import Decimal
from uuid import UUID

from api import ids
from domain.accounts.models import Account
from domain.events import AccountOpened, AccountUpdated, BalanceChanged
from integrations.world import World
from runtime.ids import new_id
from runtime.unit import Unit, in_unit
from runtime.viewer import Viewer
from tests.api.client import Person


def viewer_of(person: Person) -> Viewer:
    return Viewer(
        user_id=ids.decode_as("usr", person.user_id),
        household_id=ids.decode_as("hsh", person.household_id),
        role="OWNER",
    )


async def open_account(world: World, person: Person, *, balance: str = "0.00", name: str = "Checking") -> UUID:
    async def work(unit: Unit) -> UUID:
        account = Account(
            household_id=unit.household_id,
            id=new_id(),
            name=name,
            type="CHECKING",
            currency="USD",
            balance=Decimal(balance),
            balance_at=unit.at,
            created_at=unit.at,
        )
        unit.session.add(account)
        unit.record(AccountOpened(ids=[account.id], account_id=account.id))
        return account.id

    return await in_unit(world.database, viewer_of(person), work)


async def move(world: World, person: Person, account_id: UUID, *balances: str) -> None:
    """The bank says one balance after the other: a commit each."""
    for balance in balances:

        async def work(unit: Unit, balance: str = balance) -> None:
            account = await unit.session.get_one(
                Account, {"household_id": unit.household_id, "id": account_id}, with_for_update=True
            )
            account.balance, account.balance_at = Decimal(balance), unit.at
            unit.record(
                BalanceChanged(ids=[account_id], account_id=account_id, data={"balance": balance, "currency": "USD"})
            )

        await in_unit(world.database, viewer_of(person), work)


async def rename(world: World, person: Person, account_id: UUID, *, lines: int = 1) -> None:
    """So many lines in one commit."""

    async def work(unit: Unit) -> None:
        unit.record(*[AccountUpdated(ids=[account_id], account_id=account_id) for _ in range(lines)])

    await in_unit(world.database, viewer_of(person), work)
