"""Text from outside: what no text can be, and how long it may be."""

import re
from typing import Any

from domain.mistakes import invalid

_NO_TEXT = re.compile("[\0\ud800-\udfff]")
_LINE_BREAK = re.compile("[\r\n\v\f\x85\u2028\u2029]")


def check_texts(value: Any, path: tuple[str, ...] = ()) -> None:
    """Refuses NUL and lone surrogates anywhere in an input: PostgreSQL and UTF-8 have no place for them."""
    if isinstance(value, str):
        if _NO_TEXT.search(value):
            raise invalid("This text holds a character that no text can have.", *path)
    elif isinstance(value, dict):
        for name, inner in value.items():
            check_texts(inner, (*path, camel_case(str(name))))
    elif isinstance(value, list | tuple):
        for number, inner in enumerate(value):
            check_texts(inner, (*path, str(number)))
    elif hasattr(value, "__dict__") and not isinstance(value, type):
        for name, inner in vars(value).items():
            check_texts(inner, (*path, camel_case(name)))


def camel_case(name: str) -> str:
    """As clients spell it: account_id is accountId."""
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def line(text: str, *path: str, most: int = 200) -> str:
    """One line, trimmed: a name, a title. INVALID where it is empty, too long or has line breaks in it."""
    trimmed = text.strip()
    if not trimmed:
        raise invalid("This must not be empty.", *path)
    if len(trimmed) > most:
        raise invalid(f"This is longer than {most} characters.", *path)
    if _LINE_BREAK.search(trimmed):
        raise invalid("This must be a single line.", *path)
    return trimmed


def prose(text: str | None, *path: str, most: int = 2000) -> str | None:
    """Notes and messages: trimmed, null where nothing is left. INVALID where it is too long."""
    if text is None or not (trimmed := text.strip()):
        return None
    if len(trimmed) > most:
        raise invalid(f"This is longer than {most} characters.", *path)
    return trimmed
