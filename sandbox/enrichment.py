"""What the bank knows about a line beyond its words."""

import re
from dataclasses import dataclass
from functools import lru_cache

from sandbox.merchants import INCOME_WORDS, INDUSTRIES, MERCHANTS, SPENDING_WORDS

_NOISE = re.compile(r"[#*]?\d[\d./-]*|[#*]+|\b(POS|PURCHASE|DEBIT|CARD|SQ|TST)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Enrichment:
    """Merchant, category (PFC v2, detailed) and Plaid's word for how sure it is. All null: a bare line."""

    merchant: str | None = None
    website: str | None = None
    category: str | None = None
    confidence: str | None = None
    channel: str = "other"


BARE = Enrichment()


@lru_cache(maxsize=65_536)
def enrich(description: str, incoming: bool, industry: str | None = None) -> Enrichment:
    """Recognise a line by its words, its industry (an MCC) and the direction of the money."""
    line = description.upper()
    for merchant in MERCHANTS:
        if _has_word(merchant.word, line):
            channel = "online" if merchant.online else "in store"
            return Enrichment(merchant.name, merchant.website, merchant.category, "VERY_HIGH", channel)
    name = _cleaned(description)
    if industry in INDUSTRIES and not incoming:
        return Enrichment(name, None, INDUSTRIES[industry], "HIGH", "in store")
    for word, category in INCOME_WORDS if incoming else SPENDING_WORDS:
        if _has_word(word, line):
            return Enrichment(name, None, category, "MEDIUM", "other")
    category = "TRANSFER_IN_DEPOSIT" if incoming else "GENERAL_MERCHANDISE_OTHER_GENERAL_MERCHANDISE"
    return Enrichment(name, None, category, "LOW", "other")


def _has_word(word: str, line: str) -> bool:
    """Whether `word`, or its plural, stands in the line as a word: a SHELLFISH BAR is no SHELL, a TAXI no TAX."""
    at = line.find(word)
    while at >= 0:
        end = at + len(word)
        if line[end : end + 1] == "S":
            end += 1
        if not line[at - 1 : at].isalpha() and not line[end : end + 1].isalpha():
            return True
        at = line.find(word, at + 1)
    return False


def _cleaned(description: str) -> str | None:
    return " ".join(_NOISE.sub(" ", description).split()).title()[:100] or None
