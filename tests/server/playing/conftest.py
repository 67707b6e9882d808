"""A server that plays by the test's clock."""

from __future__ import annotations

from collections.abc import AsyncIterator

import msgspec
import pytest

from server.services import Services
from server.settings import Settings
from tests.server.api import Api
from tests.server.conftest import serve
from tests.server.playing.walk import Turned


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """A server whose streams show signs of life often, and give up on slow readers soon."""
    return msgspec.structs.replace(settings, heartbeat=0.05, write_timeout=0.2, max_streams=30)


@pytest.fixture
def ticker() -> Turned:
    return Turned()


@pytest.fixture
async def api(services: Services, ticker: Turned) -> AsyncIterator[Api]:
    """A server that plays by the test's clock."""
    services.ticker = ticker
    async with serve(services) as running:
        yield running
