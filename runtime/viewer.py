"""On whose behalf something is read or changed."""

from dataclasses import dataclass
from uuid import UUID

OWNER, MEMBER, VIEWER = "OWNER", "MEMBER", "VIEWER"


@dataclass(frozen=True, slots=True)
class Withheld:
    """What other members keep from a person: ids of accounts and of bank links, as the row policies take them.

    Each set holds the ones before it. A bank link is private where all of its accounts are, locked where one is.
    """

    private: tuple[UUID, ...] = ()
    """Not there at all."""
    closed: tuple[UUID, ...] = ()
    """What is on them is not there."""
    locked: tuple[UUID, ...] = ()
    """May be looked at at most."""


@dataclass(frozen=True, slots=True)
class Viewer:
    """One person in one household. Row-level security is bound to exactly this.

    `account_ids` None means every account of the household; a tuple narrows to these, and `link_ids` are the bank
    links behind them. `withheld` is what other members keep to themselves, None where that is nothing.
    `session_id` is None where a job acts for the household. `scopes` are what a third party may do for the person,
    None where it is the person who acts; `app_id` is the third party's, None for a token that the person made.
    """

    user_id: UUID
    household_id: UUID
    role: str
    session_id: UUID | None = None
    account_ids: tuple[UUID, ...] | None = None
    scopes: frozenset[str] | None = None
    app_id: UUID | None = None
    link_ids: tuple[UUID, ...] = ()
    withheld: Withheld | None = None

    @classmethod
    def for_job(cls, household_id: UUID, user_id: UUID) -> "Viewer":
        return cls(user_id=user_id, household_id=household_id, role=OWNER)
