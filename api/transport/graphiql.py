"""GraphiQL for a browser that opens the GraphQL address, from our own origin and without the network.

The bundle (GraphiQL 2.4.7 and React 17.0.2, both MIT) comes out of a wheel that carries it for Django's sake. Only
files whose digest we know are served: the npm artefacts, GraphiQL's with one more line break at the end. Where one is
missing or differs, the page shows a plain form instead.
"""

import hashlib
import logging
from collections.abc import Awaitable, Callable, Mapping
from functools import cache
from importlib.resources import files
from string import Template

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

log = logging.getLogger("coffer.api")

# One page view's headers, such as a fresh token of the demo person.
HeaderSource = Callable[[], Awaitable[Mapping[str, str]]]

WHEEL = "graphene_django_graphiql_static"
BUNDLE = {
    "react.production.min.js": "229bbf4d0e7488209564152c6723497f1ac3934136ca1684233d2fa88fa4146f",
    "react-dom.production.min.js": "9db33292007ab6c38527b39d5663e976a305564e19b2a5a8713ea2b2c00f505d",
    "graphiql.min.js": "c564de05b95d184e2c5ba5ceaf2635821f6bf92f2d5777b74d91004ff6b591d1",
    "graphiql.min.css": "c6cd4b83f01c5e1ff4975d77bc957184dce6dec0155fbf9cc4d9190eba8a7b9d",
}
OWN = ("page.js", "page.css")

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "font-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)

EXAMPLE = "{\n  __typename\n}\n"


class GraphiqlPage:
    """The page and its files below `path` + /assets."""

    def __init__(self, path: str, headers: HeaderSource | None = None, example: str = EXAMPLE) -> None:
        self._path = path
        self._headers = headers
        self._example = example

    async def response(self) -> Response:
        """The page itself, with the headers that its requests start with."""
        headers = dict(await self._headers()) if self._headers is not None else {}
        assets = f"{self._path}/assets"
        bundle = [name for name in BUNDLE if name in _assets()]
        settings = orjson.dumps({"endpoint": self._path, "headers": headers, "example": self._example}).decode()
        page = Template(_own("page.html").decode()).substitute(
            assets=assets,
            styles="".join(
                f'<link rel="stylesheet" href="{assets}/{name}">' for name in bundle if name.endswith("css")
            ),
            scripts="".join(f'<script src="{assets}/{name}"></script>' for name in bundle if name.endswith("js")),
            # Inside a script element only this can end the element early.
            settings=settings.replace("<", "\\u003c"),
        )
        return Response(
            page,
            headers={
                "Content-Type": "text/html; charset=utf-8",
                "Content-Security-Policy": POLICY,
                "Cache-Control": "no-store",
                "Referrer-Policy": "no-referrer",
                "X-Content-Type-Options": "nosniff",
            },
        )

    def route(self) -> Route:
        """Serves the page's files."""
        return Route(f"{self._path}/assets/{{name}}", _asset, methods=["GET"])


async def _asset(request: Request) -> Response:
    name = request.path_params["name"]
    content = _assets().get(name)
    if content is None:
        return Response("Not found\n", 404, media_type="text/plain")
    kind = "text/css" if name.endswith(".css") else "text/javascript"
    # Not immutable: the names carry no version.
    headers = {"Cache-Control": "max-age=3600", "X-Content-Type-Options": "nosniff"}
    return Response(content, headers=headers, media_type=kind)


@cache
def _assets() -> dict[str, bytes]:
    return {name: _own(name) for name in OWN} | _bundle()


def _bundle() -> dict[str, bytes]:
    try:
        folder = files(WHEEL).joinpath("static", WHEEL)
        found = {name: folder.joinpath(name).read_bytes() for name in BUNDLE}
    except (ModuleNotFoundError, OSError):
        log.warning("GraphiQL's bundle is not installed: the plain form is served instead")
        return {}
    if any(hashlib.sha256(found[name]).hexdigest() != digest for name, digest in BUNDLE.items()):
        log.warning("GraphiQL's bundle is not the one we know: the plain form is served instead")
        return {}
    return found


def _own(name: str) -> bytes:
    return files("api.transport").joinpath("browser", name).read_bytes()
