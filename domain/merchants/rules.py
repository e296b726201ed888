"""From a bank's wording to a merchant: what is the name, and under which keys it is looked up. Pure functions."""

import re
import unicodedata
from functools import lru_cache

_READ = 400
"""Characters of a description that are looked at: more than any bank's line, and a bound on the work."""
_KEPT = 120
_MAX_KEYS = 8
_SHORTEST_KEY = 2

# Letters that Unicode does not decompose into a base letter and a mark.
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h"})
_APOSTROPHES = re.compile(r"['’`´ʼ]")

_WRAPPERS = re.compile(  # whose till or wallet it was, before the star that the card networks put there
    r"(?:sq|sqc|gosq|tst|toast|pp|paypal|sp|py|dd|ck|cke|in|fs|ls|wpy|sumup|zettle|izettle|iz|yoco|zapper\d?|stripe|"
    r"shopify|gpay|google pay|apple
    pay|eb|bt|lsp|nyx|ezi|2co\.com|clv|clover|cko|adyen|mollie|pay|klarna|crv|[a-z])\s*\*\s*"
)
_PREFIXES = re.compile(  # how it was paid
    r"(?:pos|pos purchase|pos debit|pos pur|eftpos|purchase|purchase authorized on|authorized on|recurring payment|"
    r"recurring|recurring card purchase|card purchase|card payment to|card payment|card transaction|"
    r"debit card purchase|debit purchase|debit card|debit|checkcard|check card|visa purchase|visa
    debit|visa|mastercard|"
    r"contactless|contactless payment|interac purchase|interac|online purchase|online payment|fuel purchase|"
    r"direct debit to|direct debit payment to|direct debit|magtape debit|ach debit|ach withdrawal|ach|"
    r"electronic withdrawal|external withdrawal|web pmt|bill payment|payment to|pre authorized debit|"
    r"pre authorized payment|preauthorized debit|pending|snapscan|kartenzahlung|lastschrift|carte|cb|paiement cb|"
    r"paiement carte|achat|achat cb|pago|compra|pagamento|betaling|betaalautomaat|bea)(?=[\s:\d*])[\s:*-]*"
)
_DROPPED = re.compile(  # dates, times, card masks and addresses of help pages say nothing about the merchant
    r"\b\d{4}-\d{2}-\d{2}\b|\b\d{1,2}[/.]\d{1,2}(?:[/.]\d{2,4})?\b|\b\d{1,2}:\d{2}(?::\d{2})?\b|"
    r"\b\d{1,2} (?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*(?: \d{2,4})?\b|"
    r"[x*#]{2,}\d{2,}|\(card *\)|\bcard (?:no|number|ending)\b|\bhelp\.[a-z.]+\S*|\bg\.co/\S*|"
    r"(?:\+?1[-. ])?\(?\b\d{3}\)?[-. ]\d{3}[-. ]\d{4}\b|\b8\d\d-\d\S*"
)
_SITE = re.compile(
    r"(?:https?://)?(?:www\d?\.)?([a-z0-9][a-z0-9-]*)\.(?:com|ca|net|org|io|tv|app|uk|de|fr|eu|us|au|nl|in|co|me|ai|dev|"
    r"co\.uk|com\.au|co\.za|com\.br)\b(?!\.)"
)
_STORE =
re.compile(r"(?<=\S)[\s#]+(?:store|str|unit|shop|location|loc|branch|no|nr|num|site|term|ref|inv)\.?\s*[#:]?\s*\d.*$")
_NUMBERED = re.compile(r"(?<=\S)\s*#\s*[a-z]?\d.*$")
_LEADING_NUMBER = re.compile(r"^(?:#\s*\d+|\d{4,}|\d+[.,]\d\d)\s+")
_NOT_WORD = re.compile(r"[^\w]+|_+")
_PAID_TAIL = frozenset({"card", "debit", "credit", "pending", "recurring", "purchase", "payment"})
_LEGAL = frozenset(
    "inc incorporated ltd ltda limited llc llp lp plc corp corporation co company gmbh ag kg bv nv sa sas sarl srl spa "
    "oy ab as aps pty pte bhd sdn kk lt".split()
)
_PLACES = frozenset(  # states, provinces and countries that card networks put last
    "al ak az ar ca co ct de dc fl ga hi id il in ia ks ky la me md ma mi mn ms mo mt ne nv nh nj nm ny nc nd oh ok
    or pa "
    "ri sc sd tn tx ut vt va wa wv wi wy pr on qc bc ab mb sk ns nb nl pe nt yt nu us usa gb gbr uk ie irl au aus nz "
    "nzl za zaf fr fra deu esp ita nld bel che aut".split()
)


