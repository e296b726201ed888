"""What a person did wrong, told as data: every mistake becomes a `userErrors` entry, never a top-level error."""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum


class UserErrorCode(StrEnum):
    """What kind of mistake it was; clients decide by it, people read the message."""

    INVALID = "INVALID"
    NOT_FOUND = "NOT_FOUND"
    CONFLICT = "CONFLICT"
    NOT_ALLOWED = "NOT_ALLOWED"
    UNAVAILABLE = "UNAVAILABLE"
    TOO_MANY = "TOO_MANY"
    PROOF_NEEDED = "PROOF_NEEDED"


class UserMistake(Exception):
    """A command's refusal. Nothing was changed; `path` is the place in the input, such as `("input", "amount")`."""

    def __init__(self, code: UserErrorCode, message: str, path: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.path = path


class Problem(ValueError):
    """A value that a rule refuses. A rule does not know where in the input it stood: `invalid_at` adds that."""


def invalid(message: str, *path: str) -> UserMistake:
    """The value cannot be taken as it is."""
    return UserMistake(UserErrorCode.INVALID, message, path)


def not_found(message: str, *path: str) -> UserMistake:
    """There is no such object, or it is somebody else's: both give the same answer."""
    return UserMistake(UserErrorCode.NOT_FOUND, message, path)


def conflict(message: str, *path: str) -> UserMistake:
    """The input is right by itself and contradicts what is already there."""
    return UserMistake(UserErrorCode.CONFLICT, message, path)


def not_allowed(message: str, *path: str) -> UserMistake:
    """This person, or anybody, may not do this to this object."""
    return UserMistake(UserErrorCode.NOT_ALLOWED, message, path)


def unavailable(message: str, *path: str) -> UserMistake:
    """Something outside did not answer; the same input may succeed later."""
    return UserMistake(UserErrorCode.UNAVAILABLE, message, path)


def too_many(message: str, *path: str) -> UserMistake:
    """A limit on how many, or how often."""
    return UserMistake(UserErrorCode.TOO_MANY, message, path)


def proof_needed(message: str, *path: str) -> UserMistake:
    """It is allowed to whoever has just proved who they are; this person has not."""
    return UserMistake(UserErrorCode.PROOF_NEEDED, message, path)


@contextmanager
def invalid_at(*path: str) -> Iterator[None]:
    """Turns a rule's `Problem` into an INVALID mistake at `path`."""
    try:
        yield
    except Problem as problem:
        raise invalid(str(problem), *path) from problem
