"""Where the links of an Ogg file lie: whole streams, one after the other (RFC 3533, section 4).

Rule: a player goes on from link to link, whatever each one holds: another song, another rate, another codec. FFmpeg
goes on as far as the decoder of the first link can, so each link is opened alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice, pairwise
from pathlib import Path
from typing import BinaryIO, NamedTuple

MOST_LINKS = 100_000
"""Links that count, so that nobody opens a million of them: each takes half a millisecond to look into, all of them
as long as the longest MP3. What follows is left out."""
_HEADER = 27
_BEGINS = 2
"""The flag of a page that begins a stream."""


class Link(NamedTuple):
    """A part of a file: from byte `first` to before `last`."""

    first: int
    last: int


def links(path: Path) -> list[Link] | list[None]:
    """The links of a file in order; None, which is all of it, for one that is no chain. Raises OSError."""
    with path.open("rb") as file:
        starts = list(islice(_starts(file), MOST_LINKS + 1))
    if len(starts) < 2:
        return [None]
    if len(starts) <= MOST_LINKS:
        starts.append(path.stat().st_size)
    return [Link(first, last) for first, last in pairwise(starts)]


def is_cut(path: Path, links: list[Link] | list[None]) -> bool:
    """Whether a file has more links than these. Raises OSError."""
    last = links[-1]
    return last is not None and last.last < path.stat().st_size


def _starts(file: BinaryIO) -> Iterator[int]:
    """Where links begin: with pages that begin streams, after others. A damaged page is the last that is seen."""
    begun = False
    place = 0
    while True:
        header = file.read(_HEADER)
        if len(header) < _HEADER or header[:5] != b"OggS\0":
            return
        begins = bool(header[5] & _BEGINS)
        if begins and not begun:
            yield place
        begun = begins
        place += _HEADER + header[26] + sum(file.read(header[26]))
        file.seek(place)


class Part:
    """A part of a file, to be read as a file of its own; `close` it."""

    def __init__(self, path: Path, link: Link) -> None:
        self._file = path.open("rb")
        self._link = link
        self._file.seek(link.first)

    def read(self, size: int = -1) -> bytes:
        """The next bytes, at most so many."""
        left = max(self._link.last - self._file.tell(), 0)
        return self._file.read(left if size < 0 else min(size, left))

    def seek(self, offset: int, whence: int = 0) -> int:
        """Go to a place in the part."""
        base = (self._link.first, self._file.tell(), self._link.last)[whence]
        return self._file.seek(max(base + offset, self._link.first)) - self._link.first

    def tell(self) -> int:
        """The place in the part."""
        return self._file.tell() - self._link.first

    def close(self) -> None:
        """Let the file go."""
        self._file.close()
