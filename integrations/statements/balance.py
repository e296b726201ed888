"""The fields of one LEDGERBAL, and the balance that they make."""

from domain.statement_imports.statement import BalanceLine, RejectedLine
from integrations.statements.values import read_amount, read_day, read_words


class OpenBalance:
    """A LEDGERBAL that has begun at `line` and has not ended yet."""

    def __init__(self, line: int) -> None:
        self.line = line
        self._fields: dict[str, str] = {}

    def add(self, tag: str, text: str) -> None:
        """Takes a field; the first of a name counts."""
        if tag in ("BALAMT", "DTASOF"):
            self._fields.setdefault(tag, read_words(text))

    def finish(self, currency: str | None) -> BalanceLine:
        """The balance. Raises `ValueProblem`."""
        amount = read_amount(self._fields.get("BALAMT", ""), currency)
        day = self._fields.get("DTASOF")
        return BalanceLine(self.line, amount, read_day(day) if day else None)

    def rejected(self, reason: str) -> RejectedLine:
        """The balance as what could not be read."""
        text = "".join(f"<{tag}>{value[:200]}" for tag, value in self._fields.items())
        return RejectedLine(self.line, f"The balance was left out: {reason}.", text[:200])
