"""Clients that leave before they are answered: a read is given up, a write is done to its end."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable
from typing import Any

import pytest

from replay.events import AssetDescribed
from replay.recordings import Known
from server import tasks
from server.http import leaving
from server.media.room import LOOKING, Media
from server.settings import Settings
from tests.server.api import Api, event

LOOKS = 10


class Held:
    """Work that goes on until it is let go; it tells whether it has begun, and how it ended."""

    def __init__(self) -> None:
        self.begun, self.ended, self.free = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self.cancelled = False

    def before(self, work: Callable[..., Any]) -> Callable[..., Any]:
        """The work, held before it begins."""

        async def held(*asked: Any) -> Any:
            self.begun.set()
            try:
                await self.free.wait()
                return await work(*asked)
            except asyncio.CancelledError:
                self.cancelled = True
                raise
            finally:
                self.ended.set()

        return held


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Held:
    monkeypatch.setattr(leaving, "LOOKS_EVERY", 0.01)
    return Held()


async def leave(asked: asyncio.Task[Any], held: Held) -> None:
    """Begin a request, and leave once it is at work."""
    await held.begun.wait()
    asked.cancel()
    await asyncio.wait({asked})


@pytest.mark.parametrize("path", ["/api/v1/sessions/walk", "/api/2/sessions/1/"])
async def test_a_read_is_given_up_when_its_client_leaves(
    api: Api, held: Held, path: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    await api.send(event("1", session="walk"))
    timelines = api.services.projections.timelines
    monkeypatch.setattr(timelines, "session", held.before(timelines.session))
    with caplog.at_level(logging.INFO):
        await leave(asyncio.ensure_future(api.get(path)), held)
        await held.ended.wait()
    assert held.cancelled
    assert not caplog.records


async def test_a_write_is_done_to_its_end_whoever_leaves(
    api: Api, held: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = api.services.log
    with monkeypatch.context() as patched:
        patched.setattr(log, "append", held.before(log.append))
        await leave(asyncio.ensure_future(api.send(event("1", session="walk"))), held)
        await asyncio.sleep(LOOKS * leaving.LOOKS_EVERY)
        held.free.set()
        await held.ended.wait()
    assert not held.cancelled
    assert (await log.head()).position == 1


async def test_who_stays_is_answered_however_long_it_takes(
    api: Api, held: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    await api.send(event("1", session="walk"))
    timelines = api.services.projections.timelines
    monkeypatch.setattr(timelines, "session", held.before(timelines.session))
    asked = asyncio.ensure_future(api.get("/api/v1/sessions/walk"))
    await held.begun.wait()
    await asyncio.sleep(LOOKS * leaving.LOOKS_EVERY)
    held.free.set()
    assert (await asked).document["session"] == "walk"


async def test_work_in_a_thread_is_waited_for_by_who_is_cancelled() -> None:
    begun, free, told = asyncio.Event(), threading.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()

    def work() -> None:
        loop.call_soon_threadsafe(begun.set)
        free.wait()

    asked = asyncio.ensure_future(tasks.to_its_end(work, told.set))
    await begun.wait()
    for _ in range(3):
        asked.cancel()
        await told.wait()
        await asyncio.sleep(0)
        assert not asked.done()
    free.set()
    await asyncio.wait({asked})
    assert asked.cancelled()


async def test_a_turn_to_look_into_a_recording_is_held_to_its_end_though_who_asked_has_left(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    media, begun, free = Media(settings, keep=False), threading.Semaphore(0), threading.Event()

    def find(*_asked: object) -> Known:
        begun.release()
        free.wait()
        return Known(None, "", None, None)

    monkeypatch.setattr(media.recordings, "recall", lambda *_asked: None)
    monkeypatch.setattr(media.recordings, "find", find)
    asked = [asyncio.ensure_future(media.look("park", AssetDescribed(asset="a"))) for _ in range(LOOKING)]
    try:
        for _ in asked:
            await asyncio.to_thread(begun.acquire)
        for each in asked:
            each.cancel()
        gone, _ = await asyncio.wait(asked, timeout=0.1)
        assert not gone
        assert media.looking.locked()
    finally:
        free.set()
    await asyncio.wait(asked)
    assert not media.looking.locked()
