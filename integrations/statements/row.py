"""The fields of one STMTTRN, collected as they come, and the row that they make."""

from domain.statement_imports.statement import DuplicateLine, RejectedLine, StatementRow
from integrations.statements.identity import RowIdentities
from integrations.statements.values import LONGEST_VALUE, ValueProblem, read_amount, read_day, read_words

_NAMES = "TRNTYPE DTPOSTED TRNAMT FITID CORRECTFITID CORRECTACTION CHECKNUM NAME EXTDNAME PAYEE MEMO CURSYM"
_FIELDS = frozenset(_NAMES.split())
# In these a second, different value would be a guess about money.
_SINGLE = ("DTPOSTED", "TRNAMT", "FITID")

_TRNTYPES = "CREDIT DEBIT INT DIV FEE SRVCHG DEP ATM POS XFER CHECK PAYMENT CASH DIRECTDEP DIRECTDEBIT REPEATPMT HOLD"
_TYPES = frozenset(_TRNTYPES.split())


class OpenRow:
    """A STMTTRN that has begun at `line` and has not ended yet."""

    def __init__(self, line: int) -> None:
        self.line = line
        self._fields: dict[str, str] = {}
        self._problem = ""

    def add(self, inside: str, tag: str, text: str) -> None:
        """Takes a field from the aggregate `inside`; the first of a name counts, blanks and unknown names do not."""
        if inside != "STMTTRN":
            if inside == "PAYEE" and tag == "NAME":
                tag = "PAYEE"
            elif not (inside == "CURRENCY" and tag == "CURSYM"):
                return
        if tag not in _FIELDS:
            return
        value = read_words(text)
        if not value:
            return
        if len(value) > LONGEST_VALUE:
            self._problem = self._problem or f"{tag} has more than {LONGEST_VALUE:,} characters"
            value = value[:LONGEST_VALUE]
        if self._fields.setdefault(tag, value) != value and tag in _SINGLE:
            self._problem = self._problem or f"it has two values for {tag}"

    def finish(self, account: str, currency: str | None, identities: RowIdentities) -> StatementRow | DuplicateLine:
        """The row. Raises `ValueProblem` where it cannot be one, and `StatementProblem` at the limit of rows."""
        fields = self._fields
        if self._problem:
            raise ValueProblem(self._problem)
        amount = read_amount(fields.get("TRNAMT", ""), currency)
        day = read_day(fields.get("DTPOSTED", ""))
        if "CORRECTFITID" in fields or "CORRECTACTION" in fields:
            raise ValueProblem("it corrects a transaction of an earlier file: change that one by hand")
        # Under CURRENCY the amount was not converted; under ORIGCURRENCY it was, and nothing needs to be done.
        symbol = fields.get("CURSYM", "").upper()
        if symbol and symbol != currency:
            raise ValueProblem(f"its amount is in {symbol[:3]}, the account is in {currency or 'an unnamed currency'}")
        fitid = fields.get("FITID", "")
        name = fields.get("NAME") or fields.get("PAYEE") or fields.get("EXTDNAME") or ""
        memo = fields.get("MEMO", "")
        check_number = fields.get("CHECKNUM", "")
        kind = fields.get("TRNTYPE", "").upper()
        row_id, is_duplicate = identities.identify(account, fitid, day, amount, (name, memo, check_number))
        if is_duplicate:
            return DuplicateLine(self.line, row_id)
        return StatementRow(
            id=row_id,
            line=self.line,
            fitid=fitid,
            date=day,
            amount=amount,
            name=name,
            memo=memo,
            check_number=check_number,
            type=kind if kind in _TYPES else "OTHER",
        )

    def rejected(self, reason: str) -> RejectedLine:
        """The row as what could not be read, with the fields that it had."""
        text = "".join(f"<{tag}>{value[:200]}" for tag, value in self._fields.items())
        return RejectedLine(self.line, f"The row was left out: {reason}.", text[:200])
