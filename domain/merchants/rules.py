"""From a bank's wording to a merchant: what is the name, and under which keys it is looked up. Pure functions."""

import re
import unicodedata
from functools import lru_cache

from domain.merchants.wording import (
    APOSTROPHES,
    DIGIT,
    DROPPED,
    LEADING_NUMBER,
    LEGAL,
    LETTERS,
    NUMBERED,
    PAID_TAIL,
    PLACES,
    PREFIXES,
    SITE,
    STORE,
    WORD,
    WRAPPERS,
)

_READ = 400
"""Characters of a description that are looked at: more than any bank's line, and a bound on the work."""
_KEPT = 120
_MAX_KEYS = 8
_SHORTEST_KEY = 2


def fold(text: str) -> str:
    """Lower case without accents, by Unicode's compatibility decomposition; punctuation stays. At most 400
    characters of the text are read."""
    if text.isascii():
        return " ".join(text[:_READ].lower().split())[:_READ].rstrip()
    folded = unicodedata.normalize("NFKD", text[:_READ]).casefold().translate(LETTERS)
    folded = unicodedata.normalize("NFKD", folded)
    return " ".join("".join(letter for letter in folded if not unicodedata.combining(letter)).split())[:_READ].rstrip()


def words_of(text: str) -> list[str]:
    """The folded words of a text, in order; an apostrophe joins what it stands between."""
    return _words(fold(text))


def _words(line: str) -> list[str]:
    return WORD.findall(APOSTROPHES.sub("", line))


def clean_descriptor(text: str) -> str:
    """A bank's line reduced to the merchant's name: "SQ *BLUE BOTTLE #12 OAKLAND CA" is "blue bottle".

    Cleaning what is clean changes nothing. Empty where no name is left."""
    # Cut before it is remembered: a cache of whole texts would hold whatever somebody sends.
    return _clean(text[:_READ])


@lru_cache(maxsize=20_000)
def _clean(text: str) -> str:
    cleaned = _clean_once(text)
    # One removal may bare the next; each round that changes anything makes the text shorter.
    while (again := _clean_once(cleaned)) != cleaned:
        cleaned = again
    return cleaned


def _clean_once(text: str) -> str:
    line = _without_prefixes(fold(text))
    # What cannot match is not searched for: most lines have no number, none has any when it is looked at again.
    has_digit = DIGIT.search(line) is not None
    if has_digit or "card" in line or "g.co" in line or "help." in line:
        line = DROPPED.sub(" ", line).strip()
    if has_digit:
        line = LEADING_NUMBER.sub("", line)
    if "." in line:
        line = SITE.sub(r"\1", line)
    if has_digit:
        line = NUMBERED.sub("", STORE.sub("", line))
    return _join(_without_tail(_without_references(_words(line))))


def _without_prefixes(line: str) -> str:
    while True:
        wrapped = WRAPPERS.match(line) if "*" in line else None
        rest = line[wrapped.end() :] if wrapped else line
        prefix = PREFIXES.match(rest)
        if prefix and prefix.end() < len(rest):
            rest = rest[prefix.end() :]
        if rest == line:
            return line
        line = rest.strip()


_GLUED = re.compile(r"([^\W\d]{3,})\d{3,}$")


def _without_references(words: list[str]) -> list[str]:
    kept: list[str] = []
    named = False
    for word in words:
        if word.isalpha():
            kept.append(word)
            named = True
            continue
        if not kept and _is_reference(word) and not word.isdigit() and not _GLUED.match(word) and len(words) > 1:
            continue
        glued = _GLUED.match(word)
        if glued or (named and _is_reference(word)):
            # What follows a store's or a booking's number is its place.
            return [*kept, glued[1]] if glued else kept
        kept.append(word)
        named = named or _has_letter(word)
    return kept


def _is_reference(word: str) -> bool:
    digits = sum(map(str.isdigit, word))
    return digits >= 3 or (digits >= 2 and len(word) >= 7)


def _without_tail(words: list[str]) -> list[str]:
    while len(words) > 1 and (words[-1] in LEGAL or words[-1] in PLACES or words[-1] in PAID_TAIL):
        words = words[:-1]
    if len(words) > 1 and words[0] == "the":
        words = words[1:]
    return words if any(map(_has_letter, words)) else []


def _has_letter(word: str) -> bool:
    return word.isalpha() or any(map(str.isalpha, word))


def _join(words: list[str]) -> str:
    return " ".join(words)[:_KEPT].rstrip()


def merchant_key(name: str) -> str:
    """A name as it is compared: cleaned, without spaces and "and", so that "Wal-Mart" and "WALMART" are one."""
    return _key(clean_descriptor(name).split())


def _key(words: list[str]) -> str:
    return "".join(word for word in words if word != "and")


def candidate_keys(text: str, merchant_name: str | None = None) -> list[str]:
    """Keys to look up in the dictionary, most specific first, at most eight: the provider's name for the merchant, the
    cleaned description, and that shortened word by word from the right, because what stands last is mostly a place."""
    keys = [merchant_key(merchant_name)] if merchant_name else []
    words = clean_descriptor(text).split()
    # A number in front is a name's ("7 Eleven") or a counter's ("12 Starbucks"): the name without it is tried last.
    counted = [_key(words[1:]), words[1]] if len(words) > 1 and words[0].isdigit() else []
    # A name of more words than there are keys left is still tried whole, then from the longest beginning that fits.
    longest = min(len(words), _MAX_KEYS - len(keys) - len(counted)) - 1
    keys += [_key(words), *(_key(words[:length]) for length in range(longest, 0, -1)), *counted]
    return [key for key in dict.fromkeys(keys) if len(key) >= _SHORTEST_KEY]


def merchant_display_name(text: str, merchant_name: str | None = None, known_name: str | None = None) -> str | None:
    """What to call the merchant: the provider's name, else the dictionary's, else the cleaned description with
    capitals.
    Null where the description names nobody."""
    for name in (merchant_name, known_name):
        if name and name.strip():
            return " ".join(name.split())[:_KEPT]
    cleaned = clean_descriptor(text)
    return " ".join(word[:1].upper() + word[1:] for word in cleaned.split()) or None
