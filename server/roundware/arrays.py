"""A bare JSON array, however long, in constant memory.

Rule 1: what fits a buffer is sent as a whole, with its length; what does not is sent as it is found, page by page.
Rule 2: a reader that does not read is dropped: it would hold a page in memory for ever.
Rule 3: an array that cannot be finished is cut off, so that nobody takes it for a whole one.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any

import msgspec
from aiohttp import hdrs, web

from server.api.call import Call
from server.http.leaving import has_left
from server.http.replies import JSON, POSITION, reply

BUFFER = 512 * 1024
"""The longest array that is sent as a whole, in bytes."""
PIECE = 64 * 1024
"""How much is written at once."""

_encode = msgspec.json.Encoder().encode

Pages = AsyncIterator[Sequence[Any]]
"""Pages of documents, some of them perhaps empty: a sign of life while there is nothing to show."""


async def send_array(call: Call[Any], pages: Pages, position: int) -> web.StreamResponse:
    """Answer with all documents of all pages. `position` is where the view stood before the first."""
    head = web.StreamResponse(headers={POSITION: str(position)})
    head.content_type = JSON
    if call.request.method == hdrs.METH_HEAD:
        return head
    items = _items(pages)
    buffer = bytearray(b"[")
    async for item in items:
        buffer += item
        if len(buffer) > BUFFER:
            with call.services.streams.slot():
                return await _stream(call, head, buffer, items)
        if has_left(call.request):
            break
    return reply(bytes(buffer + b"]"), position=position)


async def _items(pages: Pages) -> AsyncIterator[bytes]:
    """Each page as the items of an array, with the comma that goes before them."""
    begun = False
    async for page in pages:
        if page:
            yield (b"," if begun else b"") + _encode(page)[1:-1]
            begun = True
        else:
            yield b""


async def _stream(
    call: Call[Any], response: web.StreamResponse, buffer: bytearray, items: AsyncIterator[bytes]
) -> web.StreamResponse:
    try:
        await response.prepare(call.request)
        await _write(call, response, buffer)
        async for item in items:
            await _write(call, response, item)
            if has_left(call.request):
                break
        await _write(call, response, b"]")
    except (ConnectionError, TimeoutError):
        if call.request.transport is not None:
            call.request.transport.abort()
    return response


async def _write(call: Call[Any], response: web.StreamResponse, content: bytes | bytearray) -> None:
    for at in range(0, len(content), PIECE):
        async with asyncio.timeout(call.services.settings.write_timeout):
            await response.write(bytes(content[at : at + PIECE]))
