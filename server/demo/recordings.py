"""The recordings in the data folder: made once, named by what is in them.

Rule 1: a recording comes in by the door of every upload, and lies at `media/<log>/<sha256>.wav`, whole or not at
        all.
Rule 2: `cache/demo-recordings.json` only saves time. It says which file each recording became and which code
        made it; without it, or with other code, all are made again, and become the same files.
"""

from __future__ import annotations

import asyncio
import hashlib
import io
import wave
from collections.abc import Callable, Mapping
from pathlib import Path

import msgspec
import numpy as np

from replay.recordings import Recordings
from replay.recordings.drafts import draft
from replay.recordings.keeping import examine, place
from server.demo.catalogue import RECORDINGS, Recording
from server.demo.sound.synth import Signal

Progress = Callable[[str, int, int], None]
"""Told what is under way, how much of it is done, and how much there is."""

INDEX = "demo-recordings.json"


class _Index(msgspec.Struct):
    """What is known of the files: the code that made them, and asset -> [sha256, size in bytes]."""

    code: str
    files: dict[str, tuple[str, int]]


async def ensure_recordings(data: Path, progress: Progress | None = None) -> Mapping[str, str]:
    """Make what is missing of the demo's recordings below `data`; return the SHA-256 of each asset's file."""
    index = _read_index(data)
    for number, recording in enumerate(RECORDINGS):
        if progress is not None:
            progress("recordings", number, len(RECORDINGS))
        if not _is_there(recording, data, index):
            index.files[recording.asset] = await asyncio.to_thread(_make, recording, data)
            _write_index(data, index)
    if progress is not None:
        progress("recordings", len(RECORDINGS), len(RECORDINGS))
    return {asset: sha256 for asset, (sha256, _) in index.files.items()}


def file_of(data: Path, log: str, sha256: str) -> Path:
    """Where a recording of a log lies."""
    return Recordings(data).folder(log) / f"{sha256}.wav"


def encode_wav(signal: Signal, rate: int) -> bytes:
    """A signal as a 16-bit WAV file. Samples beyond full scale raise ValueError: a recording never clips."""
    if np.max(np.abs(signal)) > 1:
        raise ValueError("the signal is louder than full scale")
    samples = np.round(signal * 32767).astype("<i2")
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1 if samples.ndim == 1 else samples.shape[1])
        out.setsampwidth(2)
        out.setframerate(rate)
        out.writeframes(samples.tobytes())
    return file.getvalue()


def _make(recording: Recording, data: Path) -> tuple[str, int]:
    content = encode_wav(recording.make(recording.seconds, recording.rate), recording.rate)
    recordings = Recordings(data)
    with draft(recordings.media) as begun:
        begun.write(content)
        examined = examine(begun)
        place(recordings, recording.log, begun, examined)
    return examined.sha256, len(content)


def _is_there(recording: Recording, data: Path, index: _Index) -> bool:
    sha256, size = index.files.get(recording.asset, ("", 0))
    try:
        return file_of(data, recording.log, sha256).stat().st_size == size
    except FileNotFoundError:
        return False


def _read_index(data: Path) -> _Index:
    code = _code()
    try:
        index = msgspec.json.decode((data / "cache" / INDEX).read_bytes(), type=_Index)
    except (FileNotFoundError, msgspec.DecodeError, UnicodeDecodeError):
        return _Index(code, {})
    known = {recording.asset for recording in RECORDINGS}
    return index if index.code == code and known.issuperset(index.files) else _Index(code, {})


def _write_index(data: Path, index: _Index) -> None:
    path = data / "cache" / INDEX
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_suffix(".new")
    beside.write_bytes(msgspec.json.encode(index))
    beside.replace(path)


def _code() -> str:
    """A digest of the code that makes the recordings, and of the library that it makes them with."""
    here = Path(__file__).parent
    digest = hashlib.sha256(np.__version__.encode())
    for source in (here / "catalogue.py", Path(__file__), *sorted((here / "sound").glob("*.py"))):
        digest.update(source.read_bytes())
    return digest.hexdigest()
