"""A file's bytes, a chunk at a time, without ever keeping Ctrl-C waiting."""

from __future__ import annotations

import asyncio
import os
import stat
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

CHUNK = 256 * 1024
AHEAD = 4
"""Chunks that are read before they are asked for."""


def size(path: str) -> int | None:
    """A file's length in bytes; None for what has none before its end: stdin, a pipe."""
    if path == "-":
        return None
    found = Path(path).stat()
    return found.st_size if stat.S_ISREG(found.st_mode) else None


async def chunks(path: str) -> AsyncIterator[bytes]:
    """The bytes of a file, or of stdin for `-`; an empty chunk comes last."""
    with _opened(path) as file:
        if _may_block(file):
            async for chunk in _from_a_thread(file.fileno()):
                yield chunk
        else:
            while chunk := file.read(CHUNK):
                yield chunk
    yield b""


@contextmanager
def _opened(path: str) -> Iterator[BinaryIO]:
    if path == "-":
        yield sys.stdin.buffer
    else:
        with Path(path).open("rb") as file:
            yield file


def _may_block(file: BinaryIO) -> bool:
    try:
        return not stat.S_ISREG(os.fstat(file.fileno()).st_mode)
    except (OSError, ValueError):
        return False  # no file at all, as tests have


async def _from_a_thread(descriptor: int) -> AsyncIterator[bytes]:
    """Read what may never come in a thread that nobody waits for; it is at most `AHEAD` chunks ahead."""
    loop = asyncio.get_running_loop()
    queue: asyncio.Queue[bytes | OSError] = asyncio.Queue()
    room = threading.Semaphore(AHEAD)

    def read() -> None:
        with suppress(RuntimeError):  # the command has ended, and its loop with it
            while True:
                room.acquire()
                found = _read(descriptor)
                loop.call_soon_threadsafe(queue.put_nowait, found)
                if not found or isinstance(found, OSError):
                    return

    threading.Thread(target=read, daemon=True, name="reads the input").start()
    while chunk := await queue.get():
        if isinstance(chunk, OSError):
            raise chunk
        room.release()
        yield chunk


def _read(descriptor: int) -> bytes | OSError:
    try:
        return os.read(descriptor, CHUNK)
    except OSError as error:
        return error
