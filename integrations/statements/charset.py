"""From the bytes of an OFX file to text, piece by piece, with every line end as a line feed.

What the header declares is a hint: banks declare windows-1252 and send UTF-8, or the other way round. So for the usual
declarations valid UTF-8 is read as UTF-8 and every other byte as windows-1252. A byte order mark outweighs all else.
"""

import codecs
import io
import re
from collections.abc import Iterable, Iterator

from domain.statement_imports.statement import StatementProblem

HEAD = 4096
"""The declaration is looked for in this many bytes."""

_SLICE = 65536
_FALLBACK = "coffer.windows-1252"

_XML_DECLARATION = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([^\"'>]{1,40})", re.IGNORECASE)
_SGML_ENCODING = re.compile(rb"\bENCODING\s*:\s*([\w.-]{1,40})", re.IGNORECASE)
_SGML_CHARSET = re.compile(rb"\bCHARSET\s*:\s*([\w.-]{1,40})", re.IGNORECASE)

_USUAL_NAMES = """
    NONE USASCII US-ASCII ASCII UTF-8 UTF8 65001 UNICODE UTF-16 1252 CP1252 WINDOWS-1252 ISO-8859-1 ISO8859-1 8859-1
    LATIN1 LATIN-1
"""
_USUAL = frozenset(_USUAL_NAMES.split())
# Only these are handed to Python's registry, which also knows codecs that are no character sets.
_RARE_NAMES = """
    cp437 cp850 cp852 cp866 cp874 cp932 cp949 cp950 cp1250 cp1251 cp1253 cp1254 cp1255 cp1256 cp1257 cp1258 gbk gb2312
    gb18030 big5 shift_jis euc_jp euc_kr koi8-r koi8-u iso8859-2 iso8859-3 iso8859-4 iso8859-5 iso8859-6 iso8859-7
    iso8859-8 iso8859-9 iso8859-10 iso8859-13 iso8859-14 iso8859-15 iso8859-16
"""
_RARE = frozenset(_RARE_NAMES.split())
_BYTE_ORDERS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (b"<\0", "utf-16-le"),
    (b"O\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
    (b"\0O", "utf-16-be"),
)


def _as_windows_1252(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


codecs.register_error(_FALLBACK, _as_windows_1252)


def read_text(chunks: Iterable[bytes]) -> Iterator[str]:
    """The text in pieces of at most 64 KiB, however the bytes were cut. Raises `StatementProblem`."""
    slices = _slices(chunks)
    head = bytearray()
    for chunk in slices:
        head += chunk
        if len(head) >= HEAD:
            break
    codec = _codec(bytes(head[:HEAD]))
    errors = _FALLBACK if codec == "utf-8-sig" else "replace"
    decoder = io.IncrementalNewlineDecoder(codecs.getincrementaldecoder(codec)(errors), translate=True)
    yield decoder.decode(bytes(head))
    for chunk in slices:
        yield decoder.decode(chunk)
    yield decoder.decode(b"", final=True)


def peek_text(head: bytes) -> str:
    """The beginning of a file, well enough to recognise words in ASCII. Never raises."""
    return head.decode(_byte_order(head) or "latin-1", "ignore")


def _slices(chunks: Iterable[bytes]) -> Iterator[bytes]:
    for chunk in chunks:
        for start in range(0, len(chunk), _SLICE):
            yield chunk[start : start + _SLICE]


def _byte_order(head: bytes) -> str | None:
    return next((codec for mark, codec in _BYTE_ORDERS if head.startswith(mark)), None)


def _codec(head: bytes) -> str:
    by_mark = _byte_order(head)
    if by_mark is not None:
        return by_mark
    header = re.split(rb"<OFX\b", head, maxsplit=1, flags=re.IGNORECASE)[0]
    for pattern in (_XML_DECLARATION, _SGML_CHARSET, _SGML_ENCODING):
        found = pattern.search(header)
        name = found[1].decode("latin-1").strip().upper() if found else "NONE"
        if name != "NONE":
            # CHARSET says which single-byte set USASCII stands for; ENCODING alone counts where CHARSET is NONE.
            return _named(name)
    return "utf-8-sig"


def _named(name: str) -> str:
    if name in _USUAL:
        return "utf-8-sig"
    spelled = f"cp{name}" if name.isdecimal() else f"iso{name}" if name.startswith("8859-") else name
    try:
        codec = codecs.lookup(spelled).name
    except (LookupError, ValueError):
        codec = ""
    if codec not in _RARE:
        raise StatementProblem(
            f"The file says that its characters are “{name}”, which Coffer does not know. Export it as UTF-8."
        )
    return codec
