"""Bytes that can be asked for in part: ranges and preconditions, for files and for what is made as it is sent.

Rule 1: RFC 9110. One range of bytes is answered with 206, one beyond the end with 416. Several at once, another
        unit, or what cannot be read, is answered as if no range were asked for, which the standard leaves open.
Rule 2: `If-Range` holds when it names this very entity tag; a date never does, since none is told.
Rule 3: a reader that takes nothing is dropped: it holds a file, or a renderer, for nothing. One that takes a
        little at a time is not: a player may take a sound as it plays it.
Rule 4: what a client leaves unread is not made: the source is closed when it goes.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing

import msgspec
from aiohttp import hdrs, web

from server.http.leaving import LOOKS_EVERY, has_left
from server.http.pieces import taken_of
from server.http.replies import Headers, matches
from server.tasks import until_ended

Source = Callable[[int, int], AsyncGenerator[bytes, None]]
"""The bytes from a start (inclusive) to a stop (exclusive), in pieces."""

PRIVATE: Headers = {hdrs.CACHE_CONTROL: "private, no-cache"}
"""Kept by the one who asked alone, and only to be asked about again."""

_RANGE = re.compile(r"bytes\s*=\s*(\d{0,19})\s*-\s*(\d{0,19})\s*", re.IGNORECASE | re.ASCII)


class Content(msgspec.Struct, frozen=True):
    """What is asked for: its length in bytes, its strong entity tag (quoted), its type, what gives its bytes."""

    size: int
    etag: str
    content_type: str
    source: Source
    headers: Headers = {}


async def send(request: web.Request, content: Content, *, write_timeout: float) -> web.StreamResponse:
    """Answer a GET or HEAD. A reader that blocks for `write_timeout` seconds is dropped."""
    headers = {**PRIVATE, **content.headers, hdrs.ETAG: content.etag, hdrs.ACCEPT_RANGES: "bytes"}
    if matches(request.headers.get(hdrs.IF_NONE_MATCH), content.etag):
        return web.Response(status=304, headers=headers)
    span = _asked(request, content)
    if span is not None and not span:
        headers[hdrs.CONTENT_RANGE] = f"bytes */{content.size}"
        return web.Response(status=416, headers={**headers, hdrs.CACHE_CONTROL: "no-store"})
    response = web.StreamResponse(status=200 if span is None else 206, headers=headers)
    if span is not None:
        response.headers[hdrs.CONTENT_RANGE] = f"bytes {span.start}-{span.stop - 1}/{content.size}"
    span = range(content.size) if span is None else span
    response.content_type = content.content_type
    response.content_length = len(span)
    if request.method == hdrs.METH_HEAD:
        await response.prepare(request)
        return response
    async with aclosing(content.source(span.start, span.stop)) as pieces:
        await _write(request, response, pieces, write_timeout)
    return response


async def next_piece(request: web.Request, pieces: AsyncGenerator[bytes, None]) -> bytes:
    """The next of the pieces, nothing after the last. Raises ConnectionError when the client leaves meanwhile."""
    task = asyncio.ensure_future(anext(pieces, b""))
    try:
        while not (await asyncio.wait({task}, timeout=LOOKS_EVERY))[0]:
            if has_left(request):
                raise ConnectionResetError("the client has left")
    except BaseException:
        task.cancel()
        await until_ended(task)
        raise
    return task.result()


async def give(
    request: web.Request,
    response: web.StreamResponse,
    piece: bytes,
    seconds: float,
    waits: Callable[[], bool] = lambda: False,
) -> None:
    """Write a piece. Raises TimeoutError when its reader takes nothing of it for so long, unless it `waits` on."""
    taken = taken_of(request)
    task = asyncio.ensure_future(response.write(piece))
    try:
        while not (await asyncio.wait({task}, timeout=seconds))[0]:
            before, taken = taken, taken_of(request)
            if taken == before and not waits():
                raise TimeoutError("the client does not read")
    except BaseException:
        task.cancel()
        await until_ended(task)
        raise
    task.result()


def byte_range(header: str | None, size: int) -> range | None:
    """The bytes that a `Range` header asks for: None for all, an empty range when it is beyond the end."""
    match = _RANGE.fullmatch(header.strip()) if header else None
    if match is None or match[1] == match[2] == "":
        return None
    if match[1] == "":
        return range(max(size - int(match[2]), 0), size)
    start = int(match[1])
    stop = min(int(match[2]) + 1, size) if match[2] else size
    if match[2] and int(match[2]) < start:
        return None
    return range(start, max(stop, start))


def _asked(request: web.Request, content: Content) -> range | None:
    if request.method != hdrs.METH_GET or request.headers.get(hdrs.IF_RANGE, content.etag) != content.etag:
        return None
    return byte_range(request.headers.get(hdrs.RANGE), content.size)


async def _write(
    request: web.Request,
    response: web.StreamResponse,
    pieces: AsyncGenerator[bytes, None],
    write_timeout: float,
) -> None:
    """Send the pieces. The first is there before the answer is begun, so that what fails at once is told."""
    piece = await next_piece(request, pieces)
    try:
        await response.prepare(request)
        while piece:
            await give(request, response, piece, write_timeout)
            piece = await next_piece(request, pieces)
        await response.write_eof()
    except (ConnectionError, TimeoutError):
        if request.transport is not None:
            request.transport.abort()
