"""The pages that people see: rendered here, without a script, in nobody's frame."""

import base64
import hashlib
from pathlib import Path
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse

FOLDER = Path(__file__).parent / "pages"
STYLE = (FOLDER / "page.css").read_text()
_STYLE_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()

_environment = Environment(
    loader=FileSystemLoader(FOLDER), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
)


def page(name: str, status: int = 200, *, sends_to: str = "", **values: object) -> HTMLResponse:
    """`sends_to` is the app's address that a form of this page may end at."""
    html = _environment.get_template(f"{name}.html").render(style=STYLE, **values)
    return HTMLResponse(html, status, headers=_headers(sends_to))


def message(title: str, text: str, status: int = 400) -> HTMLResponse:
    return page("message", status, title=title, text=text)


def _headers(sends_to: str) -> dict[str, str]:
    policy = (
        f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; form-action 'self'{_source(sends_to)}; "
        "frame-ancestors 'none'; base-uri 'none'"
    )
    return {
        "Content-Security-Policy": policy,
        "X-Frame-Options": "DENY",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "no-store",
    }


def _source(uri: str) -> str:
    """The origin of an address, or its scheme where that is an app's own, as a policy names it."""
    if not uri:
        return ""
    parts = urlsplit(uri)
    return f" {parts.scheme}://{parts.netloc}" if parts.scheme in ("http", "https") else f" {parts.scheme}:"
