"""Peaks as files and documents: the waveform data format of BBC audiowaveform, version 2.

https://github.com/bbc/audiowaveform/blob/master/doc/DataFormat.md: a header of six little-endian 32-bit fields
(version, flags: bit 0 is set for 8-bit data, frames a second, frames a peak, number of peaks, channels), then for
each peak and channel its minimum and its maximum. Ours are 16 bits wide, in one channel.
"""

from __future__ import annotations

import struct
import sys
from array import array
from pathlib import Path
from typing import Any

import msgspec

VERSION = 2
_HEADER = struct.Struct("<iIiiIi")
PEAK = 4
"""Bytes of one peak."""


class Waveform(msgspec.Struct, frozen=True):
    """Peaks in order: `data` has a minimum and a maximum each, 16 bits, little-endian.

    `rate` is frames of the recording a second, `frames` those that a peak covers.
    """

    rate: int
    frames: int
    data: bytes

    @property
    def length(self) -> int:
        """How many peaks there are."""
        return len(self.data) // PEAK

    def encode(self) -> bytes:
        """The peaks as a `.dat` file."""
        return _HEADER.pack(VERSION, 0, self.rate, self.frames, self.length, 1) + self.data

    def document(self) -> dict[str, Any]:
        """The peaks as audiowaveform's JSON."""
        values = array("h", self.data)
        if sys.byteorder == "big":
            values.byteswap()
        return {
            "version": VERSION,
            "channels": 1,
            "sample_rate": self.rate,
            "samples_per_pixel": self.frames,
            "bits": 16,
            "length": self.length,
            "data": values.tolist(),
        }


def read_length(path: Path) -> int:
    """How many peaks a file holds. Raises OSError."""
    return max(path.stat().st_size - _HEADER.size, 0) // PEAK


def read(path: Path, first: int, stop: int) -> Waveform:
    """The peaks of a file from one (inclusive) to another (exclusive), as far as there are any. Raises OSError."""
    with path.open("rb") as file:
        _, _, rate, frames, length, _ = _HEADER.unpack(file.read(_HEADER.size))
        first, stop = min(first, length), min(stop, length)
        file.seek(_HEADER.size + first * PEAK)
        return Waveform(rate, frames, file.read(max(stop - first, 0) * PEAK))