def fold(text: str) -> str:
    """Lower case without accents, by Unicode's compatibility decomposition; punctuation stays. At most 400
    characters of
    the text are read."""
    folded = unicodedata.normalize("NFKD", text[:_READ]).casefold().translate(_LETTERS)
    folded = unicodedata.normalize("NFKD", folded)
    return " ".join("".join(letter for letter in folded if not unicodedata.combining(letter)).split())[:_READ].rstrip()


def words_of(text: str) -> list[str]:
    """The folded words of a text, in order; an apostrophe joins what it stands between."""
    return _NOT_WORD.sub(" ", _APOSTROPHES.sub("", fold(text))).split()


@lru_cache(maxsize=20_000)
def clean_descriptor(text: str) -> str:
    """A bank's line reduced to the merchant's name: "SQ *BLUE BOTTLE #12 OAKLAND CA" is "blue bottle".

    Cleaning what is clean changes nothing. Empty where no name is left."""
    cleaned = _clean_once(text)
    # One removal may bare the next; each round that changes anything makes the text shorter.
    while (again := _clean_once(cleaned)) != cleaned:
        cleaned = again
    return cleaned


def _clean_once(text: str) -> str:
    line = fold(text)
    line = _without_prefixes(line)
    line = _DROPPED.sub(" ", line).strip()
    line = _LEADING_NUMBER.sub("", line)
    line = _SITE.sub(r"\1", line)
    line = _STORE.sub("", line)
    line = _NUMBERED.sub("", line)
    return _join(_without_tail(_without_references(_NOT_WORD.sub(" ", _APOSTROPHES.sub("", line)).split())))


def _without_prefixes(line: str) -> str:
    while True:
        rest = _WRAPPERS.sub("", line, count=1) if _WRAPPERS.match(line) else line
        prefix = _PREFIXES.match(rest)
        if prefix and prefix.end() < len(rest):
            rest = rest[prefix.end() :]
        if rest == line:
            return line
        line = rest.strip()


def _without_references(words: list[str]) -> list[str]:
    kept: list[str] = []
    for word in words:
        named = any(any(letter.isalpha() for letter in before) for before in kept)
        if named and _is_reference(word):
            # What follows a store's or a booking's number is its place.
            stem = re.match(r"([^\W\d]{3,})\d{3,}$", word)
            return [*kept, stem[1]] if stem else kept
        stem = re.match(r"([^\W\d]{4,})\d{3,}$", word)
        if stem:
            return [*kept, stem[1]]
        kept.append(word)
    return kept


def _is_reference(word: str) -> bool:
    digits = sum(letter.isdigit() for letter in word)
    return digits >= 3 or (digits >= 2 and len(word) >= 7)


def _without_tail(words: list[str]) -> list[str]:
    while len(words) > 1 and (words[-1] in _LEGAL or words[-1] in _PLACES or words[-1] in _PAID_TAIL):
        words = words[:-1]
    if len(words) > 1 and words[0] == "the":
        words = words[1:]
    return words if any(letter.isalpha() for word in words for letter in word) else []


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
    # A name of more words than there are keys left is still tried whole, then from the longest beginning that fits.
    keys += [_key(words), *(_key(words[:length]) for length in range(_MAX_KEYS - len(keys) - 1, 0, -1))]
    return [key for key in dict.fromkeys(keys) if len(key) >= _SHORTEST_KEY][:_MAX_KEYS]


def merchant_display_name(text: str, merchant_name: str | None = None, known_name: str | None = None) -> str | None:
    """What to call the merchant: the provider's name, else the dictionary's, else the cleaned description with
    capitals.
    Null where the description names nobody."""
    for name in (merchant_name, known_name):
        if name and name.strip():
            return " ".join(name.split())[:_KEPT]
    cleaned = clean_descriptor(text)
    return " ".join(word[:1].upper() + word[1:] for word in cleaned.split()) or None
