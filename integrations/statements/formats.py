"""Which format a bank's file is in, and the reader for it: OFX and QFX are read, others are called by their names."""

import re
from collections.abc import Iterable, Iterator
from itertools import chain

from domain.statement_imports.statement import OtherFormat, OtherFormatName, StatementItem
from integrations.statements.charset import HEAD, peek_text
from integrations.statements.ofx import read_ofx, sniff

_NAMES: dict[OtherFormatName, str] = {"QIF": "QIF", "CSV": "CSV", "CAMT053": "CAMT.053", "MT940": "MT940"}

_QIF = re.compile(r"(?:\A|\n)!(?:type|account|option|clear):?\w*\s", re.IGNORECASE)
_CAMT = re.compile(r"<(?:\w+:)?Document\b[^>]{0,500}camt\.05[0-9]", re.IGNORECASE)
_MT940 = re.compile(r"(?:\A|\n):20:[^\n]*\r?\n(?:[^\n]*\r?\n){0,5}?:25P?:")
# A table: two lines with the same sign at least twice in each.
_CSV = re.compile(r"\A[^\n<{]*?([,;\t])[^\n<{]*?\1[^\n]*\n[^\n]*?\1[^\n]*?\1")


def read_statement(chunks: Iterable[bytes]) -> Iterator[StatementItem]:
    """The items of a bank's file, as `read_ofx` gives them. Raises `StatementProblem`, for other formats
    `OtherFormat`."""
    rest = iter(chunks)
    head = b""
    for chunk in rest:
        head += chunk
        if len(head) >= HEAD:
            break
    if sniff(head) is None and (other := other_format(head)) is not None:
        raise OtherFormat(
            other,
            f"This looks like a {_NAMES[other]} file. Coffer reads OFX and QFX for now: most banks offer one of them "
            "beside it.",
        )
    yield from read_ofx(chain([head], rest))


def other_format(head: bytes) -> OtherFormatName | None:
    """A format that is not OFX, by the first kilobytes. Never raises."""
    text = peek_text(head[:HEAD])
    if _QIF.search(text):
        return "QIF"
    if _CAMT.search(text):
        return "CAMT053"
    if _MT940.search(text):
        return "MT940"
    return "CSV" if _CSV.search(text) else None
