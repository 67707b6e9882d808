"""Nothing is played that was erased, whenever the erasure comes."""

from __future__ import annotations

from typing import Any

import pytest

from replay.errors import Unavailable
from replay.timeline import Evidence
from tests.projections.house import keeper_of
from tests.server.api import Api
from tests.server.playing.walk import FOLLOW, LINES, PATH, WALK, Turned, listening, steps, stream


@pytest.mark.parametrize("follow", ["true", "false"])
async def test_once_something_is_erased_nothing_of_before_is_played_any_further(
    api: Api, ticker: Turned, follow: str
) -> None:
    await api.send(*WALK)
    ticker.stopped = True
    async with stream(api, {"follow": follow}) as opened:
        await opened.next()
        await api.ask("DELETE", "/api/v1/sessions/walk")
        assert [step["offset"] for step in steps(await opened.rest())] == [0, 0]
    assert (await api.get(PATH)).status == 410


async def test_who_comes_the_moment_after_an_erasure_hears_nothing_of_it(api: Api) -> None:
    await api.send(*WALK)
    async with stream(api, FOLLOW | {"speed": "1"}) as opened:
        await opened.next()
        await api.ask("DELETE", "/api/v1/events/4")
        assert "heartbeat" not in (await api.get(PATH, headers=LINES)).body.decode()


async def test_nothing_is_told_that_was_erased_while_the_score_was_made(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    await api.send(*WALK)
    services = api.services
    timelines = services.projections.timelines
    gather = timelines.gather

    # Not by a request: who makes outlines gathers, too, and would be stopped in the middle of it with the server.
    async def gather_and_be_late(*asked: Any) -> Evidence:
        evidence = await gather(*asked)
        await services.erase("default", [4], "asked for")
        await services.projections.wait_for(9 + 1, 20)
        return evidence

    with monkeypatch.context() as patched:
        patched.setattr(timelines, "gather", gather_and_be_late)
        playing = await listening(services)
    assert [batch async for batch in playing.batches()] == []


async def test_nothing_is_told_that_was_erased_though_the_views_have_yet_to_hear_of_it(api: Api) -> None:
    await api.send(*WALK[:8])
    services = api.services
    before = await listening(services)
    async with keeper_of(services.projections)._lock:  # the views stand still
        await services.erase("default", [4], "asked for")
        playing = await listening(services, "speed=max")
        bodies = [one.body async for batch in playing.batches() for one in batch]
        assert len(bodies) > 10
        assert not any(b"heartbeat" in body for body in bodies)
    assert [batch async for batch in before.batches()] == []


async def test_what_an_erasure_did_before_it_failed_is_not_told_any_more(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    await api.send(*WALK)
    services = api.services
    erase = services.log.erase

    async def erase_and_fail(*asked: Any) -> Any:
        await erase(*asked)
        raise Unavailable("the disk is full")

    monkeypatch.setattr(services.log, "erase", erase_and_fail)
    before = await listening(services)
    async with keeper_of(services.projections)._lock:  # the views stand still
        with pytest.raises(Unavailable):
            await services.erase("default", [4], "asked for")
        assert "heartbeat" not in (await api.get("/api/v1/sessions/walk/replay")).body.decode()
    assert [batch async for batch in before.batches()] == []
