"""A WAV file's header: RIFF, and RF64 (EBU Tech 3306) where its sizes need more than 32 bits."""

from __future__ import annotations

import struct

BYTES_A_SAMPLE = 2
MOST = 2**32 - 1


def wav_header(frames: int, rate: int, channels: int) -> bytes:
    """What comes before so many frames of 16-bit samples."""
    width = channels * BYTES_A_SAMPLE
    size = frames * width
    form = b"fmt " + struct.pack("<IHHIIHH", 16, 1, channels, rate, rate * width, width, 8 * BYTES_A_SAMPLE)
    if 4 + len(form) + 8 + size <= MOST:
        return b"RIFF" + struct.pack("<I", 4 + len(form) + 8 + size) + b"WAVE" + form + _data(size)
    riff = 4 + 36 + len(form) + 8 + size
    sizes = b"ds64" + struct.pack("<IQQQI", 28, riff, size, frames, 0)
    return b"RF64" + struct.pack("<I", MOST) + b"WAVE" + sizes + form + _data(MOST)


def _data(size: int) -> bytes:
    return b"data" + struct.pack("<I", size)
