"""A server over a log of a benchmark's events, as a client reaches it; and what an answer of it costs."""

from __future__ import annotations

import statistics
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import NamedTuple

import aiohttp

from projections import Projections
from replay.envelope import Event
from replay.log import SqliteLog
from server.access import Access, TokenStore
from server.app import serving
from server.services import Services
from server.settings import Settings

BATCH = 2_000
SECONDS_A_QUESTION = 1.0
FEWEST, MOST = 5, 300


class Served(NamedTuple):
    """A running server, a client's session with it, and the rate (events/s) at which its views were built."""

    url: str
    session: aiohttp.ClientSession
    rate: float
    services: Services


@asynccontextmanager
async def served(folder: Path, events: Iterable[Event]) -> AsyncIterator[Served]:
    """Serve a new folder that holds these events; the session brings a token that reads."""
    async with AsyncExitStack() as stack:
        folder.mkdir()  # noqa: ASYNC240 - nothing else runs
        log = await SqliteLog.open(folder / "log.db")
        stack.push_async_callback(log.close)
        for batch in in_batches(events, BATCH):
            await log.append(batch)
        projections = await Projections.open(folder, log)
        stack.push_async_callback(projections.close)
        began = time.perf_counter()
        rate = await projections.catch_up() / (time.perf_counter() - began)
        projections.start()
        tokens = await TokenStore.open(folder / "tokens.db")
        stack.push_async_callback(tokens.close)
        headers = {"Authorization": f"Bearer {(await tokens.create('benchmark', ['read'])).token}"}
        settings = Settings(data=folder, port=0, shutdown=0)
        services = Services(settings=settings, log=log, projections=projections, access=Access(tokens))
        running = await stack.enter_async_context(serving(services))
        session = await stack.enter_async_context(aiohttp.ClientSession(headers=headers))
        yield Served(running.url, session, rate, services)


def in_batches(events: Iterable[Event], size: int) -> Iterator[list[Event]]:
    """Events, so many at once."""
    batch: list[Event] = []
    for event in events:
        batch.append(event)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch


async def median_cost(ask: Callable[[], Awaitable[object]]) -> float:
    """The median milliseconds of a question that was asked once before."""
    times: list[float] = []
    end = time.perf_counter() + SECONDS_A_QUESTION
    while len(times) < FEWEST or (time.perf_counter() < end and len(times) < MOST):
        began = time.perf_counter()
        await ask()
        times.append((time.perf_counter() - began) * 1000)
    return statistics.median(times)
