"""Recordings decoded and resampled once, kept on disk: the spool.

Rule 1: a file is there whole or not at all: written beside, then renamed. Several processes may use one folder; at
        worst two decode the same recording, and come to the same file.
Rule 2: nobody waits for the disk. So what was written before the machine last started is not trusted: each start
        has a folder of its own. Where the system tells no start, files are synced.
Rule 3: all files together stay within the budget: those unused for longest go first. A recording that alone would
        pass it is refused. A file that goes while it is being read stays readable to who has it open.
Rule 4: what nobody waits for any more is not decoded on.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
import struct
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from itertools import chain
from pathlib import Path

from replay.clock import NANOSECONDS
from replay.errors import Unavailable
from replay.mixdown.tape import HEADER, Tape
from replay.recordings import Known, Unplayable
from replay.recordings.evicting import files, trim, used
from replay.recordings.libraries import LIBRARIES
from replay.recordings.pcm import Pcm, decode_pcm

VERSION = 5
"""Raised when the same recording would be decoded to other samples."""
ENDING = ".pcm"
DECODERS = 2
"""Recordings that are decoded at the same time."""
CHECKED_EVERY = 2**25
"""Bytes after which what is being written is held against the budget."""
ABANDONED = 3600
"""Seconds after which a file that was never finished is taken for a crashed process's."""

_HEADER = struct.Struct("<8sIIQ")
_MAGIC = b"PHSPOOL1"
_BOOT = Path("/proc/sys/kernel/random/boot_id")


class Abandoned(Exception):
    """Nobody waited for a recording any more, so it was not decoded to its end."""


class Loading:
    """A recording on its way into the spool, for one rate. It is decoded as long as somebody waits for it."""

    def __init__(self) -> None:
        self.waiting = 0
        self.future: Future[Path] = Future()

    @property
    def wanted(self) -> bool:
        """Whether anybody still waits."""
        return self.waiting > 0


