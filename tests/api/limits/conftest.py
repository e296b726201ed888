"""The application with limits of the test's own."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import httpx
import pytest

from api.app import open_app
from api.limits.limits import Limits
from runtime.settings import Settings
from tests.api.client import http_client

Opening = Callable[..., AbstractAsyncContextManager[httpx.AsyncClient]]


@pytest.fixture
def limited(settings: Settings) -> Opening:
    """A process of its own, as far as limits are concerned."""

    @asynccontextmanager
    async def opened(**limits: Any) -> AsyncIterator[httpx.AsyncClient]:
        async with open_app(settings, Limits(**limits)) as app, http_client(app) as http:
            http.allowances = app.state.parts.allowances  # type: ignore[attr-defined]  # for tests that settle at once
            yield http

    return opened
