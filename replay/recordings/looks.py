"""What was found in files before: a look at a file is kept until the file changes.

Rule 1: a file is known by its path, size and time of change, all of which its stamp is made of.
Rule 2: what is kept on the disk only saves time: it may be deleted, and what cannot be read is looked for anew.
        A fault is not kept there, since another FFmpeg may know better.
Rule 3: one look at a file at a time: those who ask meanwhile wait for it.
"""

from __future__ import annotations

import hashlib
import os
from collections import OrderedDict
from contextlib import suppress
from pathlib import Path
from threading import Lock

import msgspec

from replay.ids import derived_id
from replay.recordings import probe as probing
from replay.recordings.known import Probe
from replay.recordings.opening import Unplayable

VERSION = 4
"""Raised when the same file would be told otherwise."""
IN_MEMORY = 10_000
STRIPES = 64


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """What a file held when its stamp was this. `sha256` is None until somebody asked for it."""

    stamp: str
    version: int = VERSION
    probe: Probe | None = None
    fault: str | None = None
    sha256: str | None = None


class Looks:
    """Looks at files, each as long as its stamp stays the same. May be asked from many threads.

    `keep` is the folder that they are kept in beyond the process; None keeps them in memory alone.
    """

    def __init__(self, keep: Path | None) -> None:
        self._keep = keep
        self._known: OrderedDict[Path, Look] = OrderedDict()
        self._lock = Lock()
        self._stripes = [Lock() for _ in range(STRIPES)]

    def at(self, path: Path, stamp: str, *, sha256: bool) -> Look:
        """What a file with this stamp holds, with its SHA-256 if that is asked for. Raises OSError."""
        with self._stripes[hash(path) % STRIPES]:
            known = self._recall(path, stamp)
            look = known or _look(path, stamp)
            if sha256 and look.sha256 is None:
                look = msgspec.structs.replace(look, sha256=digest(path))
            if look != known:
                self._remember(path, look)
            return look

    def recall(self, path: Path, stamp: str) -> Look | None:
        """What is known already of a file with this stamp, without looking at it."""
        with self._lock:
            known = self._known.get(path)
        return known if known is not None and known.stamp == stamp else None

    def learn(self, path: Path, look: Look) -> None:
        """Note what somebody else found."""
        with self._stripes[hash(path) % STRIPES]:
            self._remember(path, look)

    def forget(self, path: Path) -> None:
        """Forget a file that is gone."""
        with self._lock:
            self._known.pop(path, None)
        if self._keep is not None:
            self._file(path, self._keep).unlink(missing_ok=True)

    def _recall(self, path: Path, stamp: str) -> Look | None:
        known = self.recall(path, stamp)
        if known is not None or self._keep is None:
            return known
        try:
            kept = msgspec.json.decode(self._file(path, self._keep).read_bytes(), type=Look)
        except (OSError, msgspec.DecodeError, UnicodeDecodeError):
            return None
        return kept if (kept.stamp, kept.version) == (stamp, VERSION) else None

    def _remember(self, path: Path, look: Look) -> None:
        with self._lock:
            self._known[path] = look
            self._known.move_to_end(path)
            if len(self._known) > IN_MEMORY:
                self._known.popitem(last=False)
        if self._keep is not None and look.fault is None:
            with suppress(OSError):  # a full disk costs time later, and nothing else
                self._write(self._file(path, self._keep), look)

    @staticmethod
    def _file(path: Path, keep: Path) -> Path:
        return keep / f"{derived_id(str(path))}.json"

    @staticmethod
    def _write(file: Path, look: Look) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        draft = file.with_suffix(".new")
        draft.write_bytes(msgspec.json.encode(look))
        draft.replace(file)


def stamp_of(name: str, found: os.stat_result) -> str:
    """The stamp of a file that is called so below its root."""
    return derived_id(name, str(found.st_size), str(found.st_mtime_ns))


def digest(path: Path) -> str:
    """The SHA-256 of a file, in hex. Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _look(path: Path, stamp: str) -> Look:
    try:
        return Look(stamp=stamp, probe=probing.probe(path))
    except Unplayable as error:
        return Look(stamp=stamp, fault=error.message)
