"""Writing a bundle, piece by piece: what is written is taken away as it comes.

Rule 1: an entry is compressed as it is written, and its size and SHA-256 noted for the manifest.
Rule 2: nothing of the writer's own time or system is in the file.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import TracebackType

import msgspec

from replay.bundle.manifest import MANIFEST, Entry, Manifest

EPOCH = (1980, 1, 1, 0, 0, 0)
"""The time of every entry: the earliest that the format knows."""
UNIX = 3
READABLE = 0o100644 << 16
LARGE = 2**31
"""Bytes from which an entry needs the larger form of its header."""

Write = Callable[[bytes], None]


class BundleWriter:
    """A zip file that is made and taken away in pieces: `with BundleWriter() as writer`."""

    def __init__(self) -> None:
        self._made = _Pipe()
        self._zip = zipfile.ZipFile(self._made, "w")
        self.files: list[Entry] = []

    def __enter__(self) -> BundleWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._zip.close()

    def add(self, name: str, content: bytes) -> None:
        """Write a whole entry."""
        with self.entry(name, len(content)) as write:
            write(content)

    @contextmanager
    def entry(self, name: str, size: int = 0, *, compress: bool = True) -> Iterator[Write]:
        """An entry to be written in pieces; `size` is about how large it gets, in bytes."""
        digest, length = hashlib.sha256(), 0
        file = self._zip.open(_info(name, compress=compress), "w", force_zip64=size > LARGE)

        def write(piece: bytes) -> None:
            nonlocal length
            file.write(piece)
            digest.update(piece)
            length += len(piece)

        with file:
            yield write
        if name != MANIFEST:
            self.files.append(Entry(name, length, digest.hexdigest()))

    def finish(self, manifest: Manifest) -> None:
        """Write the manifest, which comes last."""
        self.add(MANIFEST, msgspec.json.format(msgspec.json.encode(manifest), indent=1))

    def take(self) -> bytes:
        """What was made since the last time."""
        return self._made.take()


class _Pipe(io.RawIOBase):
    """Where a zip file is written to that cannot go back."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, piece: bytes) -> int:  # type: ignore[override]
        self._pieces.append(bytes(piece))
        return len(piece)

    def take(self) -> bytes:
        made = b"".join(self._pieces)
        self._pieces.clear()
        return made


def _info(name: str, *, compress: bool) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, EPOCH)
    info.create_system = UNIX
    info.external_attr = READABLE
    info.compress_type = zipfile.ZIP_DEFLATED if compress else zipfile.ZIP_STORED
    return info
