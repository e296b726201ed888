"""E-mail addresses: what one may look like, and when two are one."""

import re
from unicodedata import normalize

from domain.mistakes import invalid

LONGEST = 254
# No quoted local parts, no comments, no lists: what is left cannot be mistaken for anything else on its way.
_FORM = re.compile(r"[^@\s\0\"(),:;<>\[\\\]]+@[^@\s\0\"(),:;<>\[\\\]]+\.[^@\s\0.\"(),:;<>\[\\\]]+")


def is_address(text: str) -> bool:
    return len(text) <= LONGEST and text.isprintable() and _FORM.fullmatch(text) is not None


def checked_address(text: str, *path: str) -> str:
    """The address without blanks around it. INVALID for what is none."""
    address = text.strip()
    if not is_address(address):
        raise invalid("This is not an e-mail address.", *path)
    return address


def email_key(email: str) -> str:
    """Addresses that differ in case only, or in how Unicode writes the same letters (UAX 15), are one."""
    return normalize("NFKC", normalize("NFKC", email.strip()).casefold())
