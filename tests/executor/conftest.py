"""The stage, set up once for a module: what documents read is never changed by them."""

import logging
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.cluster import DatabaseUrls
from tests.executor import specification
from tests.executor.sides import Side, frozen_clock, side
from tests.executor.stage import Stage, open_stage, settings_of


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(
    own_database_urls: DatabaseUrls, redis_url: str, redis_prefix: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Stage]:
    folder: Path = tmp_path_factory.mktemp("stage")
    settings = settings_of(own_database_urls, redis_url, redis_prefix, folder)
    async with open_stage(settings, own_database_urls, folder) as made:
        yield made


@pytest.fixture
def noon() -> Iterator[None]:
    """Time stands still."""
    with frozen_clock():
        yield


@pytest.fixture
def quiet() -> Iterator[None]:
    """Generated documents fail on purpose: the log would hold nothing else."""
    logging.disable()
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture(params=["core", "plan"])
def either(request: pytest.FixtureRequest, quiet: None) -> Side:
    """Each of the two executors, over the schema of the specification."""
    return side(request.param, specification.schema, specification.People())