class Spool:
    """Decoded recordings in a folder, at most `budget` bytes of them. Any thread may call any method."""

    def __init__(self, folder: Path, budget: int) -> None:
        boot = _boot()
        self._folder = folder / (boot or "synced")
        self._synced = boot is None
        self._budget = budget
        self._decoders = ThreadPoolExecutor(DECODERS, thread_name_prefix="decode")
        self._lock = threading.Lock()
        self._loads: dict[str, Loading] = {}
        self._tidy(folder)

    def find(self, recording: Known, rate: int) -> Tape | None:
        """A recording that is there. None when it is not."""
        path = self._path(recording.key, rate)
        try:
            found = _open(path)
        except (FileNotFoundError, NotADirectoryError):
            return None
        used(path)
        return found

    def load(self, recording: Known, rate: int) -> Loading:
        """Begin to decode a recording, or join who does. `release` it when it is no longer waited for.

        Its future comes to the file's path. It fails with `Unplayable` for a recording that cannot be had, OSError
        where it cannot be read, `Unavailable` where the spool cannot be written, and `Abandoned` when for a moment
        nobody waited.
        """
        name = self._path(recording.key, rate).name
        with self._lock:
            begun = self._loads.get(name)
            loading = begun or Loading()
            loading.waiting += 1
            if begun is None:  # counted first: the thread may look before this one goes on
                self._loads[name] = loading
                self._decoders.submit(self._run, loading, name, recording, rate)
        return loading

    def release(self, loading: Loading) -> None:
        """Wait for it no longer."""
        with self._lock:
            loading.waiting -= 1

    def forget(self, key: str) -> None:
        """Remove what was decoded of a recording that is removed itself, and decode no more of it."""
        begins = f"{_digest(key)}-"
        with self._lock:
            for name, loading in self._loads.items():
                if name.startswith(begins):
                    loading.waiting = 0
        for path in self._folder.glob(f"{begins}*{ENDING}"):
            path.unlink(missing_ok=True)

    def close(self) -> None:
        """Give up what is being decoded, and let the threads go."""
        with self._lock:
            for loading in self._loads.values():
                loading.waiting = 0
        self._decoders.shutdown(cancel_futures=True)

    def _run(self, loading: Loading, name: str, recording: Known, rate: int) -> None:
        try:
            loading.future.set_result(self._decode(loading, name, recording, rate))
        except BaseException as error:  # noqa: BLE001 - who waits for it is told, whatever it is
            loading.future.set_exception(error)
        finally:
            with self._lock:
                self._loads.pop(name, None)

    def _decode(self, loading: Loading, name: str, recording: Known, rate: int) -> Path:
        target = self._folder / name
        if target.exists():
            return target
        if recording.path is None or recording.fault is not None:
            raise Unplayable(recording.fault or "it is not there")
        self._check_length((recording.duration or 0) * rate // NANOSECONDS * 2)
        beside = self._folder / f".{name}.{secrets.token_hex(8)}"
        blocks = decode_pcm(recording.path, rate)
        first = next(blocks)
        try:
            self._write(beside, first, blocks, rate, loading)
            beside.replace(target)
        except OSError as error:
            raise Unavailable(
                f"the spool of decoded recordings cannot be written: {error.strerror}"
            ) from error
        finally:
            with suppress(OSError):
                beside.unlink()
        return target

    def _write(self, path: Path, first: Pcm, rest: Iterator[Pcm], rate: int, loading: Loading) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        unchecked = written = 0
        with path.open("wb") as file:
            file.write(bytes(HEADER))
            for block in chain((first,), rest):
                if not loading.wanted:
                    raise Abandoned
                written += file.write(block.astype("<i2", copy=False).data)
                if written - unchecked >= CHECKED_EVERY:
                    unchecked = written
                    self._check_length(written)
                    self._make_room()
            self._check_length(written)
            file.seek(0)
            channels = first.shape[1]
            file.write(_HEADER.pack(_MAGIC, rate, channels, written // (2 * channels)))
            file.flush()
            if self._synced:
                os.fsync(file.fileno())
        self._make_room()

    def _check_length(self, size: int) -> None:
        if size > self._budget:
            raise Unplayable(f"decoded it is larger than the spool may be ({self._budget // 2**20} MiB)")

    def _make_room(self) -> None:
        """Remove the files that were not used for longest, until all are within the budget."""
        with self._lock:
            trim(self._folder, self._budget)

    def _path(self, key: str, rate: int) -> Path:
        return self._folder / f"{_digest(key)}-{rate}{ENDING}"

    def _tidy(self, folder: Path) -> None:
        """Remove the folders of earlier starts, and what crashed processes left."""
        with suppress(OSError):
            for other in folder.iterdir():
                if other != self._folder:
                    shutil.rmtree(other, ignore_errors=True)
        with suppress(OSError):
            for when, _, path in files(self._folder):
                if path.name.startswith(".") and when < (time.time() - ABANDONED) * 1e9:
                    path.unlink(missing_ok=True)


def _digest(key: str) -> str:
    return hashlib.sha256(f"{VERSION} {LIBRARIES} {key}".encode()).hexdigest()[:40]


def _boot() -> str | None:
    """What names the time since the machine last started; None where the system does not tell."""
    try:
        return _BOOT.read_text(encoding="ascii").strip() or None
    except (OSError, ValueError):
        return None


def _open(path: Path) -> Tape:
    """A file of the spool. One that is not as it was written is as good as none: FileNotFoundError."""
    with path.open("rb") as file:
        header = file.read(_HEADER.size)
        size = os.fstat(file.fileno()).st_size
    if len(header) == _HEADER.size:
        magic, _, channels, frames = _HEADER.unpack(header)
        if magic == _MAGIC and size == HEADER + 2 * channels * frames:
            return Tape(path, frames, channels)
    path.unlink(missing_ok=True)
    raise FileNotFoundError(path)
