"""A browser and an app for the tests of the authorisation server."""

from collections.abc import AsyncIterator

import pytest
from starlette.applications import Starlette

from tests.api.client import Person
from tests.api.oauth.browser import Browser, Maker, register_app


@pytest.fixture
async def browser(app: Starlette) -> AsyncIterator[Browser]:
    browser = Browser(app)
    yield browser
    await browser.http.aclose()


@pytest.fixture
async def maker(stranger: Person) -> Maker:
    """A confidential app of somebody else's."""
    return await register_app(stranger)


@pytest.fixture
async def public_maker(stranger: Person) -> Maker:
    """An app that can keep no secret."""
    return await register_app(stranger, isConfidential=False)
