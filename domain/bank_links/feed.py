"""The port to whoever knows what happens on people's bank accounts (integrations/plaid/)."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar, Protocol

from domain.transactions.incoming import IncomingRow


class FeedProblem(Exception):
    """The provider could not do what was asked. `words` are for the person whose link it is."""

    words: ClassVar[str] = "The bank's data could not be fetched."


class ProviderDown(FeedProblem):
    """No answer, a server's error, or we do not ask at the moment. Asking again after `wait_seconds` may help."""

    words = "The bank's data provider does not answer at the moment. Coffer tries again by itself."

    def __init__(self, message: str, *, wait_seconds: float = 0) -> None:
        super().__init__(message)
        self.wait_seconds = wait_seconds


class RateLimited(ProviderDown):
    """Too many requests."""

    words = "The bank's data provider asks us to wait. Coffer tries again by itself."


class NeedsSignIn(FeedProblem):
    """The bank wants to see the person again: update mode of the link dialogue."""

    words = "The bank wants you to sign in again: repair this link."


class LinkGone(FeedProblem):
    """The provider does not know the link any more, or the person took its rights back at the bank."""

    words = "The bank has ended this link: unlink it here and link the bank again."


class PagesChanged(FeedProblem):
    """What had been read changed while the next pages were fetched: begin again at the first cursor."""

    words = "The bank's data kept changing while they were fetched. Coffer tries again by itself."


class Unreadable(FeedProblem):
    """An answer that is not what the protocol says. Nothing of it is used."""

    words = "The bank sent data that Coffer cannot read. Coffer tries again by itself."


class RequestRefused(FeedProblem):
    """The provider refused for another reason. `code` is its own."""

    words = "The bank's data provider refused the request. Coffer tries again by itself."

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class BadPublicToken(FeedProblem):
    """Unknown, used or expired."""

    words = "This token is unknown, was used already or has expired: open the link dialogue again."


class WebhookRefused(Exception):
    """A webhook that is not the provider's, too old, or says nothing that can be understood."""


@dataclass(frozen=True, slots=True)
class LinkToken:
    token: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Exchanged:
    """`access_token` is a secret: it is stored encrypted and never logged."""

    item_id: str
    access_token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class FeedInstitution:
    provider_id: str
    name: str
    url: str | None


@dataclass(frozen=True, slots=True)
class FeedAccount:
    """Amounts are signed from the owner's point of view. `balance` is null where the bank does not say."""

    provider_id: str
    name: str
    type: str
    currency: str
    balance: Decimal | None
    available: Decimal | None
    mask: str | None


@dataclass(frozen=True, slots=True)
class FeedRow:
    """One transaction of the account that the provider calls `account_id`."""

    account_id: str
    row: IncomingRow


@dataclass(frozen=True, slots=True)
class FeedPage:
    """`unreadable` names accounts that cannot be kept here, such as those in a currency that is none."""

    accounts: Sequence[FeedAccount]
    rows: Sequence[FeedRow]
    removed: Sequence[tuple[str | None, str]]
    """(the account as the provider calls it where it says so, source_id)"""
    next_cursor: str
    has_more: bool
    unreadable: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class FeedOutline:
    """What a page says beside its rows: enough to go on fetching."""

    accounts: Sequence[FeedAccount]
    named: AbstractSet[str]
    """The accounts of its rows, as the provider calls them."""
    removes: bool
    next_cursor: str
    has_more: bool
    unreadable: Sequence[str] = ()


class NoticeKind(StrEnum):
    LOOK = "LOOK"
    """Something may have changed with the item: synchronise it."""
    NOTHING = "NOTHING"
    """Nothing that we act on."""


@dataclass(frozen=True, slots=True)
class Notice:
    """What a webhook says. It is never believed beyond "look": the item itself is asked."""

    kind: NoticeKind
    item_id: str | None


class BankFeed(Protocol):
    """Every method may raise ProviderDown and RateLimited; none tries again by itself."""

    name: str

    async def create_link_token(self, *, person: str, webhook: str, access_token: str | None = None) -> LinkToken:
        """For the provider's link dialogue; with `access_token` to repair that link. Raises LinkGone."""
        ...

    async def exchange(self, public_token: str) -> Exchanged:
        """Raises BadPublicToken."""
        ...

    async def set_webhook(self, access_token: str, url: str) -> FeedInstitution:
        """Have the item's webhooks sent there; whose item it is. `url` of the institution may be missing."""
        ...

    async def institution(self, provider_id: str) -> FeedInstitution:
        """From the provider's directory. Raises RequestRefused where it is not in it."""
        ...

    async def accounts(self, access_token: str) -> Sequence[FeedAccount]:
        """Those that can be kept here, in the provider's order. Raises NeedsSignIn and LinkGone."""
        ...

    async def fetch_page(self, access_token: str, cursor: str | None) -> bytes:
        """The next page of changes as it came. Raises NeedsSignIn, LinkGone, PagesChanged and RequestRefused."""
        ...

    def read_outline(self, raw: bytes) -> FeedOutline:
        """Raises Unreadable; rows that cannot be read are found by `read_page`."""
        ...

    def read_page(self, raw: bytes) -> FeedPage:
        """Raises Unreadable."""
        ...

    async def remove(self, access_token: str) -> None:
        """End the item. One that is gone already is no error."""
        ...

    async def verify(self, headers: Mapping[str, str], body: bytes) -> str:
        """That a webhook is the provider's and fresh; its signature. Raises WebhookRefused."""
        ...

    def read_notice(self, body: object) -> Notice:
        """Raises WebhookRefused for what is no webhook at all."""
        ...
