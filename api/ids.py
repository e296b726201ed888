"""Ids as clients see them: a prefix that names the type, and a UUIDv7 in 26 letters (TypeID, spec 0.3).

Opaque to clients, readable to people: `txn_01j9…` is a transaction wherever it turns up.
"""

from uuid import UUID

from domain.mistakes import not_found
from runtime.public_ids import ALPHABET, encode, encoder, encoder_of_bytes

__all__ = ["BadId", "decode", "decode_as", "encode", "encoder", "encoder_of_bytes", "input_id"]

_VALUE = {letter: value for value, letter in enumerate(ALPHABET)}
LETTERS = 26


class BadId(ValueError):
    """Not an id of this server."""


def decode(text: str) -> tuple[str, UUID]:
    """The prefix and the UUID. Raises BadId for anything that `encode` does not make."""
    prefix, separator, letters = text.rpartition("_")
    if not separator or len(letters) != LETTERS or len(text) > 40:
        raise BadId("not an id")
    number = 0
    for letter in letters:
        if (value := _VALUE.get(letter)) is None:
            raise BadId("not an id")
        number = number << 5 | value
    if number >> 128:
        raise BadId("not an id")
    return prefix, UUID(int=number)


def decode_as(prefix: str, text: str) -> UUID:
    """Raises BadId, also for an id of another type."""
    found, value = decode(text)
    if found != prefix:
        raise BadId("not an id of this type")
    return value


def input_id(prefix: str, text: str, *path: str) -> UUID:
    """An id in a mutation's input. What cannot be an id gets the answer of one that is not there."""
    try:
        return decode_as(prefix, text)
    except BadId:
        raise not_found("There is no such object.", "input", *path) from None
