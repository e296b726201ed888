"""Which of the household's accounts a file tells of: the one that was chosen, the one of that number, or a new one."""

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from domain.accounts.commands import create_account, locked_account
from domain.accounts.models import Account
from domain.households.models import Household
from domain.mistakes import UserMistake
from domain.statement_imports.commands import check_takes_files
from domain.statement_imports.staging import StagedAccount
from domain.statement_imports.statement import StatementAccount, StatementProblem
from runtime.keys import Keys
from runtime.unit import TryAgain, Unit, violated

_PURPOSE = "account number"
_ONE_PER_NUMBER = "uq_accounts_number"
_MASK = 4
_NAMES = {
    "CHECKING": "Checking account",
    "SAVINGS": "Savings account",
    "CREDIT_CARD": "Credit card",
    "LOAN": "Loan",
    "OTHER": "Account",
}


async def match_accounts(
    unit: Unit, keys: Keys, chosen: UUID | None, staged: Sequence[StagedAccount]
) -> tuple[list[UUID], set[UUID]]:
    """The account of each in `staged`, and which of them were made here. Raises StatementProblem.

    Several of the file may be one account, where it leaves the currency out here and there.
    """
    if chosen is not None:
        return [await _chosen_account(unit, keys, chosen, staged)], set()
    found: list[UUID] = []
    made: set[UUID] = set()
    for one in staged:
        account_id, is_new = await _account_of_number(unit, keys, one.said)
        found.append(account_id)
        if is_new:
            made.add(account_id)
    return found, made


async def _chosen_account(unit: Unit, keys: Keys, chosen: UUID, staged: Sequence[StagedAccount]) -> UUID:
    if len(staged) > 1:
        raise StatementProblem(
            f"The file holds {len(staged)} accounts, and one was chosen for it. Import it without choosing one: each "
            "finds its own by its number."
        )
    said = staged[0].said
    try:
        account = await locked_account(unit, chosen)
        check_takes_files(account)
    except UserMistake as mistake:
        raise StatementProblem(mistake.message) from None
    if said.currency not in (None, account.currency):
        raise StatementProblem(
            f"The file is in {said.currency}, the account that was chosen is in {account.currency}. Choose another "
            "account."
        )
    if said.number and account.number_hash is None:
        seals = _seals(unit, keys, said)
        if not await _accounts_of(unit, seals, account.currency):
            # The next file finds this account by itself.
            await _give_number(unit, account, said, seals[0])
    return account.id


async def _account_of_number(unit: Unit, keys: Keys, said: StatementAccount) -> tuple[UUID, bool]:
    if not said.number:
        raise StatementProblem("The file does not say which account it is of. Import it again and choose the account.")
    seals = _seals(unit, keys, said)
    for account in await _accounts_of(unit, seals, said.currency):
        try:
            check_takes_files(await locked_account(unit, account.id))
        except UserMistake as mistake:
            raise StatementProblem(f"{account.name}: {mistake.message}") from None
        account.number_hash = seals[0]
        return account.id, False
    currency = said.currency
    if currency is None:
        household = select(Household.currency).where(Household.id == unit.household_id)
        currency = (await unit.session.scalars(household)).one()
    mask = _mask(said)
    name = f"{_NAMES[said.kind]} {mask}" if mask else _NAMES[said.kind]
    account_id = await create_account(unit, name=name, type=said.kind, currency=currency, balance=Decimal(0))
    await _give_number(unit, await locked_account(unit, account_id), said, seals[0])
    return account_id, True


async def _accounts_of(unit: Unit, seals: Sequence[bytes], currency: str | None) -> list[Account]:
    """Open accounts of that number, the oldest first; of that currency, where the file names one."""
    statement = select(Account).where(
        Account.household_id == unit.household_id, Account.number_hash.in_(seals), Account.closed_at.is_(None)
    )
    if currency is not None:
        statement = statement.where(Account.currency == currency)
    return list(await unit.session.scalars(statement.order_by(Account.created_at, Account.id)))


async def _give_number(unit: Unit, account: Account, said: StatementAccount, seal: bytes) -> None:
    mask = account.mask or _mask(said)
    try:
        async with unit.session.begin_nested():
            account.number_hash, account.mask = seal, mask
            await unit.session.flush()
    except IntegrityError as error:
        if violated(error) != _ONE_PER_NUMBER:
            raise
        if unit.viewer.withheld is None:
            # Another file has just made this account.
            raise TryAgain from error
        # Somebody keeps an account of that number to themselves: to this person it is not there.
        await unit.session.refresh(account)


def _seals(unit: Unit, keys: Keys, said: StatementAccount) -> list[bytes]:
    """Nobody reads a number out of these. The kind belongs to it: some banks give all of a person's accounts one."""
    content = "\x1f".join((said.bank_id, said.kind, "".join(said.number.split()))).casefold()
    return keys.seals(_PURPOSE, unit.household_id.bytes + content.encode())


def _mask(said: StatementAccount) -> str | None:
    """The last characters of the number; none of a number that is hardly longer."""
    number = "".join(said.number.split())
    return number[-_MASK:] if len(number) > _MASK else None
