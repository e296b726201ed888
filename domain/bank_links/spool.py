"""A pagination as it came, kept outside the memory until it is applied as a whole."""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import suppress
from uuid import UUID

from domain.bank_links.feed import BankFeed, FeedAccount, FeedOutline, FeedPage, Unreadable
from domain.objects import ObjectStore
from domain.transactions.incoming import IncomingRow

LARGEST_PAGE = 32 * 1024 * 1024
MOST_PAGES = 20_000
MOST_ACCOUNTS = 5_000


class Spool:
    """The pages of one pagination, in a place of its lease's own: whoever lost the lease may still be at work."""

    def __init__(self, objects: ObjectStore, feed: BankFeed, bank_link_id: UUID, lease: UUID) -> None:
        self._objects = objects
        self._feed = feed
        self._prefix = f"{_folder(bank_link_id)}{lease}/"
        self._last = b""
        self._removing: list[int] = []
        self._all_accounts: dict[str, FeedAccount] = {}
        self.unreadable: set[str] = set()
        self.strangers: set[str] = set()
        """Accounts that rows name and no page describes."""
        self.pages = 0
        self.cursor = ""

    @property
    def accounts(self) -> Sequence[FeedAccount]:
        """As the last page that told of them had them."""
        return list(self._all_accounts.values())

    async def add(self, raw: bytes) -> FeedOutline:
        """Keep a page; its rows are read when they are applied. Raises Unreadable, ObjectStoreFull, ObjectTooLarge."""
        page = self._feed.read_outline(raw)
        if self.pages >= MOST_PAGES or (page.has_more and page.next_cursor == self.cursor):
            raise Unreadable("a pagination without an end")
        await self._objects.put(self._key(self.pages), _one(raw), most=LARGEST_PAGE)
        self._all_accounts.update({account.provider_id: account for account in page.accounts})
        self.unreadable.update(page.unreadable)
        self.strangers.update(page.named - self._all_accounts.keys())
        if len(self._all_accounts) + len(self.unreadable) + len(self.strangers) > MOST_ACCOUNTS:
            raise Unreadable("too many accounts")
        if page.removes:
            self._removing.append(self.pages)
        self.pages += 1
        self.cursor = page.next_cursor
        self._last = raw
        return page

    def describe(self, accounts: Sequence[FeedAccount]) -> None:
        """Accounts that no page told of, from elsewhere."""
        for account in accounts:
            self._all_accounts.setdefault(account.provider_id, account)

    def rows(self, ours: Mapping[str, UUID]) -> Iterator[tuple[UUID, IncomingRow]]:
        """All rows with their account's id, page by page; those of accounts that are not kept are left out. Raises
        Unreadable."""
        for number in range(self.pages):
            for row in self._page(number).rows:
                if (account_id := ours.get(row.account_id)) is not None:
                    yield account_id, row.row

    def removed(self, ours: Mapping[str, UUID]) -> Iterator[tuple[UUID | None, str]]:
        for number in self._removing:
            for account, source_id in self._page(number).removed:
                if account is None or account in ours:
                    yield None if account is None else ours[account], source_id

    async def clear(self) -> None:
        """Forget the pages; only these, because the next sync of the link may have begun."""
        self.pages, self._removing, self._last = 0, [], b""
        with suppress(OSError):
            await self._objects.delete(self._prefix)

    def _page(self, number: int) -> FeedPage:
        raw = self._last if number == self.pages - 1 else b"".join(self._objects.read(self._key(number)))
        return self._feed.read_page(raw)

    def _key(self, number: int) -> str:
        return f"{self._prefix}{number:06}.json"


async def clear_left_behind(objects: ObjectStore, bank_link_id: UUID) -> None:
    """What killed processes left of a link. For the lease's holder before the first page, and when the link is gone."""
    with suppress(OSError):
        await objects.delete(_folder(bank_link_id))


def _folder(bank_link_id: UUID) -> str:
    return f"syncs/{bank_link_id}/"


async def _one(raw: bytes) -> AsyncIterator[bytes]:
    yield raw
