"""A list is one JSON array, however long, and nobody holds it whole."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from replay.errors import Unavailable
from server.api.call import SERVICES, Call
from server.http.problems import problems
from server.roundware import arrays, render
from server.roundware.arrays import Pages, send_array
from server.services import Services, Streams
from server.settings import Settings
from tests.projections.house import eventually
from tests.server.api import Api, event

MakePages = Callable[[], Pages]


@asynccontextmanager
async def sending(make: MakePages, **settings: Any) -> AsyncIterator[tuple[str, Services]]:
    """A server that answers every request with an array."""
    nothing = SimpleNamespace(timelines=None)
    services = Services(settings=Settings(**settings), log=None, projections=nothing)  # type: ignore[arg-type]

    async def answer(request: web.Request) -> web.StreamResponse:
        return await send_array(Call(request, services, None, None, {}), make(), 7)  # type: ignore[arg-type]

    app = web.Application(middlewares=[problems({"/": render})])
    app[SERVICES] = services
    app.router.add_get("/", answer)
    runner = web.AppRunner(app, shutdown_timeout=1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield "http://{}:{}/".format(*runner.addresses[0][:2]), services
    finally:
        await runner.cleanup()


async def pages_of(*pages: list[Any]) -> AsyncIterator[list[Any]]:
    for page in pages:
        yield page


class Endless:
    """Pages without end, counted; each of about 100 kB, or empty."""

    def __init__(self, *, empty: bool = False) -> None:
        self.asked = 0
        self.page = [] if empty else ["x" * 1000] * 100

    async def __call__(self) -> AsyncIterator[list[str]]:
        while True:
            self.asked += 1
            await asyncio.sleep(0)
            yield self.page


@pytest.mark.parametrize("buffer", [10, 512 * 1024], ids=["as it is found", "as a whole"])
@pytest.mark.parametrize(
    "pages",
    [[], [[]], [[1]], [[1, 2], [3]], [[], [1], [], [], [2, 3], []], [["é" * 70_000], [None]]],
    ids=[
        "nothing",
        "an empty page",
        "one",
        "two pages",
        "empty pages between",
        "a page larger than the buffer",
    ],
)
async def test_the_pages_make_one_array(
    monkeypatch: pytest.MonkeyPatch, pages: list[list[Any]], buffer: int
) -> None:
    monkeypatch.setattr(arrays, "BUFFER", buffer)
    async with sending(lambda: pages_of(*pages)) as (url, _), aiohttp.ClientSession() as session:
        answer = await session.get(url)
        assert await answer.json() == [item for page in pages for item in page]
        assert (answer.status, answer.content_type) == (200, "application/json")
        assert answer.headers["Playhead-Position"] == "7"
        whole = sum(len(str(page)) for page in pages) < buffer
        assert ("Content-Length" in answer.headers) == whole or buffer == 10


async def test_a_long_list_over_http_is_whole(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arrays, "BUFFER", 1000)
    monkeypatch.setattr("server.roundware.listenevents.PAGE", 7)
    monkeypatch.setattr("server.roundware.events.PAGE", 7)
    monkeypatch.setattr("server.roundware.sessions.PAGE", 7)
    told = [event(f"l{n}", "listen-started", session=f"s{n}", data={"asset": "a"}) for n in range(50)]
    await api.send(*told, *(event(f"h{n}", session="s") for n in range(50)))
    for path, ids in (
        ("/api/2/listenevents/", list(range(1, 51))),
        ("/api/2/events/", list(range(51, 101))),
        ("/api/2/events/?session_id=s", list(range(51, 101))),
        ("/api/2/sessions/", [f"s{n}" for n in range(50)] + ["s"]),
    ):
        answer = await api.get(path)
        assert answer.headers["Transfer-Encoding"] == "chunked"
        assert [one["id"] for one in answer.document] == ids


async def test_a_reader_that_does_not_read_is_dropped_and_little_is_read_for_it() -> None:
    pages = Endless()
    async with sending(pages, write_timeout=0.2) as (url, services):
        with socket.socket() as reader:
            reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            reader.connect(("127.0.0.1", int(url.rsplit(":", 1)[1].strip("/"))))
            reader.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
            await eventually(lambda: services.streams.open == 1)
            await eventually(lambda: services.streams.open == 0)
            assert pages.asked < 200  # 20 MB: what the kernel takes
            await eventually(lambda: _is_cut(reader))


def _is_cut(connection: socket.socket) -> bool:
    try:
        connection.sendall(b"x")
    except ConnectionError:
        return True
    return False


async def test_a_reader_that_left_is_not_read_for() -> None:
    """Whether it left before anything was found or after."""
    for pages in (Endless(empty=True), Endless()):
        async with sending(pages) as (url, _):
            async with aiohttp.ClientSession() as session:
                with pytest.raises(TimeoutError):
                    async with asyncio.timeout(0.2):
                        await (await session.get(url)).read()
            asked = -1
            while asked != pages.asked:
                asked = pages.asked
                await asyncio.sleep(0.1)


async def test_a_list_that_cannot_be_finished_is_no_list() -> None:
    async def failing() -> AsyncIterator[list[str]]:
        for _ in range(10):
            yield ["x" * 100_000]
        raise Unavailable("the disk is gone")

    async with sending(failing) as (url, _), aiohttp.ClientSession() as session:
        answer = await session.get(url)
        assert answer.status == 200
        with pytest.raises(aiohttp.ClientPayloadError):
            await answer.read()


async def test_a_list_that_cannot_be_begun_says_why() -> None:
    async def failing() -> AsyncIterator[list[str]]:
        yield []
        raise Unavailable("the disk is gone", retry_after=3)

    async with sending(failing) as (url, _), aiohttp.ClientSession() as session:
        answer = await session.get(url)
        assert (answer.status, answer.headers["Retry-After"]) == (503, "3")
        assert await answer.json() == {"detail": "the disk is gone"}


async def test_head_reads_nothing() -> None:
    pages = Endless()
    async with sending(pages) as (url, _), aiohttp.ClientSession() as session:
        answer = await session.head(url)
        assert (answer.status, answer.content_type, await answer.read()) == (200, "application/json", b"")
    assert pages.asked == 0


async def test_only_so_many_long_lists_are_sent_at_once() -> None:
    async with sending(Endless()) as (url, services), aiohttp.ClientSession() as session:
        services.streams = Streams(0)
        answer = await session.get(url)
        assert (answer.status, answer.headers["Retry-After"]) == (503, "5")
