"""Leaving a household, and being removed from it: with one's accounts, or without.

The accounts that a member brought move to a household of their own as they are: with transactions, balances and sums,
with what they need of merchants and categories, and with their bank links. What was said about them stays in the
journal of the household that they leave, as far as its members could see it.
"""

from dataclasses import dataclass, field
from decimal import Decimal
from uuid import UUID

from sqlalchemy import func, select

from domain.events import (
    AccountClosed,
    AccountDeleted,
    AccountOpened,
    BalanceChanged,
    BankLinkChanged,
    BankLinked,
    BankUnlinked,
    MemberLeft,
    SyncFinished,
    TransactionsAdded,
    TransactionsRemoved,
)
from domain.mistakes import UserMistake, not_allowed, not_found
from domain.money import Money, format_amount
from runtime import journal
from runtime.facts import Fact
from runtime.ids import new_id
from runtime.unit import Unit


@dataclass
class _Told:
    """What the journals have to say: of the household that is left, and of the one that accounts came to."""

    here: list[Fact] = field(default_factory=list)
    there: list[Fact] = field(default_factory=list)


async def leave_household(unit: Unit, *, takes_accounts: bool, to: UUID | None) -> UUID:
    """The household that the person has afterwards: `to`, which they own, or a new one where that is left out and one
    is needed. Their sessions of this one are over.

    NOT_ALLOWED for its last member and its last owner, and where accounts would be left that are not shared fully.
    """
    return await _part(unit, unit.viewer.user_id, takes_accounts=takes_accounts, to=to)


async def remove_member(unit: Unit, user_id: UUID) -> UUID:
    """For owners alone. What the member brought goes with them, to a new household: nobody is to see what they kept to
    themselves. This household's id.

    The unit's viewer has to see everything: the journal is told of accounts that are kept from the owner.
    """
    if user_id == unit.viewer.user_id:
        raise not_allowed("This is you: leave the household instead.", "input", "userId")
    await _part(unit, user_id, takes_accounts=True, to=None)
    return unit.household_id


async def _part(unit: Unit, person: UUID, *, takes_accounts: bool, to: UUID | None) -> UUID:
    call = func.part_from_household(person, to or new_id(), to is None, takes_accounts, unit.at).table_valued(
        "what", "id", "ids", "balance", "currency"
    )
    rows = (await unit.session.execute(select(call))).all()
    *moved, last = rows
    if last.what != "PARTED":
        raise _why_not(last.what)
    refuge: UUID = last.id
    told = _Told([MemberLeft(ids=[unit.household_id], data={"person": str(person)})])
    for row in moved:
        _tell(told, row.what, row.id, row.ids, row.balance, row.currency)
    unit.record(*told.here)
    if told.there:

        async def tell_there() -> None:
            # As that household, in the same transaction: the lines of both are written, or none.
            connection = await unit.connection()
            await connection.execute("select set_config('app.household_id', $1, true)", str(refuge))
            await journal.append(connection, home=refuge, actor=unit.actor, at=unit.at, facts=told.there)

        unit.after_journal(tell_there)
    return refuge


def _tell(told: _Told, what: str, id: UUID, ids: list[UUID] | None, balance: Decimal, currency: str) -> None:
    match what:
        case "ACCOUNT":
            told.here += [
                TransactionsRemoved(ids=ids or [], account_id=id),
                AccountDeleted(ids=[id], account_id=id),
            ]
            data = {"balance": format_amount(Money(balance, currency)), "currency": currency}
            told.there += [
                AccountOpened(ids=[id], account_id=id),
                TransactionsAdded(ids=ids or [], account_id=id),
                BalanceChanged(ids=[id], account_id=id, data=data),
            ]
        case "LINK":
            told.here.append(BankLinkChanged(ids=[id], account_id=id))
            told.there.append(BankLinked(ids=[id], account_id=id))
        case "CLOSED":
            told.here.append(AccountClosed(ids=[id], account_id=id))
        case "ENDED":
            told.here.append(BankUnlinked(ids=[id], account_id=id, data={"keep_history": True}))
        case "SYNC":
            (link,) = ids or []
            told.here.append(SyncFinished(ids=[id], account_id=link, data={"bank_link": str(link), "status": "FAILED"}))


def _why_not(what: str) -> UserMistake:
    match what:
        case "NOT_MEMBER":
            return not_found("There is no such member.", "input", "userId")
        case "LAST":
            return not_allowed("Nobody else is in this household: it ends with its last member's account.", "input")
        case "NO_OWNER":
            return not_allowed("Somebody has to own the household: make another member its owner first.", "input")
        case "WITHHELD":
            return not_allowed(
                "Some of your accounts are not shared fully: share them, or take your accounts along.",
                *("input", "takeAccounts"),
            )
        case _:
            return not_found("You own no such household.", "input", "toHouseholdId")
