"""What a row of a file is called: banks cut NAME at 32 characters and go on, or repeat themselves, in MEMO."""

from domain.statement_imports.statement import StatementRow

# TRNTYPE (OFX 2.3, section 11.4.4.3), for rows without any words.
_TYPES = {
    "CREDIT": "Credit",
    "DEBIT": "Debit",
    "INT": "Interest",
    "DIV": "Dividend",
    "FEE": "Fee",
    "SRVCHG": "Service charge",
    "DEP": "Deposit",
    "ATM": "Cash machine",
    "POS": "Card payment",
    "XFER": "Transfer",
    "CHECK": "Check",
    "PAYMENT": "Payment",
    "CASH": "Cash withdrawal",
    "DIRECTDEP": "Direct deposit",
    "DIRECTDEBIT": "Direct debit",
    "REPEATPMT": "Standing order",
    "HOLD": "Hold",
}


def describe(row: StatementRow) -> str:
    """A description for people: the name, whole where the memo has it whole; never empty."""
    if row.name and row.memo.casefold().startswith(row.name.casefold()):
        return row.memo
    if words := row.name or row.memo:
        return words
    kind = _TYPES.get(row.type, "Transaction")
    return f"{kind} {row.check_number}" if row.check_number else kind


def original_words(row: StatementRow) -> str:
    """All of the bank's own words, those that are repeated once; the description where there are none."""
    name, memo = row.name.casefold(), row.memo.casefold()
    if name in memo:
        return row.memo or describe(row)
    return row.name if memo in name else f"{row.name} {row.memo}"
