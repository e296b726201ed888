"""Plaid's custom users: accounts and transactions that the caller makes up, as JSON in the password.

Format: https://plaid.com/docs/sandbox/user-custom/. Only `type` and `subtype` are needed; parts for other products
(identity, holdings, income …) are accepted and ignored.
"""

from dataclasses import dataclass

from sandbox.accounts import ALLOWED_SUBTYPES, OWED, NewAccount
from sandbox.amounts import micros
from sandbox.fields import Fields, parse_json
from sandbox.ledger import Entry, today
from sandbox.mistakes import PlaidMistake, invalid_field

MOST_ACCOUNTS = 20
MOST_TRANSACTIONS = 20_000


@dataclass(frozen=True, slots=True)
class CustomAccount:
    """An account to open and what happened in it; the entries' account id is not yet known."""

    account: NewAccount
    entries: list[Entry]


def read_custom_user(password: str) -> list[CustomAccount]:
    """The accounts of a custom user. Raises INVALID_FIELD with the place in the JSON."""
    try:
        config = Fields(parse_json(password), "override_password")
    except PlaidMistake as mistake:
        raise invalid_field(f"override_password is not a custom user: {mistake.message}") from None
    accounts = config.objects("override_accounts", MOST_ACCOUNTS)
    if not accounts:
        raise invalid_field("override_password.override_accounts must not be empty")
    return [_account(fields, place) for place, fields in enumerate(accounts)]


def read_entry(fields: Fields, currency: str, account_id: str = "", currency_field: str = "currency") -> Entry:
    """One transaction: pending if `date_posted` is absent or in the future, else posted on that day, verbatim."""
    posted, transacted = fields.optional_day("date_posted"), fields.optional_day("date_transacted")
    pending = posted is None or posted > today()
    day = (transacted or today()) if pending else posted
    assert day is not None  # noqa: S101 - a posted one has its day
    return Entry(
        account_id=account_id,
        amount=micros(fields.raw("amount"), fields.path("amount")),
        currency=fields.currency(currency_field) or currency,
        date=day.isoformat(),
        description=fields.text("description", 1_000),
        authorized_date=transacted.isoformat() if transacted else None,
        pending=pending,
        posts_on=posted.isoformat() if pending and posted else None,
    )


def _account(fields: Fields, place: int) -> CustomAccount:
    kind, subtype = fields.text("type", 40), fields.text("subtype", 60)
    if kind not in ALLOWED_SUBTYPES:
        raise fields.mistake("type", f"must be one of {', '.join(ALLOWED_SUBTYPES)}")
    if subtype not in ALLOWED_SUBTYPES[kind]:
        raise fields.mistake("subtype", f"is not a subtype of {kind}")
    currency = fields.currency("currency") or "USD"
    meta = fields.inner("meta")
    entries = (
        [read_entry(entry, currency) for entry in fields.objects("transactions", MOST_TRANSACTIONS)]
        if fields.has("transactions")
        else []
    )
    spent = sum(entry.amount for entry in entries if entry.currency == currency)
    computed = spent if kind in OWED else -spent
    starting = _amount(fields, "starting_balance")
    account = NewAccount(
        type=kind,
        subtype=subtype,
        name=meta.optional_text("name") or f"Plaid {subtype.title()}",
        official_name=meta.optional_text("official_name"),
        mask=meta.optional_text("mask", 4) or f"{place * 1111 % 10_000:04}",
        currency=currency,
        current=computed if starting is None else starting,
        limit=_amount(meta, "limit"),
        fixed_available=_amount(fields, "force_available_balance"),
        without_available=fields.flag("has_null_available_balance"),
    )
    return CustomAccount(account, entries)


def _amount(fields: Fields, name: str) -> int | None:
    return micros(fields.raw(name), fields.path(name)) if fields.has(name) else None
