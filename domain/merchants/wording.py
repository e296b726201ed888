"""What banks and card networks write around a merchant's name: patterns over folded text, and words to drop."""

import re

# Letters that Unicode does not decompose into a base letter and a mark.
LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "\u0131": "i", "ħ": "h"}
)
APOSTROPHES = re.compile("['`\u2019\u00b4\u02bc]")

WRAPPERS = re.compile(  # whose till or wallet it was, before the star that the card networks put there
    r"(?:sq|sqc|gosq|tst|toast|pp|paypal|sp|py|dd|ck|cke|in|fs|ls|wpy|sumup|zettle|izettle|iz|yoco|zapper\d?|stripe|"
    r"shopify|gpay|google pay|apple pay|eb|bt|lsp|nyx|ezi|2co\.com|clv|clover|cko|adyen|mollie|pay|klarna|crv|[a-z])"
    r"\s*\*\s*"
)
PREFIXES = re.compile(  # how it was paid
    r"(?:pos|pos purchase|pos debit|pos pur|eftpos|purchase|purchase authorized on|authorized on|recurring payment|"
    r"recurring|recurring card purchase|card purchase|card payment to|card payment|card transaction|"
    r"debit card purchase|debit purchase|debit card|debit|checkcard|check card|visa purchase|visa debit|"
    r"visa|mastercard|"
    r"contactless|contactless payment|interac purchase|interac|online purchase|online payment|fuel purchase|"
    r"direct debit to|direct debit payment to|direct debit|magtape debit|ach debit|ach withdrawal|ach|"
    r"electronic withdrawal|external withdrawal|web pmt|bill payment|payment to|pre authorized debit|"
    r"pre authorized payment|preauthorized debit|pending|snapscan|kartenzahlung|lastschrift|carte|cb|paiement cb|"
    r"paiement carte|achat|achat cb|pago|compra|pagamento|betaling|betaalautomaat|bea)(?=[\s:\d*])[\s:*-]*"
)
DROPPED = re.compile(  # dates, times, card masks and addresses of help pages say nothing about the merchant
    r"\b\d{4}-\d{2}-\d{2}\b|\b\d{1,2}[/.]\d{1,2}(?:[/.]\d{2,4})?\b|\b\d{1,2}:\d{2}(?::\d{2})?\b|"
    r"\b\d{1,2} (?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*(?: \d{2,4})?\b|"
    r"[x*#]{2,}\d{2,}|\(card *\)|\bcard (?:no|number|ending)\b|\bhelp\.[a-z.]+\S*|\bg\.co/\S*|"
    r"(?:\+?1[-. ])?\(?\b\d{3}\)?[-. ]\d{3}[-. ]\d{4}\b|\b8\d\d-\d\S*"
)
SITE = re.compile(
    r"(?:https?://)?(?:www\d?\.)?([a-z0-9][a-z0-9-]*)\.(?:com|ca|net|org|io|tv|app|uk|de|fr|eu|us|au|nl|in|co|me|ai|dev|"
    r"co\.uk|com\.au|co\.za|com\.br)\b(?!\.)"
)
STORE = re.compile(
    r"(?<=\S)[\s#]+(?:store|str|unit|shop|location|loc|branch|no|nr|num|site|term|ref|inv)\.?\s*[#:]?\s*\d.*$"
)
NUMBERED = re.compile(r"(?<=\S)\s*#\s*[a-z]?\d.*$")
LEADING_NUMBER = re.compile(
    r"^(?:#\s*\d+|\d{4,}|\d+[.,]\d\d|(?:txn|trx|tx|trn|trans|transaction|ref|id|no|nr)[\s.:#-]*\d+)(?:\s*[:-])?\s+"
)
WORD = re.compile(r"[^\W_]+")
DIGIT = re.compile(r"\d")
PAID_TAIL = frozenset({"card", "debit", "credit", "pending", "recurring", "purchase", "payment"})
LEGAL = frozenset(
    re.split(
        " ",
        "inc incorporated ltd ltda limited llc llp lp plc corp corporation co company gmbh ag kg bv nv sa sas sarl "
        "srl spa oy ab as aps pty pte bhd sdn kk lt",
    )
)
# States, provinces and countries, which card networks put last.
PLACES = frozenset(
    re.split(
        " ",
        "al ak az ar ca co ct de dc fl ga hi id il in ia ks ky la me md ma mi mn ms mo mt ne nv nh nj nm ny nc nd oh "
        "ok or pa ri sc sd tn tx ut vt va wa wv wi wy pr on qc bc ab mb sk ns nb nl pe nt yt nu us usa gb gbr uk ie "
        "irl au aus nz nzl za zaf fr fra deu esp ita nld bel che aut",
    )
)
