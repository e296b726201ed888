"""From incoming rows to rows of the stage: each gets an id, and each wording its merchant and category once."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import islice
from uuid import UUID

from uuid_utils import uuid7

from domain.categories.rules import ProviderCategory
from domain.transactions.categorising import Catalogue, Categorised, Uncategorised, categorise
from domain.transactions.incoming import IncomingRow
from domain.transactions.ingest_stage import StageRow, copy_text
from runtime.ids import new_id
from runtime.unit import Unit

AccountRow = tuple[UUID, IncomingRow]

CHUNK = 250
"""Rows after which the process may serve others."""
MOST_WORDINGS = 20_000
"""How many are kept in mind: a bound on the memory."""

_NOTHING = Decimal(0)

# Rows alike in all of this get the same merchant and category: of the amount only the direction matters.
_Wording = tuple[str, str, str | None, str | None, str | None, str | None, str, bool]


class Seen:
    """What was seen of the rows while they were staged."""

    def __init__(self) -> None:
        self.rows = 0
        self.account_ids: set[UUID] = set()
        self.has_new_merchants = False
        self.has_pending = False


async def stage_values(unit: Unit, rows: Sequence[AccountRow], seen: Seen) -> list[StageRow]:
    """A few rows, as values."""
    answers = await categorise(unit, [_uncategorised(row) for _, row in rows], make_merchants=False)
    seen.rows = len(rows)
    seen.account_ids = {account_id for account_id, _ in rows}
    seen.has_pending = any(row.pending_source_id is not None for _, row in rows)
    seen.has_new_merchants = any(answer.merchant is not None and answer.merchant.id is None for answer in answers)
    return [
        (
            position,
            account_id,
            row.source_id,
            row.pending_source_id,
            new_id(),
            row.date,
            row.amount,
            row.status,
            row.currency,
            row.description,
            row.original_description,
            (answer.merchant.id or new_id()) if answer.merchant else None,
            answer.merchant.key if answer.merchant else None,
            answer.merchant.name if answer.merchant else None,
            answer.decision.category_id,
            answer.decision.source.value,
            answer.decision.confidence,
        )
        for position, ((account_id, row), answer) in enumerate(zip(rows, answers, strict=True), 1)
    ]


async def stage_lines(catalogue: Catalogue, rows: Iterable[AccountRow], seen: Seen) -> AsyncIterator[bytes]:
    """Many rows, in COPY's text format."""
    wordings: dict[_Wording, str] = {}
    for chunk in _chunks(rows):
        if len(wordings) > MOST_WORDINGS:
            wordings.clear()
        yield _lines(catalogue, chunk, seen, wordings).encode()
        await asyncio.sleep(0)  # the process has others to serve


def _chunks(rows: Iterable[AccountRow]) -> Iterator[list[AccountRow]]:
    rest = iter(rows)
    while chunk := list(islice(rest, CHUNK)):
        yield chunk


def _lines(catalogue: Catalogue, chunk: list[AccountRow], seen: Seen, wordings: dict[_Wording, str]) -> str:
    lines = []
    account: UUID | None = None
    account_text = ""
    for position, (account_id, row) in enumerate(chunk, seen.rows + 1):
        if account_id is not account:
            account, account_text = account_id, str(account_id)
            seen.account_ids.add(account_id)
        wording = (
            row.description,
            row.original_description,
            row.merchant_name,
            row.provider_primary,
            row.provider_detailed,
            row.provider_confidence,
            row.currency,
            row.amount > _NOTHING,
        )
        if (shared := wordings.get(wording)) is None:
            answer = catalogue.categorise(_uncategorised(row))
            seen.has_new_merchants |= answer.merchant is not None and answer.merchant.id is None
            shared = wordings[wording] = _shared(row, answer)
        if row.pending_source_id is None:
            pending = r"\N"
        else:
            pending, seen.has_pending = copy_text(row.pending_source_id), True
        # Without !s each value would be asked for a format: half as fast again.
        lines.append(
            f"{position}\t{account_text}\t{copy_text(row.source_id)}\t{pending}\t{uuid7()!s}\t{row.date!s}\t"
            f"{row.amount!s}\t{row.status}\t{shared}"
        )
    seen.rows += len(chunk)
    return "".join(lines)


def _shared(row: IncomingRow, answer: Categorised) -> str:
    """The end of each line of the same wording."""
    merchant, decision = answer.merchant, answer.decision
    named = "\\N\t\\N\t\\N"
    if merchant is not None:
        named = f"{merchant.id or uuid7()!s}\t{copy_text(merchant.key)}\t{copy_text(merchant.name)}"
    confidence = r"\N" if decision.confidence is None else decision.confidence
    return (
        f"{row.currency}\t{copy_text(row.description)}\t{copy_text(row.original_description)}\t{named}\t"
        f"{decision.category_id!s}\t{decision.source.value}\t{confidence!s}\n"
    )


def _uncategorised(row: IncomingRow) -> Uncategorised:
    provider = None
    if row.provider_primary or row.provider_detailed:
        provider = ProviderCategory(row.provider_primary, row.provider_detailed, row.provider_confidence)
    return Uncategorised(
        description=row.description,
        amount=row.amount,
        currency=row.currency,
        original_description=row.original_description,
        merchant_name=row.merchant_name,
        provider=provider,
    )
