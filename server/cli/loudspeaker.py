"""Playing a sound as it is made, with a program that the machine has.

Rule 1: a server drops who reads slowly, and a loudspeaker reads no faster than time goes by. So the sound is
        fetched as fast as it is made, into a file without a name, and played from there.
Rule 2: who ends the program ends the playing; that is no error.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress

import click

from replay.errors import Unavailable

PLAYERS: tuple[tuple[str, ...], ...] = (
    ("pw-play", "-"),
    ("paplay",),
    ("aplay", "-q"),
    ("mpv", "--no-terminal", "-"),
    ("ffplay", "-nodisp", "-autoexit", "-loglevel", "error", "-"),
    ("play", "-q", "-t", "wav", "-"),
)
"""Programs that play a WAV file from their stdin, in the order they are looked for."""

PIECE = 2**16


def find_player() -> Sequence[str]:
    """The command of the first player that is there. Raises `Unavailable` when none is."""
    for name, *rest in PLAYERS:
        path = shutil.which(name)
        if path is not None:
            return [path, *rest]
    names = ", ".join(name for name, *_ in PLAYERS)
    raise Unavailable(f"nothing here plays sound: looked for {names}; write a file with -o instead")


async def play(chunks: AsyncIterator[bytes], command: Sequence[str]) -> None:
    """Play a WAV file that comes in pieces. Raises `click.ClickException` when the player fails."""
    process = await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=DEVNULL)
    with tempfile.TemporaryFile() as file:
        reel = _Reel(file.fileno())
        fetching = asyncio.create_task(reel.fetch(chunks))
        try:
            await _feed(process, reel)
            code = await process.wait()
        finally:
            fetching.cancel()
            await asyncio.wait({fetching})
            if process.returncode is None:
                process.terminate()
                await process.wait()
    if not fetching.cancelled():
        fetching.result()
    if code > 0:
        raise click.ClickException(f"{command[0]} ended with code {code}.")


class _Reel:
    """What was fetched, for one who reads behind."""

    def __init__(self, file: int) -> None:
        self._file = file
        self._length = 0
        self._whole = False
        self._news = asyncio.Event()

    async def fetch(self, chunks: AsyncIterator[bytes]) -> None:
        """Keep what comes, to its end or to a failure."""
        try:
            async for chunk in chunks:
                os.pwrite(self._file, chunk, self._length)
                self._length += len(chunk)
                self._news.set()
        finally:
            self._whole = True
            self._news.set()

    async def pieces(self) -> AsyncIterator[bytes]:
        """All of it, in order."""
        at = 0
        while at < self._length or not self._whole:
            if at == self._length:
                self._news.clear()
                await self._news.wait()
                continue
            piece = os.pread(self._file, PIECE, at)
            at += len(piece)
            yield piece


async def _feed(process: Process, reel: _Reel) -> None:
    assert process.stdin is not None  # noqa: S101 - it was asked for
    with suppress(BrokenPipeError, ConnectionResetError):
        async for piece in reel.pieces():
            process.stdin.write(piece)
            await process.stdin.drain()
    process.stdin.close()
