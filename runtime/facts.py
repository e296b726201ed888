"""What can be recorded: the base of the catalogue in domain/events.py."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

MOST_SUBJECTS = 100
"""A line names at most this many objects; a larger fact becomes several lines."""


class Change(StrEnum):
    CREATED = "CREATED"
    UPDATED = "UPDATED"
    DELETED = "DELETED"


@dataclass(frozen=True, kw_only=True)
class Fact:
    """Something that happened, in the past tense: which objects of one kind, and what changed in them.

    `stream_id` None is the household of the unit. `account_id` is given where all the objects belong to that
    account, or to that bank link: the row policy reads it. `data` holds changed fields, before and after; it is
    personal content and can be erased. `actor` is given where the unit's own must not be seen: in a group, people are
    known as members.
    """

    subject: ClassVar[str]
    change: ClassVar[Change]
    catalogue: ClassVar[dict[str, type["Fact"]]] = {}

    ids: Sequence[UUID]
    account_id: UUID | None = None
    stream_id: UUID | None = None
    actor: str | None = None
    data: dict[str, Any] = field(default_factory=dict)

    def __init_subclass__(cls, *, subject: str, change: Change) -> None:
        cls.subject, cls.change = subject, change
        cls.catalogue[cls.__name__] = cls

    @property
    def kind(self) -> str:
        return type(self).__name__
