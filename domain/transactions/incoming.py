"""A transaction as it comes in from a bank or a file, checked but not yet anybody's."""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from domain.mistakes import Problem
from domain.money import AMOUNT_BOUND, Money
from domain.periods import check_day

LONGEST_SOURCE_ID = 300
LONGEST_TEXT = 500
PENDING, POSTED = "PENDING", "POSTED"

_NO_TEXT = re.compile("[\0\ud800-\udfff]")


class RowProblem(Problem):
    """A row that no table can take."""


@dataclass(frozen=True, slots=True)
class IncomingRow:
    """Money out is negative; `status` is PENDING or POSTED.

    `source_id` says who gave the row and under which id ("plaid:…", "ofx:…") and is unique in an account;
    `pending_source_id` names the pending row that a posted one takes over from. What the provider says of the category
    stays in its own words. Texts are cut at 500 characters, and lose what no text can hold. Raises a `Problem` for ids,
    amounts, currencies and days that no transaction can have.
    """

    source_id: str
    date: date
    amount: Decimal
    currency: str
    status: str
    description: str
    original_description: str
    merchant_name: str | None = None
    provider_primary: str | None = None
    provider_detailed: str | None = None
    provider_confidence: str | None = None
    pending_source_id: str | None = None

    def __post_init__(self) -> None:
        for id in (self.source_id, self.pending_source_id):
            if id is not None and (not 0 < len(id) <= LONGEST_SOURCE_ID or _NO_TEXT.search(id)):
                raise RowProblem(f"The id of a transaction has 1 to {LONGEST_SOURCE_ID} characters.")
        if self.status not in (PENDING, POSTED):
            raise RowProblem("A transaction is pending or posted.")
        check_day(self.date)
        amount = Money(self.amount, self.currency).amount
        if amount.copy_abs() >= AMOUNT_BOUND:
            raise RowProblem("The amount is too large: it must have at most 15 digits before the point.")
        object.__setattr__(self, "amount", amount)
        for name in ("description", "original_description", "merchant_name"):
            if (text := getattr(self, name)) is not None:
                object.__setattr__(self, name, _NO_TEXT.sub("", text[:LONGEST_TEXT]).strip())
