"""What a Range header asks for, by the letter of RFC 9110; and a reader that does not read."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from itertools import chain, repeat
from typing import Any
from unittest.mock import Mock

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from server.http import ranged
from server.http.ranged import Content, byte_range, give, next_piece, send

SIZE = 1000


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ("bytes=0-0", range(1)),
        ("bytes=0-", range(1000)),
        ("bytes=999-", range(999, 1000)),
        ("bytes=10-5000", range(10, 1000)),
        ("bytes=-1", range(999, 1000)),
        ("bytes=-5000", range(1000)),
        ("BYTES = 1 - 2 ", range(1, 3)),
    ],
)
def test_one_range_is_understood(header: str, found: range) -> None:
    assert byte_range(header, SIZE) == found


@pytest.mark.parametrize("header", ["bytes=1000-", "bytes=5000-6000", "bytes=-0"])
def test_a_range_beyond_the_end_is_empty(header: str) -> None:
    assert byte_range(header, SIZE) == range(0)


@pytest.mark.parametrize(
    "header",
    [
        *(None, "", "bytes", "bytes=", "bytes=-", "bytes=5-4", "bytes=a-b", "bytes=0-1,3-4", "seconds=0-1"),
        *("bytes=0-99999999999999999999999", "bytes=+1-2", "bytes=1.0-2", "bytes=٣-٤"),
    ],
)
def test_what_is_no_single_range_asks_for_all(header: str | None) -> None:
    assert byte_range(header, SIZE) is None


@given(st.integers(0, 10**18), st.integers(0, 10**18), st.integers(0, 10**18))
def test_a_range_lies_within_what_there_is(start: int, stop: int, size: int) -> None:
    for header in (f"bytes={start}-{stop}", f"bytes={start}-", f"bytes=-{stop}"):
        found = byte_range(header, size)
        if found:
            assert 0 <= found.start < found.stop <= size


async def test_a_reader_that_does_not_read_is_dropped_and_the_source_closed(aiohttp_client: Any) -> None:
    closed = asyncio.Event()

    async def endless(start: int, stop: int) -> AsyncGenerator[bytes, None]:
        try:
            while True:
                yield b"\0" * 2**20
        finally:
            closed.set()

    async def answer(request: web.Request) -> web.StreamResponse:
        content = Content(size=2**40, etag='"x"', content_type="audio/wav", source=endless)
        return await send(request, content, write_timeout=0.05)

    app = web.Application()
    app.router.add_get("/", answer)
    client = await aiohttp_client(app)
    async with client.get("/") as response:
        assert response.content_length == 2**40
        async with asyncio.timeout(30):
            await closed.wait()


class Blocked(web.StreamResponse):
    """An answer whose reader takes nothing."""

    async def write(self, data: Any) -> None:
        await asyncio.Event().wait()


def asked(*left: int) -> Any:
    """A request; what is left of its answer is looked up when it is begun, and after each wait."""
    request = Mock()
    request.writer.output_size = 1000
    request.transport.get_write_buffer_size.side_effect = chain(left, repeat(left[-1]))
    return request


async def test_a_reader_that_takes_a_little_at_a_time_is_waited_for() -> None:
    request = asked(900, 600, 300, 1, 1)
    with pytest.raises(TimeoutError):
        await give(request, Blocked(), b"piece", 0.01)
    assert request.transport.get_write_buffer_size.call_count == 5


async def test_a_reader_that_takes_nothing_is_waited_for_while_there_is_something_to_wait_for() -> None:
    looks = [True, True, False]
    with pytest.raises(TimeoutError):
        await give(asked(0), Blocked(), b"piece", 0.01, lambda: looks.pop(0))
    assert looks == []


async def test_pieces_are_closed_however_often_it_is_seen_that_their_reader_has_left(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ranged, "LOOKS_EVERY", 0.01)
    gives_up, may, closed = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def made_in_a_thread() -> AsyncGenerator[bytes, None]:
        try:
            await asyncio.Event().wait()
            yield b""
        finally:
            gives_up.set()
            await may.wait()
            closed.set()

    async def answer() -> None:
        async with aclosing(made_in_a_thread()) as pieces:
            await next_piece(Mock(transport=None), pieces)

    answering = asyncio.ensure_future(answer())
    await gives_up.wait()
    answering.cancel()
    await asyncio.sleep(0)
    may.set()
    with pytest.raises(asyncio.CancelledError):
        await answering
    assert closed.is_set()
