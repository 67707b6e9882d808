"""Whether a file is WAV, and how long it says that it is: FFmpeg tells the shorter of that and what is there.

Rule: what is written as it is made does not know its length. Sizes that stand for "not known yet" promise nothing.
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import BinaryIO

MOST_CHUNKS = 1000
"""Chunks that are looked at before the samples."""
UNKNOWN = 0x7FFF_0000
"""From this size on a 32-bit size is one that its writer could not know."""


def is_wave(path: Path) -> bool:
    """Whether a file begins as WAV files do. Raises OSError."""
    with path.open("rb") as file:
        return _begins(file)


def promised_size(path: Path) -> int | None:
    """The size that a WAV file has by the header of its samples; None for any other file, or none told.

    RIFF, and RF64 and BW64 (EBU Tech 3306). Raises OSError.
    """
    with path.open("rb") as file:
        if not _begins(file):
            return None
        large = None
        for _ in range(MOST_CHUNKS):
            header = file.read(8)
            if len(header) < 8:
                return None
            name, size = struct.unpack("<4sI", header)
            if name == b"data":
                return _end(file, size, large)
            if name == b"ds64":
                large = struct.unpack("<8xQ", file.read(16).ljust(16, b"\0"))[0]
                size -= 16
            file.seek(size + size % 2, 1)
    return None


def _begins(file: BinaryIO) -> bool:
    form = file.read(12)
    return form[:4] in (b"RIFF", b"RF64", b"BW64") and form[8:] == b"WAVE"


def _end(file: BinaryIO, size: int, large: int | None) -> int | None:
    """Where samples end that begin here."""
    if size >= UNKNOWN or not size:
        size = large or 0
    return file.tell() + size if size else None
