"""OFX's markup, SGML and XML alike, as a stream of tags with the text behind each.

Both are the same to this reader: closing tags are reported where they stand and never required. Only the predefined
entities and numbered characters are resolved; a declaration of others is refused, so nothing can be expanded.
"""

import re
from collections.abc import Iterable, Iterator

from domain.statement_imports.statement import StatementProblem

LONGEST_TEXT = 65536
"""Characters between two tags. Logos and notices of banks are shorter; a statement's own fields have at most 255."""

_LONGEST_PREAMBLE = 8192
_REMEMBERED_TAGS = 1024
_LONGEST_REMEMBERED = 64

_TAG = re.compile(r"(/?)(?:[a-z_][\w-]*:)?([a-z_][\w.-]*)(?:\s[^>]*?)?(/?)", re.ASCII | re.IGNORECASE)
_DECLARATION = re.compile(r"!\s*(?:DOCTYPE|ENTITY|ELEMENT|ATTLIST|NOTATION|\[)", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#([0-9]{1,7})|#[xX]([0-9a-fA-F]{1,6})|(amp|lt|gt|quot|apos|nbsp));", re.IGNORECASE)
_NAMED = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'", "nbsp": " "}

Token = tuple[int, str, str]
"""Line of the tag (from 1), its name in upper case, with a slash before it if it closes, and the text behind it."""


def read_tokens(pieces: Iterable[str]) -> Iterator[Token]:
    """Every tag of the file. Raises `StatementProblem` for what is no markup, or no honest one.

    A last token `(line, "", "")` tells the last line.
    """
    line, tag, tag_line, text, part = 1, "", 1, "", ""
    waiting_for = ""
    known: dict[str, tuple[str, bool] | None] = {}
    for part in _between_brackets(pieces):
        # A part is what stands behind one "<" up to the next.
        part_line = line
        line += part.count("\n")
        # The length comes first: how much of a part that is too long gets here depends on the chunks.
        if len(part) > LONGEST_TEXT:
            raise StatementProblem(
                f"Behind line {part_line} the file has a field of more than {LONGEST_TEXT:,} characters: it is damaged "
                "or no OFX file. Download it again."
            )
        if "\0" in part:
            raise StatementProblem(
                f"Behind line {part_line} the file holds zero bytes: it is damaged or no text file. Download it again."
            )
        if not waiting_for:
            head, bracket, behind = part.partition(">")
            if bracket:
                found = known.get(head)
                if found is None and head not in known:
                    found = _tag(head)
                    if len(known) < _REMEMBERED_TAGS and len(head) < _LONGEST_REMEMBERED:
                        known[head] = found
                if found is not None:
                    if tag:
                        yield tag_line, tag, text
                    tag, closed = found
                    tag_line, text = part_line, _resolved(behind)
                    if closed:
                        yield tag_line, tag, ""
                        tag = "/" + tag
                    continue
        added, waiting_for = _other(part, part_line, waiting_for)
        text += added
        if len(text) > LONGEST_TEXT or (not tag and len(text) > _LONGEST_PREAMBLE):
            raise StatementProblem(
                f"The text at line {tag_line} of the file is too long for an OFX field: it is damaged or no OFX file. "
                "Download it again, as OFX or QFX."
            )
    if tag:
        yield tag_line, tag, text
    yield line - 1 if part.endswith("\n") else line, "", ""


def _between_brackets(pieces: Iterable[str]) -> Iterator[str]:
    # The blank keeps what stands before the first bracket from being taken for a tag.
    held = " "
    for piece in pieces:
        parts = piece.split("<")
        held += parts[0]
        if len(parts) > 1:
            yield held
            yield from parts[1:-1]
            held = parts[-1]
        if len(held) > LONGEST_TEXT:
            break
    yield held


def _tag(head: str) -> tuple[str, bool] | None:
    found = _TAG.fullmatch(head)
    return (found[1] + found[2].upper(), bool(found[3]) and not found[1]) if found else None


def _other(part: str, line: int, waiting_for: str) -> tuple[str, str]:
    """Text of a part that is no tag, and the mark up to which comment or CDATA go on."""
    if not waiting_for:
        if part.startswith("!--"):
            return _other(part[3:], line, "-->")
        if part.startswith("![CDATA["):
            raw, mark, behind = part[8:].partition("]]>")
            return raw + _resolved(behind), "" if mark else "]]>"
        if _DECLARATION.match(part):
            raise StatementProblem(
                f"Line {line} of the file holds a document type or entity declaration, as web pages and harmful files "
                "do and no bank statement. Download it again, as OFX or QFX."
            )
        if part.startswith("?") and ">" in part:
            return _resolved(part.partition(">")[2]), ""
        # Banks forget to escape: "A < B", "Jo <jo@example.com>".
        return "<" + _resolved(part), ""
    raw, mark, behind = part.partition(waiting_for)
    kept = "" if waiting_for == "-->" else "<" + raw
    return kept + _resolved(behind), "" if mark else waiting_for


def _resolved(text: str) -> str:
    return _ENTITY.sub(_character, text) if "&" in text else text


def _character(entity: re.Match[str]) -> str:
    decimal, hexadecimal, name = entity.groups()
    if name:
        return _NAMED[name.lower()]
    code = int(decimal) if decimal else int(hexadecimal, 16)
    # Controls, halves of surrogate pairs and what lies beyond Unicode stay as they are written.
    return chr(code) if 0x20 <= code <= 0xD7FF or 0xE000 <= code <= 0x10FFFF else entity[0]
