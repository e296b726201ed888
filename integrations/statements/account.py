"""The account that a statement is of, while the file is still telling which one it is."""

from domain.currencies import UnknownCurrency, minor_digits
from domain.statement_imports.statement import StatementAccount, StatementAccountKind, StatementProblem
from integrations.statements.values import read_words

_LONGEST_NUMBER = 64
_KINDS: dict[str, StatementAccountKind] = {
    "CHECKING": "CHECKING",
    "SAVINGS": "SAVINGS",
    "MONEYMRKT": "SAVINGS",
    "CD": "SAVINGS",
    "CREDITLINE": "LOAN",
}


class OpenAccount:
    """The account of the statement `tag`; empty where a bank leaves that element out.

    It is told once, before its first row. What the file says about it afterwards would change whose the rows are, so
    each method raises `StatementProblem` for that.
    """

    def __init__(self, tag: str) -> None:
        self.is_read = tag != "INVSTMTRS"
        self.is_told = False
        self.number = ""
        self.currency: str | None = None
        self._bank_id = ""
        self._kind: StatementAccountKind = "CREDIT_CARD" if tag == "CCSTMTRS" else "OTHER"

    def add(self, line: int, tag: str, text: str) -> None:
        """Takes a field of BANKACCTFROM or CCACCTFROM; the first of a name counts."""
        if tag not in ("ACCTID", "BANKID", "ACCTTYPE"):
            return
        value = read_words(text)
        if len(value) > _LONGEST_NUMBER:
            raise StatementProblem(
                f"At line {line} of the file, {tag} has more than {_LONGEST_NUMBER} characters: it is damaged. "
                "Download it again."
            )
        if tag == "ACCTID":
            self.number = self.number or value
        elif tag == "BANKID":
            self._bank_id = self._bank_id or value
        elif self._kind == "OTHER":
            self._kind = _KINDS.get(value.upper(), "OTHER")

    def set_currency(self, line: int, text: str) -> None:
        """Takes CURDEF."""
        code = read_words(text).upper()
        if not code or code == self.currency:
            return
        if self.is_told or self.currency:
            raise StatementProblem(
                f"At line {line} the file names another currency for amounts that came before. Download it again, one "
                "account at a time."
            )
        try:
            minor_digits(code)
        except UnknownCurrency:
            raise StatementProblem(
                f"“{code[:10]}” at line {line} of the file is not the code of a current currency. Ask the bank for "
                "another file."
            ) from None
        self.currency = code

    def begin_next(self, line: int, tag: str) -> "OpenAccount":
        """The account that an account element `tag` begins to name: this one, or another where this one was told."""
        if not self.is_told:
            return self
        if not self.number:
            raise StatementProblem(
                f"At line {line} the file names an account behind its transactions, so that nobody can tell whose they "
                "are. Download it again, one account at a time."
            )
        return account_named_by(tag)

    def tell(self) -> StatementAccount:
        """What is known by now."""
        self.is_told = True
        return StatementAccount(self.number, self._bank_id, self._kind, self.currency)


def account_named_by(tag: str) -> OpenAccount:
    """The account of an account element without a statement around it."""
    return OpenAccount("CCSTMTRS" if tag == "CCACCTFROM" else "")
