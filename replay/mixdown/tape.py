"""A recording as the mix reads it: 16-bit frames by number, silence beyond its ends, again and again in a loop."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import NamedTuple

import numpy as np

from replay.recordings.pcm import Pcm

HEADER = 4096
"""Bytes before the first sample of a file, so that samples begin on a page."""


SHORT_TURN = 4096
"""Frames of a loop below which its turns are not copied one by one."""


class Loop(NamedTuple):
    """What repeats: from frame `first` to before `last`."""

    first: int
    last: int


class Tape:
    """A recording's samples in a file.

    It is read, not mapped: a file that shrinks under a map ends the process, and what was read of a map counts as
    the process's own memory.
    """

    def __init__(self, path: Path, frames: int, channels: int) -> None:
        self.frames = frames
        self.channels = channels
        self._file = path.open("rb", buffering=0)

    def read(self, first: int, count: int, loop: Loop | None = None) -> Pcm:
        """`count` frames from frame `first` on, which may lie anywhere."""
        if loop is None or first + count <= loop.last:
            return self._plain(first, count)
        turn = loop.last - loop.first
        if turn < SHORT_TURN:
            numbers = np.arange(first, first + count)
            wrapped = np.where(numbers < loop.last, numbers, loop.first + (numbers - loop.last) % turn)
            low = int(wrapped.min())
            taken: Pcm = self._plain(low, int(wrapped.max()) + 1 - low)[wrapped - low]
            return taken
        return np.concatenate([self._plain(*piece) for piece in _turns(first, count, loop)])

    def close(self) -> None:
        """Let the file go."""
        self._file.close()

    def __enter__(self) -> Tape:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _plain(self, first: int, count: int) -> Pcm:
        begin, end = max(first, 0), min(first + count, self.frames)
        if begin >= end:
            return np.zeros((count, self.channels), np.int16)
        if end - begin == count:
            samples = np.empty((count, self.channels), np.int16)
            self._fill(samples, begin)
            return samples
        samples = np.zeros((count, self.channels), np.int16)
        self._fill(samples[begin - first : end - first], begin)
        return samples

    def _fill(self, samples: Pcm, first: int) -> None:
        """Read samples from frame `first` on; what the file does not have stays what it was."""
        view = memoryview(samples.data).cast("B")
        self._file.seek(HEADER + first * self.channels * samples.itemsize)
        while len(view):
            got = self._file.readinto(view)
            if not got:
                raise OSError(f"{self._file.name} is shorter than it was")
            view = view[got:]


def _turns(first: int, count: int, loop: Loop) -> Iterator[tuple[int, int]]:
    """The stretches, as (first frame, how many), that going round in a loop comes to."""
    while count:
        if first >= loop.last:
            first = loop.first + (first - loop.last) % (loop.last - loop.first)
        piece = min(count, loop.last - first)
        yield first, piece
        first, count = first + piece, count - piece
