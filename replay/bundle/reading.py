"""Reading a bundle that anybody may have made.

Rule 1: the directory is looked at before any content: names that are ours, each once, as large as the manifest
        says, and that within bounds. A name is only ever compared; no path is made of one.
Rule 2: content is read up to its told size and not a byte further, and must have its told SHA-256.
Rule 3: records must carry their seals: bodies match commitments, commitments their chain.
"""

from __future__ import annotations

import hashlib
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from replay.bundle.manifest import (
    FORMAT,
    MANIFEST,
    RECORDINGS,
    RECORDS,
    REPLAY,
    VERSION,
    Entry,
    Manifest,
    Recording,
    from_line,
)
from replay.errors import BadBundle, Corrupt
from replay.log.chain import Sealed
from replay.log.verify import Verifier

MOST_MANIFEST = 32 * 2**20
MOST_DOCUMENT = 512 * 2**20
"""Bytes of an entry that is held in memory."""
MOST_ENTRIES = 100_000
PIECE = 1024 * 1024
OTHERS = re.compile(r"(README\.txt|findings\.json|labels\.txt|session\.(rpp|html)|peaks/[0-9a-z._-]+\.dat)")
RECORDING = re.compile(r"recordings/[0-9a-f]{64}\.[0-9a-z]{1,8}")


class Bundle:
    """An opened bundle. What it says is checked when it is asked for."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._entries = _directory(archive)
        self.manifest = self._read_manifest()
        self._files = {entry.name: entry for entry in self.manifest.files}
        self._check_names()

    def records(self) -> list[Sealed]:
        """The records, their seals checked. Raises `BadBundle`."""
        lines = self.content(RECORDS).split(b"\n")
        try:
            found = [from_line(line) for line in lines[:-1]]
            Verifier.of_excerpt(found)
        except msgspec.DecodeError as error:
            raise BadBundle(f"{RECORDS} is malformed: {error}") from None
        except Corrupt as error:
            raise BadBundle(f"{RECORDS} does not hold what was recorded: {error.message}") from None
        last = found[-1] if found else None
        told = (self.manifest.records, self.manifest.position, self.manifest.head)
        if last is None or lines[-1] or (len(found), last.position, last.chain.hex()) != told:
            raise BadBundle(f"{RECORDS} does not end as the manifest says")
        return found

    def replay(self) -> bytes:
        """The replay that was told of the records."""
        return self.content(REPLAY)

    def recordings(self) -> list[Recording]:
        """What is said of the recordings; each `file` that is named is there. Raises `BadBundle`."""
        try:
            found = msgspec.json.decode(self.content(RECORDINGS), type=dict[str, list[Recording]])
        except msgspec.DecodeError as error:
            raise BadBundle(f"{RECORDINGS} is malformed: {error}") from None
        for recording in found.get("recordings", []):
            if recording.file is not None and recording.file not in self._files:
                raise BadBundle(f"{RECORDINGS} names {recording.file[:100]!r}, which is not there")
        return found.get("recordings", [])

    def content(self, name: str) -> bytes:
        """An entry that fits into memory. Raises `BadBundle`."""
        if self._files[name].size > MOST_DOCUMENT:
            raise BadBundle(f"{name} is larger than {MOST_DOCUMENT // 2**20} MiB")
        return b"".join(self.pieces(name))

    def pieces(self, name: str) -> Iterator[bytes]:
        """An entry piece by piece; what was wrong with it is told at its end. Raises `BadBundle`."""
        entry, digest, left = self._files[name], hashlib.sha256(), self._files[name].size
        with _reading(name), self._archive.open(self._entries[name]) as file:
            while piece := file.read(min(PIECE, left + 1)):
                left -= len(piece)
                if left < 0:
                    break
                digest.update(piece)
                yield piece
        if left or digest.hexdigest() != entry.sha256:
            raise BadBundle(f"{name} is not what the manifest says")

    def _read_manifest(self) -> Manifest:
        info = self._entries.get(MANIFEST)
        if info is None:
            raise BadBundle(f"it holds no {MANIFEST}: it is no bundle, or broke off")
        if info.file_size > MOST_MANIFEST:
            raise BadBundle(f"{MANIFEST} is too large")
        with _reading(MANIFEST), self._archive.open(info) as file:
            text = file.read(MOST_MANIFEST + 1)
        try:
            told = msgspec.json.decode(text, type=dict[str, msgspec.Raw])
            if msgspec.json.decode(told.get("format", b'""')) != FORMAT:
                raise BadBundle("it is no bundle of Playhead's")
            if msgspec.json.decode(told.get("version", b"0")) != VERSION:
                raise BadBundle(
                    f"it is of another version than {VERSION}, which this version of Playhead reads"
                )
            return msgspec.json.decode(text, type=Manifest)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise BadBundle(f"{MANIFEST} is malformed: {error}") from None

    def _check_names(self) -> None:
        if len(self._files) != len(self.manifest.files):
            raise BadBundle(f"{MANIFEST} names a file twice")
        extra = self._entries.keys() - self._files.keys() - {MANIFEST}
        if extra:
            raise BadBundle(f"it holds {min(extra)[:100]!r}, which the manifest does not name")
        for name, entry in self._files.items():
            _check_entry(entry, self._entries.get(name))
        for name in (RECORDS, REPLAY, RECORDINGS):
            if name not in self._files:
                raise BadBundle(f"it holds no {name}")


@contextmanager
def open_bundle(path: Path) -> Iterator[Bundle]:
    """Open a bundle. Raises `BadBundle` for a file that is none, and OSError."""
    with path.open("rb") as file:
        try:
            archive = zipfile.ZipFile(file)
        except (zipfile.BadZipFile, NotImplementedError, ValueError, EOFError) as error:
            raise BadBundle(f"it is no zip file, or broke off: {error}") from None
        with archive:
            yield Bundle(archive)


def _directory(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    infos = archive.infolist()
    if len(infos) > MOST_ENTRIES:
        raise BadBundle(f"it holds more than {MOST_ENTRIES:,} files")
    entries: dict[str, zipfile.ZipInfo] = {}
    for info in infos:
        if info.orig_filename in entries:
            raise BadBundle(f"it holds {info.orig_filename[:100]!r} twice")
        if info.flag_bits & 0x1:
            raise BadBundle(f"{info.orig_filename[:100]!r} is encrypted")
        entries[info.orig_filename] = info
    return entries


def _check_entry(entry: Entry, info: zipfile.ZipInfo | None) -> None:
    ours = entry.name in (RECORDS, REPLAY, RECORDINGS) or OTHERS.fullmatch(entry.name)
    if not ours and not RECORDING.fullmatch(entry.name):
        raise BadBundle(f"{entry.name[:100]!r} is no name of a bundle's file")
    if info is None:
        raise BadBundle(f"{entry.name} is missing")
    if info.file_size != entry.size:
        raise BadBundle(f"{entry.name} is not as large as the manifest says")


@contextmanager
def _reading(name: str) -> Iterator[None]:
    try:
        yield
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        raise BadBundle(f"{name} cannot be read: {error}") from None
