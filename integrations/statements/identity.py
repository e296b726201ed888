"""What makes a row of a file the same row in the next file, and the same row twice in one.

FITID should do it and does not: banks leave it empty, count instalments or a day's bookings under one, or write zeros.
Decisions:

- A row with a FITID is known by account number, FITID, date and amount. So a bank's reused number never replaces an
  older transaction, in whatever order and from whatever window the files come. The price: where a bank moves the
  date or the amount under an unchanged FITID, the row appears a second time and a person sees both.
- The same four again in one file, also with the same words: a duplicate. With other words: another row, known by its
  words in addition.
- A row without FITID is known by account number, date, amount, words and its occurrence: two equal coffees on one day
  are two rows, and still two when the file is read again. Files hold whole days, so the count is the same in each.
"""

from array import array
from datetime import date
from decimal import Decimal
from hashlib import blake2b

from domain.statement_imports.statement import StatementProblem

MOST_ROWS = 500_000
"""Rows of one file that can be told apart; 20 MiB hold fewer. So `RowIdentities` takes 12 MiB at most (18 while it
grows), 1.5 MiB for 98,000 rows."""


class RowIdentities:
    """Gives every row of one file its id and remembers it in 12 bytes: 64 bits of the id, 32 bits of what it said.

    A chance collision (1 in 10^8 for a full file) would report a row as a duplicate.
    """

    def __init__(self) -> None:
        self._slots = 4096
        self._keys = array("Q", [0]) * self._slots
        self._values = array("I", [0]) * self._slots
        self._count = 0

    def identify(
        self, account: str, fitid: str, day: date, amount: Decimal, words: tuple[str, str, str]
    ) -> tuple[str, bool]:
        """The row's id (at most 40 characters) and whether it is a duplicate. Raises `StatementProblem` at the limit.

        `words` are name, memo and check number.
        """
        # 5 and 5.00 are one amount, however the bank felt like writing it.
        value = f"{amount.normalize():f}"
        if not fitid:
            base = _digest("bare", account, day.isoformat(), value, *words)
            occurrence = self._get(base) + 1
            self._set(base, occurrence)
            return f"{base}-{occurrence}", False
        base = _digest("fitid", account, fitid, day.isoformat(), value)
        said = _fingerprint(words)
        before = self._get(base)
        if not before:
            self._set(base, said)
            return base, False
        if before == said:
            return base, True
        variant = _digest("variant", base, *words)
        if self._get(variant):
            return variant, True
        self._set(variant, 1)
        return variant, False

    def _get(self, identity: str) -> int:
        return self._values[self._find(int(identity[:16], 16))]

    def _set(self, identity: str, value: int) -> None:
        key = int(identity[:16], 16)
        slot = self._find(key)
        if not self._values[slot]:
            self._count += 1
            if self._count > MOST_ROWS:
                raise StatementProblem(f"The file has more than {MOST_ROWS:,} rows. Export shorter periods.")
            if 4 * self._count > 3 * self._slots:
                self._grow()
                slot = self._find(key)
        self._keys[slot] = key
        self._values[slot] = value

    def _find(self, key: int) -> int:
        mask = self._slots - 1
        slot = key & mask
        while self._values[slot] and self._keys[slot] != key:
            slot = (slot + 1) & mask
        return slot

    def _grow(self) -> None:
        keys, values = self._keys, self._values
        self._slots *= 2
        self._keys = array("Q", [0]) * self._slots
        self._values = array("I", [0]) * self._slots
        for key, value in zip(keys, values, strict=True):
            if value:
                slot = self._find(key)
                self._keys[slot] = key
                self._values[slot] = value


def _digest(*parts: str) -> str:
    # Texts have no control characters by now, so the separator cannot be forged.
    return blake2b("\x1f".join(parts).encode(), digest_size=16).hexdigest()


def _fingerprint(words: tuple[str, str, str]) -> int:
    # Never zero, which means "not seen".
    return int.from_bytes(blake2b("\x1f".join(words).encode(), digest_size=4).digest(), "big") | 1
