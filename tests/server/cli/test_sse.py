"""Server-sent events, read as the standard says."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from server.cli.places.sse import Message, parse

STREAM = (
    b"retry: 2000\n\n"
    b'id: e-1\ndata: {"a":1}\n\n'
    b": a sign of life\n\n"
    b"event: reset\r\nid: e-0\r\ndata: x\r\ndata:y\r\n\r\n"
    b"id: e-9\n\n"
    b"data: \xc3\xa9\n\n"
    b"id: e-10\ndata: incomplete"
)


@pytest.mark.parametrize("size", [1, 2, 5, 1000])
async def test_messages_are_read_in_any_chunks(size: int) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for start in range(0, len(STREAM), size):
            yield STREAM[start : start + size]

    assert [message async for message in parse(chunks())] == [
        Message(None, "message", ""),
        Message("e-1", "message", '{"a":1}'),
        Message("e-0", "reset", "x\ny"),
        Message("e-9", "message", ""),
        Message("e-9", "message", "é"),
    ]
