"""The page for browsers, complete without the network."""

import re

import httpx
import pytest

from api.transport import graphiql
from api.transport.graphiql import GraphiqlPage
from tests.api.transport.server import Server

BROWSER = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


async def test_a_browser_gets_the_page(client: httpx.AsyncClient, server: Server) -> None:
    response = await client.get(server.url, headers=BROWSER)

    assert response.status_code == 200
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert response.headers["cache-control"] == "no-store"
    assert "script-src 'self'" in response.headers["content-security-policy"]


async def test_all_that_the_page_loads_comes_from_us(client: httpx.AsyncClient, server: Server) -> None:
    page = (await client.get(server.url, headers=BROWSER)).text

    loaded = re.findall(r'(?:src|href)="([^"]+)"', page)

    assert {"page.js", "page.css", "graphiql.min.js", "graphiql.min.css"} <= {url.rpartition("/")[2] for url in loaded}
    for url in loaded:
        if url != "data:,":
            assert url.startswith("/graphql/assets/")
            answer = await client.get(httpx.URL(server.url).join(url))
            assert answer.status_code == 200
            assert answer.headers["content-type"].split(";")[0] in {"text/javascript", "text/css"}


async def test_other_files_are_not_served(client: httpx.AsyncClient, server: Server) -> None:
    for name in ("page.html", "..%2fpage.html", "graphiql.py", "%2e%2e"):
        response = await client.get(f"{server.url}/assets/{name}")

        assert response.status_code == 404


async def test_the_page_starts_with_the_given_headers() -> None:
    async def headers() -> dict[str, str]:
        return {"Authorization": "Bearer demo</script><script>alert(1)"}

    page = bytes((await GraphiqlPage("/graphql", headers).response()).body).decode()

    assert '"Authorization":"Bearer demo\\u003c/script>\\u003cscript>alert(1)"' in page


async def test_a_bundle_that_we_do_not_know_is_not_served(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(graphiql, "BUNDLE", {**graphiql.BUNDLE, "graphiql.min.js": "0" * 64})
    graphiql._assets.cache_clear()
    try:
        page = bytes((await GraphiqlPage("/graphql").response()).body).decode()
    finally:
        graphiql._assets.cache_clear()

    assert "graphiql.min.js" not in page
    assert "page.js" in page
