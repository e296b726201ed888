"""Which of OFX's aggregates are open, where closing tags may be missing, late or of another name.

Every aggregate that matters has a rank. Opening one ends whatever of the same or a deeper rank is still open: a new
transaction ends the one before, a balance ends the list. A closing tag ends what it names, if that is open.
"""

from domain.statement_imports.statement import StatementProblem

STATEMENTS = frozenset({"STMTRS", "CCSTMTRS", "INVSTMTRS"})
ACCOUNTS = frozenset({"BANKACCTFROM", "CCACCTFROM", "INVACCTFROM"})
LISTS = frozenset({"BANKTRANLIST", "BANKTRANLISTP", "INVTRANLIST", "LEDGERBAL", "AVAILBAL"})

_RANKS = (
    {"OFX": 0}
    | dict.fromkeys(("STMTTRNRS", "CCSTMTTRNRS", "INVSTMTTRNRS"), 2)
    | dict.fromkeys(STATEMENTS, 3)
    | dict.fromkeys(ACCOUNTS | LISTS, 4)
    | dict.fromkeys(("STMTTRN", "STMTTRNP"), 5)
    | dict.fromkeys(("PAYEE", "BANKACCTTO", "CCACCTTO", "CURRENCY", "ORIGCURRENCY", "IMAGEDATA"), 6)
)
_MESSAGE_SET_RANK = 1
_INNER_RANK = 6
_UNRANKED = 99
_DEEPEST = 64

# An empty one of these without a closing tag must not be taken for an aggregate.
_LEAF_NAMES = """
    TRNTYPE DTPOSTED DTUSER DTAVAIL TRNAMT FITID CORRECTFITID CORRECTACTION SRVRTID CHECKNUM REFNUM SIC PAYEEID NAME
    EXTDNAME MEMO INV401KSOURCE CURDEF BANKID BRANCHID ACCTID ACCTTYPE ACCTKEY BALAMT DTASOF DTSTART DTEND CURSYM
    CURRATE TRNUID CLTCOOKIE MKTGINFO CODE SEVERITY MESSAGE ORG FID INTU.BID LANGUAGE DTSERVER
"""
_LEAVES = frozenset(_LEAF_NAMES.split())


class Nesting:
    """The open aggregates, outermost first; at most 64."""

    def __init__(self) -> None:
        self._open: list[tuple[str, int]] = []

    @property
    def inside(self) -> str:
        """The innermost open aggregate that has a rank, or nothing. What vendors add between is looked through."""
        for name, rank in reversed(self._open):
            if rank != _UNRANKED:
                return name
        return ""

    def ended_by_opening(self, tag: str, text: str) -> list[str] | None:
        """Opens `tag`, if it is an aggregate; `text` stands behind it. The names that it ended, innermost first.

        None where the tag is a field with a value, or an empty one. Raises `StatementProblem` for absurd depth.
        """
        if tag in _LEAVES:
            return None
        rank = _RANKS.get(tag)
        if rank is None:
            rank = _MESSAGE_SET_RANK if "MSGSRSV" in tag else _UNRANKED
        if rank >= _INNER_RANK and text and not text.isspace():
            return None
        ended = []
        if rank != _UNRANKED:
            while self._open and any(above >= rank for _, above in self._open if above != _UNRANKED):
                ended.append(self._open.pop()[0])
        if len(self._open) >= _DEEPEST:
            raise StatementProblem(
                f"The file nests more than {_DEEPEST} elements: it is damaged or harmful. Download it again."
            )
        self._open.append((tag, rank))
        return ended

    def ended_by_closing(self, tag: str) -> list[str]:
        """Closes `tag`. The names that ended with it, innermost first; none where it is not open."""
        if tag in _LEAVES or not any(name == tag for name, _ in self._open):
            return []
        ended = []
        while True:
            name = self._open.pop()[0]
            ended.append(name)
            if name == tag:
                return ended
