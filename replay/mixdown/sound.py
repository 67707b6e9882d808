"""A part of a score as something to send: how long it is, its samples, its bytes as a WAV file.

Rule: any range of the file is made alone, from the frames that it needs and no others.
"""

from __future__ import annotations

import hashlib
from collections.abc import Generator, Iterator

import msgspec

from replay.mixdown.encoding import Shape
from replay.mixdown.mixer import Mixer, Tapes
from replay.mixdown.score import Score
from replay.mixdown.wav import BYTES_A_SAMPLE, wav_header
from replay.recordings.pcm import Pcm


class Sound(msgspec.Struct, frozen=True):
    """Frames `first` to before `last` of a score, in one or two channels."""

    score: Score
    first: int
    last: int
    channels: int = 2

    @property
    def shape(self) -> Shape:
        """How much there is to encode."""
        return Shape(self.last - self.first, self.score.rate, self.channels)

    @property
    def wav_size(self) -> int:
        """How many bytes the WAV file has."""
        return len(self._header()) + (self.last - self.first) * self._width

    def blocks(self, tapes: Tapes) -> Iterator[Pcm]:
        """All of its samples, in blocks."""
        return Mixer(self.score, tapes, self.channels).blocks(self.first, self.last)

    def wav(self, tapes: Tapes, start: int, stop: int) -> Generator[bytes, None, None]:
        """The bytes of the WAV file from `start` to before `stop`, in pieces; none before samples are there."""
        header = self._header()
        before = header[start:stop]
        begin, end = max(start - len(header), 0), stop - len(header)
        if begin >= end:
            yield before
            return
        first, last = begin // self._width, -(-end // self._width)
        skip, left = begin - first * self._width, end - begin
        for block in Mixer(self.score, tapes, self.channels).blocks(self.first + first, self.first + last):
            piece = little_endian(block)[skip : skip + left]
            skip, left = 0, left - len(piece)
            yield before + piece
            before = b""

    def digest(self, tapes: Tapes) -> Generator[str | None, None, None]:
        """The SHA-256 of its samples, little-endian, at last; None each time that there is more to be done."""
        digest = hashlib.sha256()
        for block in self.blocks(tapes):
            digest.update(little_endian(block))
            yield None
        yield digest.hexdigest()

    @property
    def _width(self) -> int:
        return self.channels * BYTES_A_SAMPLE

    def _header(self) -> bytes:
        return wav_header(self.last - self.first, self.score.rate, self.channels)


def little_endian(samples: Pcm) -> bytes:
    """Samples as the bytes of a WAV file, whatever the machine."""
    return samples.astype("<i2", copy=False).tobytes()
