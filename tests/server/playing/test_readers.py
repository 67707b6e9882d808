"""Who listens: many, slow, revoked, turned away."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

import pytest

from replay.clock import format_time
from server.playing import playing as listener
from server.services import scores
from tests.server.api import Api, event
from tests.server.playing.walk import FOLLOW, LINES, NOON, PATH, SECOND, WALK, counted, of, stream
from tests.server.streams import until


async def test_all_who_listen_share_one_score_and_leave_nothing_behind(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    await api.send(*WALK[:4])
    folds = counted(monkeypatch)
    async with AsyncExitStack() as stack:
        for _ in range(20):
            opened = await stack.enter_async_context(stream(api, FOLLOW))
            await opened.next()
        assert len(folds) == 1
        assert len(api.services.scores) == 1
        assert api.services.streams.open == 20
    await until(lambda: api.services.streams.open == 0 and len(api.services.scores) == 0)


async def test_scores_take_no_more_memory_than_there_is_for_them(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    await api.send(*WALK[:4], event("o", session="other", time=format_time(NOON)))
    monkeypatch.setattr(scores, "MOST_BYTES", 1000)
    async with stream(api, {"follow": "true"}) as opened:
        await opened.next()
        answer = await api.get("/api/v1/sessions/other/playback", headers=LINES)
        assert (answer.status, answer.headers["Retry-After"]) == (503, "5")
    await until(lambda: len(api.services.scores) == 0)
    assert (await api.get("/api/v1/sessions/other/playback", headers=LINES)).status == 200


async def test_a_stream_ends_when_its_token_is_revoked(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    assert api.services.access is not None
    monkeypatch.setattr(listener, "LOOK_EVERY", SECOND // 50)
    await api.send(*WALK[:2])
    async with stream(api, FOLLOW, token="read") as opened:
        await opened.next()
        await api.services.access.tokens.revoke("read")
        await api.send(*WALK[2:])
        assert "end" not in {message.event for message in await opened.rest()}


async def test_a_quiet_stream_shows_signs_of_life(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listener, "LOOK_EVERY", SECOND // 50)
    await api.send(*WALK[:2])
    async with stream(api, FOLLOW) as opened:
        received = b""
        while not received.endswith(b":\n\n:\n\n"):
            received += await opened.answer.content.readany()


async def test_a_stream_ends_when_the_server_stops(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listener, "LOOK_EVERY", SECOND // 50)
    await api.send(*WALK[:2])
    async with stream(api, {"follow": "true"}) as opened:
        await opened.next()
        api.services.stopping.set()
        await opened.rest()
    assert (await api.get(PATH)).status == 503


async def test_a_reader_that_does_not_read_is_dropped(api: Api) -> None:
    big = {"text": "x" * 60_000}
    await api.send(*(of(f"big-{n}", "log-line", n / 10, **big) for n in range(300)))
    host, port = api.url.removeprefix("http://").split(":")
    _, writer = await asyncio.open_connection(host, int(port), limit=1024)
    token = api.tokens["admin"]
    writer.write(
        f"GET {PATH}?speed=max HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\n\r\n".encode()
    )
    await until(lambda: api.services.streams.open == 1)
    await until(lambda: api.services.streams.open == 0)
    writer.close()


async def test_no_more_streams_are_open_than_may_be(api: Api) -> None:
    await api.send(*WALK[:2])
    async with AsyncExitStack() as stack:
        for _ in range(30):
            await (await stack.enter_async_context(stream(api, {"follow": "true"}))).next()
        assert (await api.get(PATH)).status == 503
