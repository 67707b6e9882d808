"""Long answers go in pieces: the same bytes, and nothing is held for a reader that takes none."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from unittest.mock import Mock

import pytest
from aiohttp import web

from server.http.pieces import LOWAT, PIECE, in_pieces, watched
from tests.server.api import Api, event

BODY = bytes(range(256)) * (64 * 1024)
"""16 MiB: more than the systems of both ends hold."""
HEADERS = 1024


@asynccontextmanager
async def serving(write_timeout: float, requests: list[web.Request]) -> AsyncIterator[tuple[str, int]]:
    """A server whose every answer is `BODY`; it tells of its requests."""

    async def answer(request: web.Request) -> web.Response:
        requests.append(request)
        return web.Response(body=BODY)

    async def stream(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        requests.append(request)
        await response.write(BODY)
        return response

    app = web.Application()
    app.router.add_get("/", answer)
    app.router.add_get("/stream", stream)
    app.on_response_prepare.append(in_pieces(write_timeout))
    runner = web.AppRunner(app, shutdown_timeout=0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield runner.addresses[0]
    finally:
        await runner.cleanup()


async def ask_and_take_nothing(address: tuple[str, int], path: str = "/") -> socket.socket:
    reader = socket.socket()
    reader.setblocking(False)
    reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, PIECE)
    loop = asyncio.get_running_loop()
    await loop.sock_connect(reader, address)
    await loop.sock_sendall(reader, f"GET {path} HTTP/1.1\r\nHost: here\r\n\r\n".encode())
    return reader


async def read_body(reader: socket.socket, length: int) -> bytes:
    """What comes behind the headers, up to so many bytes, until the connection ends."""
    loop, found = asyncio.get_running_loop(), bytearray()
    begins = -1
    with suppress(ConnectionResetError):
        while begins < 0 or len(found) < begins + length:
            piece = await loop.sock_recv(reader, 2**20)
            if not piece:
                break
            found += piece
            begins = found.index(b"\r\n\r\n") + 4 if begins < 0 else begins
    return bytes(found[begins:])


def waiting(request: web.Request) -> int:
    """Bytes that wait in the server for a connection to take them."""
    transport = request.transport
    assert isinstance(transport, asyncio.Transport)
    return transport.get_write_buffer_size()


async def until(condition: Callable[[], bool]) -> None:
    while not condition():  # noqa: ASYNC110  the server tells nobody
        await asyncio.sleep(0.01)


async def test_little_is_held_for_a_reader_that_takes_nothing_and_it_goes_on_when_it_does() -> None:
    requests: list[web.Request] = []
    async with serving(600, requests) as address:
        readers = [await ask_and_take_nothing(address) for _ in range(3)]
        await until(lambda: len(requests) == len(readers) and all(map(waiting, requests)))
        assert max(map(waiting, requests)) <= 2 * PIECE + HEADERS
        for reader in readers[1:]:
            reader.close()
        with readers[0] as reader:
            assert await read_body(reader, len(BODY)) == BODY


@pytest.mark.skipif(LOWAT is None, reason="this system's buffers cannot be bounded")
@pytest.mark.parametrize("path", ["/", "/stream"])
async def test_the_system_holds_little_of_what_is_not_on_its_way(path: str) -> None:
    requests: list[web.Request] = []
    async with serving(600, requests) as address:
        with await ask_and_take_nothing(address, path):
            await until(lambda: bool(requests) and waiting(requests[0]) > 0)
            transport = requests[0].transport
            assert transport is not None
            assert LOWAT is not None
            assert transport.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, LOWAT) == PIECE


async def test_a_reader_that_takes_nothing_for_the_write_timeout_is_cut_off() -> None:
    requests: list[web.Request] = []
    async with serving(0.2, requests) as address:
        with await ask_and_take_nothing(address) as reader:
            await until(lambda: bool(requests) and requests[0].transport is None)
            assert len(await read_body(reader, len(BODY))) < len(BODY)


class Hours:
    """An event loop's clock, turned by hand."""

    def __init__(self) -> None:
        self.now = 0.0
        self.timers: list[tuple[float, Callable[[], None]]] = []

    def time(self) -> float:
        return self.now

    def call_later(self, delay: float, call: Callable[[], None]) -> Mock:
        self.timers.append((self.now + delay, call))
        return Mock()

    def turn(self, to: float) -> None:
        while self.timers and self.timers[0][0] <= to:
            self.now, call = self.timers.pop(0)
            call()
        self.now = to


def test_a_reader_that_takes_a_little_at_a_time_is_not_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    hours, request = Hours(), Mock()
    monkeypatch.setattr(asyncio, "get_running_loop", lambda: hours)
    request.writer.output_size = 1000
    with watched(request, 10):
        for left in range(900, 0, -100):
            request.transport.get_write_buffer_size.return_value = left
            hours.turn(hours.now + 9)
        assert not request.transport.abort.called
        hours.turn(hours.now + 13)
        assert request.transport.abort.called


@pytest.mark.parametrize("path", ["timeline", "replay", "replay.html", "events?limit=1000"])
async def test_a_long_answer_is_the_same_whole_or_asked_about(api: Api, path: str) -> None:
    long = {"text": "so long " * 500}
    await api.send(*(event(f"{number}", "note", session="walk", data=long) for number in range(40)))
    path = f"/api/v1/sessions/walk/{path}"
    first, second = await api.get(path), await api.get(path)
    assert len(first.body) > 2 * PIECE
    assert first.body == second.body
    assert first.headers["Content-Length"] == str(len(first.body))
    head = await api.ask("HEAD", path)
    assert (head.status, head.body, head.headers["Content-Length"]) == (200, b"", str(len(first.body)))
    if tag := first.headers.get("ETag"):
        again = await api.get(path, headers={"If-None-Match": tag})
        assert (again.status, again.body, again.headers["ETag"]) == (304, b"", tag)
