"""What comes in a form or a query: names and values, bounded, and the same name once where the protocol says so."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl

from starlette.requests import ClientDisconnect, Request

from domain.mistakes import UserMistake
from domain.text import check_texts

MOST_BYTES = 32 * 1024
MOST_FIELDS = 200
BODY_SECONDS = 5.0
FORM = "application/x-www-form-urlencoded"


class BadForm(Exception):
    """Not a form, too large, too slow, or with text in it that no text can be. `status` is HTTP's."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True)
class Form:
    lists: Mapping[str, list[str]]

    def __getitem__(self, name: str) -> str:
        """The first value, "" where there is none."""
        return self.lists.get(name, [""])[0]

    @property
    def single(self) -> dict[str, str]:
        """The first value of each name."""
        return {name: values[0] for name, values in self.lists.items()}

    @property
    def repeated(self) -> list[str]:
        return [name for name, values in self.lists.items() if len(values) > 1]


def read_query(request: Request) -> Form:
    """Raises BadForm."""
    return _form(request.scope["query_string"])


async def read_form(request: Request) -> Form:
    """Raises BadForm."""
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media != FORM:
        raise BadForm(f"Send {FORM}.", 415)
    raw = bytearray()
    try:
        async with asyncio.timeout(BODY_SECONDS):
            async for chunk in request.stream():
                raw += chunk
                if len(raw) > MOST_BYTES:
                    raise BadForm("This form is too large.", 413)
    except TimeoutError:
        raise BadForm("This form came too slowly.", 408) from None
    except ClientDisconnect:
        raise BadForm("This form broke off.") from None
    return _form(bytes(raw))


def _form(raw: bytes) -> Form:
    if len(raw) > MOST_BYTES:
        raise BadForm("This is too large.", 413)
    try:
        text = raw.decode("ascii")
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="strict")
        check_texts([value for pair in pairs for value in pair])
    except (ValueError, UserMistake):
        raise BadForm("This is not a form.") from None
    return Form(_lists(pairs))


def _lists(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    lists: dict[str, list[str]] = {}
    for name, value in pairs:
        lists.setdefault(name, []).append(value)
    return lists
