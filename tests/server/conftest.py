"""A real server on a free port, over the log in memory, with one token of each kind."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from projections import Projections
from replay.clock import Clock, now
from replay.log import EventLog, MemoryLog
from server.access import Access, Role, TokenStore
from server.app import serving
from server.services import Services, Streams
from server.settings import Settings
from tests.server.api import Api

TOKENS: dict[str, tuple[Iterable[Role], Iterable[str] | None]] = {
    "read": (["read"], None),
    "ingest": (["ingest"], None),
    "admin": (["admin"], None),
    "park": (["read", "ingest"], ["park"]),
    "park-admin": (["admin"], ["park"]),
    "two": (["read", "ingest"], ["park", "museum"]),
}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """What a test may override to run its server otherwise."""
    return Settings(data=tmp_path, port=0, shutdown=1.0)


@pytest.fixture
def clock() -> Clock:
    """The wall clock; a test may override it."""
    return now


@pytest.fixture
async def engine(clock: Clock) -> AsyncIterator[EventLog]:
    """The log that the server is over."""
    memory = MemoryLog(clock=clock)
    yield memory
    await memory.close()


@asynccontextmanager
async def open_over(
    log: EventLog, settings: Settings, clock: Clock = now, *, caught_up: bool = True
) -> AsyncIterator[Services]:
    """Services over a log that is not of the data folder; views are there from the start if `caught_up`."""
    projections = await Projections.open(settings.data, log, clock=clock, thresholds=settings.thresholds)
    tokens = await TokenStore.open(settings.data / "tokens.db", clock=clock)
    try:
        if caught_up:
            await projections.catch_up()
        projections.start()
        services = Services(
            settings=settings,
            log=log,
            projections=projections,
            access=Access(tokens, hosts=settings.hosts, clock=clock),
            clock=clock,
            streams=Streams(settings.max_streams),
        )
        yield services
        await services.media.close()
        await services.renders.close()
    finally:
        await tokens.close()
        await projections.close()


@pytest.fixture
async def services(engine: EventLog, settings: Settings, clock: Clock) -> AsyncIterator[Services]:
    """What the server is over."""
    async with open_over(engine, settings, clock) as opened:
        yield opened


@asynccontextmanager
async def serve(services: Services) -> AsyncIterator[Api]:
    """A running server over services, and its tokens."""
    assert services.access is not None
    tokens = {
        name: (await services.access.tokens.create(name, roles, logs)).token
        for name, (roles, logs) in TOKENS.items()
    }
    async with serving(services) as running, aiohttp.ClientSession(auto_decompress=False) as session:
        yield Api(session, running.url, services, tokens)


@pytest.fixture
async def api(services: Services) -> AsyncIterator[Api]:
    """The running server."""
    async with serve(services) as running:
        yield running
