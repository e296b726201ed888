"""What a bank says of its accounts and transactions is not a person's to change."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from api.ids import decode_as, encode
from domain.accounts.models import Account
from domain.bank_links.feed import FeedInstitution
from domain.bank_links.institutions import keep_institution
from domain.bank_links.models import BankLink
from domain.transactions.incoming import IncomingRow
from domain.transactions.ingest import apply_rows
from integrations.world import World
from runtime.ids import new_id
from runtime.unit import Unit, in_unit
from runtime.viewer import Viewer
from tests.api.books import balances, book, booked
from tests.api.client import Person

UPDATE_ACCOUNT = """
mutation ($input: UpdateAccountInput!) {
  updateAccount(input: $input) { account { name type } userErrors { code path } }
}
"""
CLOSE = "mutation ($id: ID!) { closeAccount(input: {accountId: $id}) { account { id } userErrors { code path } } }"
UPDATE = """
mutation ($input: UpdateTransactionInput!) {
  updateTransaction(input: $input) {
    transaction { date amount { amount } description originalDescription notes isExcluded } userErrors { code path }
  }
}
"""
DELETE = "mutation ($id: ID!) { deleteTransaction(input: {transactionId: $id}) { deletedId userErrors { code path } } }"
ONE = """
{ viewer { transactions { nodes {
  id date amount { amount } description originalDescription notes isExcluded
} } accounts { closedAt } } }
"""
SALE = {
    "date": "2026-03-10",
    "amount": {"amount": "-4.00"},
    "description": "Starbucks",
    "originalDescription": "STARBUCKS 12345",
    "notes": None,
    "isExcluded": False,
}


@dataclass
class Linked:
    account: str
    transaction: str


@pytest.fixture
async def linked(person: Person, world: World) -> Linked:
    """An account with 50.00 on it and one transaction, as a sync leaves them behind."""
    viewer = Viewer.for_job(decode_as("hsh", person.household_id), decode_as("usr", person.user_id))
    institution = await keep_institution(world.system, "test", FeedInstitution("ins_1", "A bank", None))
    account_id = new_id()

    async def work(unit: Unit) -> None:
        link = BankLink(
            household_id=unit.household_id,
            id=new_id(),
            user_id=viewer.user_id,
            institution_id=institution,
            provider="test",
            provider_item_id=str(account_id),
            status="ACTIVE",
            next_sync_at=unit.at,
            created_at=unit.at,
        )
        unit.session.add(link)
        await unit.session.flush()
        unit.session.add(
            Account(
                household_id=unit.household_id,
                id=account_id,
                bank_link_id=link.id,
                provider_account_id="1",
                name="Daily",
                type="CHECKING",
                currency="USD",
                balance=Decimal(50),
                balance_at=unit.at,
                created_at=unit.at,
            )
        )
        await unit.session.flush()
        row = IncomingRow(
            source_id="test:1",
            date=date(2026, 3, 10),
            amount=Decimal(-4),
            currency="USD",
            status="POSTED",
            description="Starbucks",
            original_description="STARBUCKS 12345",
        )
        await apply_rows(unit, [(account_id, row)])

    await in_unit(world.database, viewer, work)
    (transaction,) = (await person.data(ONE))["viewer"]["transactions"]["nodes"]
    return Linked(encode("acc", account_id), transaction["id"])


async def sale(person: Person) -> dict[str, Any]:
    (found,) = (await person.data(ONE))["viewer"]["transactions"]["nodes"]
    del found["id"]
    return dict(found)


async def test_its_balance_cannot_be_set(person: Person, linked: Linked) -> None:
    values = {"accountId": linked.account, "name": "Other", "balance": "60"}

    assert await person.refused(UPDATE_ACCOUNT, input=values) == [("NOT_ALLOWED", ["input", "balance"])]
    assert (await balances(person), await booked(person)) == (["50.00"], ["Starbucks"])


async def test_it_can_be_renamed(person: Person, linked: Linked) -> None:
    payload = await person.change(UPDATE_ACCOUNT, input={"accountId": linked.account, "name": "Mine"})

    assert payload["account"] == {"name": "Mine", "type": "CHECKING"}


async def test_it_cannot_be_closed(person: Person, linked: Linked) -> None:
    assert await person.refused(CLOSE, id=linked.account) == [("NOT_ALLOWED", ["input", "accountId"])]
    assert (await person.data(ONE))["viewer"]["accounts"] == [{"closedAt": None}]


@pytest.mark.parametrize(("name", "value"), [("date", "2026-03-11"), ("amount", "-5")])
async def test_the_date_and_amount_of_its_transactions_stay(
    person: Person, linked: Linked, name: str, value: str
) -> None:
    values = {"transactionId": linked.transaction, "notes": "mine", name: value}

    assert await person.refused(UPDATE, input=values) == [("NOT_ALLOWED", ["input", name])]
    assert (await sale(person), await balances(person)) == (SALE, ["50.00"])


async def test_what_is_a_persons_of_its_transactions_can_be_changed(person: Person, linked: Linked) -> None:
    values = {
        "transactionId": linked.transaction,
        "date": "2026-03-10",
        "amount": "-4.00",
        "description": "Coffee with Ada",
        "notes": "mine",
        "isExcluded": True,
    }

    changed = await person.change(UPDATE, input=values)
    cleared = await person.change(UPDATE, input={"transactionId": linked.transaction, "description": None})

    mine = {**SALE, "description": "Coffee with Ada", "notes": "mine", "isExcluded": True}
    assert changed["transaction"] == mine
    assert cleared["transaction"] == {**mine, "description": "STARBUCKS 12345"}
    assert await balances(person) == ["50.00"]


async def test_its_transactions_cannot_be_deleted(person: Person, linked: Linked) -> None:
    assert await person.refused(DELETE, id=linked.transaction) == [("NOT_ALLOWED", ["input", "transactionId"])]
    assert await sale(person) == SALE


async def test_a_typed_transaction_does_not_move_the_banks_balance(person: Person, linked: Linked) -> None:
    typed = await book(person, linked.account, "-7", "Kiosk", date="2026-03-09")

    assert (await booked(person), await balances(person)) == (["Starbucks", "Kiosk"], ["50.00"])

    await person.change(UPDATE, input={"transactionId": typed, "amount": "-8"})
    await person.change(DELETE, id=typed)

    assert (await booked(person), await balances(person)) == (["Starbucks"], ["50.00"])
