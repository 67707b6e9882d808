"""A real server on a free port, over the log in memory, with one token of each kind."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
import pytest
import pytest_asyncio

from projections import Projections
from replay.clock import Clock, now
from replay.log import EventLog, MemoryLog
from server.access import Access, Role, TokenStore
from server.access.tokens import FILE
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


class Keys(msgspec.Struct, frozen=True):
    """A file of tokens, and their secrets."""

    file: bytes
    secrets: Mapping[str, str]


@cache
def keys() -> Keys:
    """Made once in a process: each token is a commit that waits for the disk, and every test wants them all."""

    async def make(path: Path) -> dict[str, str]:
        store = await TokenStore.open(path)
        try:
            return await make_tokens(store)
        finally:
            await store.close()

    # On a thread: its caller may be within an event loop of its own.
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(1) as thread:
        path = Path(folder) / FILE
        secrets = thread.submit(asyncio.run, make(path)).result()
        return Keys(path.read_bytes(), secrets)


async def make_tokens(store: TokenStore) -> dict[str, str]:
    """One token of each kind: its secret by its name."""
    return {name: (await store.create(name, roles, logs)).token for name, (roles, logs) in TOKENS.items()}


def patient(data: Path, **more: Any) -> Settings:
    """A server that gives up on nothing because the machine is busy, and stops soon."""
    asked = {"wait": 60.0, "write_wait": 60.0, "render_wait": 60.0, "shutdown": 1.0, **more}
    return Settings(data=data, port=0, **asked)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """What a test may override to run its server otherwise."""
    return patient(tmp_path)


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
    log: EventLog, settings: Settings, clock: Clock = now, *, caught_up: bool = True, keyed: bool = True
) -> AsyncIterator[Services]:
    """Services over a log that is not of the data folder.

    Views are there from the start if `caught_up`, tokens if `keyed`.
    """
    projections = await Projections.open(settings.data, log, clock=clock, thresholds=settings.thresholds)
    path = settings.data / FILE
    if keyed and not path.exists():
        path.write_bytes(keys().file)
    tokens = await TokenStore.open(path, clock=clock)
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
    store, ready = services.access.tokens, keys().secrets
    known = await store.authenticate(ready["admin"]) is not None
    tokens = {**ready} if known else await make_tokens(store)
    async with serving(services) as running, aiohttp.ClientSession(auto_decompress=False) as session:
        yield Api(session, running.url, services, tokens)


@pytest.fixture
async def api(services: Services) -> AsyncIterator[Api]:
    """The running server."""
    async with serve(services) as running:
        yield running


shares_a_server = pytest.mark.asyncio(loop_scope="module")
"""For tests that take `shared`: they run in the event loop of their module."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Api]:
    """A running server that tests of a module share: what they ask changes nothing that another looks at."""
    log = MemoryLog()
    async with open_over(log, patient(tmp_path_factory.mktemp("shared"))) as services, serve(services) as api:
        yield api
    await log.close()
