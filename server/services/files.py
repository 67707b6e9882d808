"""A part of a file, in pieces: read beside the event loop, sent a little at a time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from typing import BinaryIO

STEP = 1024 * 1024
"""Bytes that are read at once."""
PIECE = 64 * 1024
"""Bytes that are given at once."""


async def read_file(file: BinaryIO, start: int, stop: int) -> AsyncGenerator[bytes, None]:
    """The bytes of a file from `start` to before `stop`.

    Raises ConnectionResetError where the file has become shorter: what was promised cannot be kept.
    """
    await asyncio.to_thread(file.seek, start)
    while start < stop:
        found = await asyncio.to_thread(file.read, min(STEP, stop - start))
        if not found:
            raise ConnectionResetError("the file became shorter while it was sent")
        start += len(found)
        for place in range(0, len(found), PIECE):
            yield found[place : place + PIECE]
