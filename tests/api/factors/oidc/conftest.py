"""Two providers, at which Coffer is registered."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from runtime.factor_settings import FactorSettings
from runtime.settings import Settings
from tests.api.factors.oidc.provider import FakeProvider, serving
from tests.api.factors.oidc.trips import BACK


@pytest.fixture
async def acme() -> AsyncIterator[FakeProvider]:
    async with serving(FakeProvider("acme")) as provider:
        yield provider


@pytest.fixture
async def other() -> AsyncIterator[FakeProvider]:
    async with serving(FakeProvider("other")) as provider:
        yield provider


@pytest.fixture
def settings(settings: Settings, acme: FakeProvider, other: FakeProvider) -> Settings:
    known = FactorSettings(providers=(acme.settings, other.settings), redirect_uris=(BACK,))
    return replace(settings, factors=known)
