"""Following a session that still runs: what is news is told once, and so is its end."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, aclosing
from typing import Any

import pytest

from replay.timeline import Evidence
from tests.projections.house import keeper_of
from tests.server.api import Api, event
from tests.server.playing.walk import (
    FOLLOW,
    OFFSETS,
    PATH,
    SECOND,
    WALK,
    Turned,
    counted,
    hear,
    hear_news,
    listening,
    of,
    play,
    steps,
    stream,
    told,
)
from tests.server.streams import until


async def test_who_follows_hears_what_comes_until_the_session_ends(api: Api) -> None:
    await api.send(*WALK[:2])
    async with stream(api, FOLLOW) as opened:
        first = await hear(opened, 4)
        assert [step["kind"] for step in steps(first)][1:] == [
            "silence-started",
            "silence-ended",
            "clip-started",
        ]
        await api.send(*WALK[2:])
        rest = await opened.rest()
    [news] = [told(message) for message in rest if message.event == "news"]
    assert (rest[-1].event, news["position"]) == ("end", 9)
    assert [step["offset"] for step in [*steps(first), *steps(rest)]] == OFFSETS


@pytest.mark.parametrize(
    "ended", [pytest.param(38, id="with its last record"), pytest.param(20, id="before its last record")]
)
async def test_who_follows_hears_of_an_end_that_brings_no_step_to_come(api: Api, ended: float) -> None:
    await api.send(*WALK[:8])
    async with stream(api, FOLLOW) as opened:
        await hear(opened, 8)
        await api.send(of("9", "session-ended", ended))
        end = (await opened.rest())[-1]
    assert (end.event, told(end)["position"], told(end)["ended"]) == ("end", 9, True)


async def test_who_follows_hears_what_came_while_the_score_was_made(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    await api.send(*WALK[:2])
    timelines = api.services.projections.timelines
    gather = timelines.gather

    async def gather_and_be_late(*asked: Any) -> Evidence:
        evidence = await gather(*asked)
        monkeypatch.undo()
        await api.send(*WALK[2:])
        return evidence

    monkeypatch.setattr(timelines, "gather", gather_and_be_late)
    rest = await play(api, FOLLOW)
    assert [step["offset"] for step in steps(rest)] == OFFSETS
    assert told(rest[-1]) == {"position": 9, "ended": True, "stop": 40.0}


async def test_what_comes_late_is_told_late_and_what_is_not_so_any_more_is_counted(api: Api) -> None:
    started = of("2", "listen-started", 5, asset="bell", listen="bell", duration=20)
    await api.send(WALK[0], started, of("h", "heartbeat", 30))
    async with stream(api, FOLLOW) as opened:
        first = await hear(opened, 7)
        assert [step["kind"] for step in steps(first)][-3:] == ["clip-ended", "unknown-started", "mark"]
        await api.send(
            of("p", "location-changed", 7, lat=1, lon=2), of("e", "listen-ended", 12, listen="bell")
        )
        news = await hear_news(opened)
    late = [(step["kind"], step["offset"]) for step in news["late"] if step["kind"] != "finding"]
    assert late == [("mark", 7), ("clip-ended", 12), ("unknown-started", 12)]
    assert news["withdrawn"] >= 2
    compared = await api.get(news["compare"])
    assert (compared.status, compared.document["compared"]) == (200, "positions")


async def test_who_comes_back_while_following_goes_on_where_it_was(api: Api) -> None:
    await api.send(*WALK[:2])
    async with stream(api, FOLLOW) as opened:
        first = await hear(opened, 4)
    await api.send(*WALK[2:6])
    async with stream(api, FOLLOW, last_id=first[-1].id) as opened:
        second = await hear(opened, 4)
    await api.send(*WALK[6:])
    third = await play(api, FOLLOW, last_id=second[-1].id)
    assert [step["offset"] for step in steps([*first, *second, *third])] == OFFSETS


async def test_news_are_folded_once_for_all_who_wait_and_not_more_than_once_a_second(
    api: Api, ticker: Turned, monkeypatch: pytest.MonkeyPatch
) -> None:
    await api.send(*WALK[:2])
    folds = counted(monkeypatch)
    async with AsyncExitStack() as stack:
        opened = [await stack.enter_async_context(stream(api, FOLLOW)) for _ in range(10)]
        for one in opened:
            await hear(one, 4)
        assert folds == [2]
        began = ticker.now()
        for sent in WALK[2:]:
            await api.send(sent)
        for one in opened:
            assert (await one.rest())[-1].event == "end"
    assert folds[-1] == 9
    assert len(folds) - 1 <= 1 + (ticker.now() - began) // SECOND


async def test_who_follows_lets_the_views_be_built(api: Api, ticker: Turned) -> None:
    await api.send(*WALK[:2])
    playing = await listening(api.services)
    ticker.stopped = True
    building = asyncio.create_task(api.services.projections.rebuild(lambda done, total: None))
    looks = 0
    async with aclosing(playing.batches()) as batches:
        while not building.done():
            await anext(batches)
            looks += 1
            assert looks < 1000, "it looks again and again, and lets nobody else do anything"
    await building


async def test_who_waits_for_a_position_to_come_keeps_nobody_waiting(api: Api) -> None:
    await api.send(*WALK)
    waits = asyncio.create_task(listening(api.services, "min_position=10"))
    await until(lambda: len(keeper_of(api.services.projections).waiting._positions) == 1)
    assert (await listening(api.services)).score.position == 9
    await api.send(event("10", session="other"))
    assert (await waits).score.position == 9


async def test_who_has_heard_a_followed_session_to_its_end_is_told_to_stay_away(api: Api) -> None:
    await api.send(*WALK[:8])
    async with stream(api, FOLLOW) as opened:
        await hear(opened, 8)
        await api.send(WALK[8])
        end = (await opened.rest())[-1]
    answer = await api.get(
        PATH, FOLLOW, headers={"Last-Event-ID": str(end.id), "Accept": "text/event-stream"}
    )
    assert (answer.status, answer.body) == (204, b"")
