"""Plaid's accounts and transactions as ours: https://plaid.com/docs/api/products/transactions/#transactionssync.

Plaid counts money out as positive and what is owed as a positive balance; both are turned here.
"""

from collections.abc import Mapping
from typing import Any

from domain.bank_links.feed import FeedAccount, FeedOutline, FeedPage, FeedRow, Unreadable
from domain.transactions.incoming import IncomingRow
from integrations.plaid import values

PREFIX = "plaid:"
MOST_ACCOUNTS = 1000
LONGEST_DESCRIPTION, LONGEST_NAME, LONGEST_CURSOR = 500, 100, 2000
NO_DESCRIPTION = "No description"

_OWED = frozenset({"credit", "loan"})
_SAVINGS = frozenset({"cd", "hsa", "money market", "savings"})
_TYPES = {
    "depository": "CHECKING",
    "credit": "CREDIT_CARD",
    "loan": "LOAN",
    "investment": "INVESTMENT",
    "brokerage": "INVESTMENT",
}


_WRONG = (ValueError, KeyError, TypeError, ArithmeticError, RecursionError)


def read_outline(raw: bytes) -> FeedOutline:
    """What an answer of /transactions/sync says beside its rows, at half the cost of those. Raises Unreadable."""
    try:
        page = values.mapping(values.parse(raw))
        accounts, unreadable = _accounts(page)
        named = {
            values.identifier(one["account_id"])
            for name in ("added", "modified")
            for one in values.objects(page[name])
            if one.get("account_id") not in unreadable
        }
        return FeedOutline(accounts, named, bool(values.objects(page["removed"])), *_cursor(page), unreadable)
    except _WRONG as error:
        raise _problem(error) from None


def read_page(raw: bytes) -> FeedPage:
    """An answer of /transactions/sync. Raises Unreadable: one broken value spoils the page, nothing is guessed."""
    try:
        page = values.mapping(values.parse(raw))
        accounts, unreadable = _accounts(page)
        currencies = {account.provider_id: account.currency for account in accounts}
        rows = [
            row
            for name in ("added", "modified")
            for one in values.objects(page[name])
            if one.get("account_id") not in unreadable and (row := _row(one, currencies)) is not None
        ]
        removed = [
            (
                values.identifier(one["account_id"]) if one.get("account_id") else None,
                PREFIX + values.identifier(one["transaction_id"]),
            )
            for one in values.objects(page["removed"])
        ]
        return FeedPage(accounts, rows, removed, *_cursor(page), unreadable)
    except _WRONG as error:
        raise _problem(error) from None


def _cursor(page: Mapping[str, Any]) -> tuple[str, bool]:
    """Where the next page begins, and whether there is more to fetch now."""
    next_cursor, has_more = page["next_cursor"], page["has_more"]
    if not isinstance(next_cursor, str) or len(next_cursor) > LONGEST_CURSOR or not isinstance(has_more, bool):
        raise ValueError("no cursor")
    if has_more and not next_cursor:
        raise ValueError("more without a cursor")
    return next_cursor, has_more


def _problem(error: Exception) -> Unreadable:
    return Unreadable(f"{type(error).__name__}: {error}"[:200])


def read_accounts(raw: bytes) -> list[FeedAccount]:
    """An answer of /accounts/get, without those that cannot be kept here. Raises Unreadable."""
    try:
        return _accounts(values.mapping(values.parse(raw)))[0]
    except _WRONG as error:
        raise _problem(error) from None


def _accounts(answer: Mapping[str, Any]) -> tuple[list[FeedAccount], list[str]]:
    given = values.objects(answer["accounts"])
    if len(given) > MOST_ACCOUNTS:
        raise ValueError("too many accounts")
    accounts = [(values.identifier(one["account_id"]), _account(one)) for one in given]
    return [found for _, found in accounts if found], [id for id, found in accounts if found is None]


def _account(given: Mapping[str, Any]) -> FeedAccount | None:
    balances = values.mapping(given["balances"])
    if (currency := values.currency(balances)) is None:
        return None
    kind, subtype = (words if isinstance(words := given.get(name), str) else "" for name in ("type", "subtype"))
    type_ = _TYPES.get(kind, "OTHER")
    if type_ == "CHECKING" and subtype in _SAVINGS:
        type_ = "SAVINGS"
    current, available = (
        None if balances.get(name) is None else values.amount(balances[name], currency)
        for name in ("current", "available")
    )
    balance = -current if current is not None and kind in _OWED else current
    if balance is None and kind not in _OWED:
        balance = available
    return FeedAccount(
        provider_id=values.identifier(given["account_id"]),
        name=values.words(given.get("name"), most=LONGEST_NAME)
        or values.words(given.get("official_name"), most=LONGEST_NAME)
        or type_.replace("_", " ").capitalize(),
        type=type_,
        currency=currency,
        # -0 is no amount of its own.
        balance=None if balance is None else balance + 0,
        available=available,
        mask=values.words(given.get("mask"), most=10),
    )


def _row(given: Mapping[str, Any], currencies: Mapping[str, str]) -> FeedRow | None:
    account_id = values.identifier(given["account_id"])
    currency = values.currency(dict(given))
    if currency is None:
        if given.get("iso_currency_code") or given.get("unofficial_currency_code") or account_id not in currencies:
            return None
        currency = currencies[account_id]
    category = given.get("personal_finance_category")
    category = {} if category is None else values.mapping(category)
    pending, before = given["pending"], given.get("pending_transaction_id")
    if not isinstance(pending, bool):
        raise ValueError("neither pending nor posted")  # noqa: TRY004
    description = values.words(given.get("name"), most=LONGEST_DESCRIPTION) or NO_DESCRIPTION
    row = IncomingRow(
        source_id=PREFIX + values.identifier(given["transaction_id"]),
        date=values.day(given["date"]),
        amount=0 - values.amount(given["amount"], currency),
        currency=currency,
        status="PENDING" if pending else "POSTED",
        description=description,
        original_description=values.words(given.get("original_description"), most=LONGEST_DESCRIPTION) or description,
        merchant_name=values.words(given.get("merchant_name"), most=LONGEST_NAME),
        provider_primary=values.words(category.get("primary"), most=LONGEST_NAME),
        provider_detailed=values.words(category.get("detailed"), most=LONGEST_NAME),
        provider_confidence=values.words(category.get("confidence_level"), most=LONGEST_NAME),
        pending_source_id=None if not before else PREFIX + values.identifier(before),
    )
    return FeedRow(account_id, row)
