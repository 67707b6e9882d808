"""Timelines and recordings made for a test, and the sound that comes of them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from replay.clock import to_nanoseconds
from replay.events import AssetDescribed
from replay.mixdown import Mixer, Score, Spool, SpooledTapes, write_score
from replay.recordings import MISSING, Known
from replay.timeline.evidence import Description
from replay.timeline.model import Change, Clip, Timeline, Totals
from tests.replay.sounds import Signal, write_pcm

ZERO = 1_778_770_620_000_000_000
RATE = 44100
Sound = NDArray[np.float64]
"""A mix: full scale 1, shape (frames, channels)."""


def at(seconds: float) -> int:
    """A moment of the session, in nanoseconds since the epoch."""
    return ZERO + to_nanoseconds(seconds)


def clip(asset: str | None, start: float, stop: float, **more: Any) -> Clip:
    """A clip between two moments, in seconds; `media_in`, `fade_in` and `fade_out` in seconds too."""
    for name in {"media_in", "fade_in", "fade_out"} & more.keys():
        more[name] = to_nanoseconds(more[name])
    listen = more.pop("listen", f"{asset}-{start}")
    return Clip(listen=listen, asset=asset, start=at(start), stop=at(stop), end="observed", **more)


def change(moment: float, kind: Any, value: float, ramp: float = 0.0) -> Change:
    """A move of a gain or of the pan."""
    return Change(at(moment), kind, value, to_nanoseconds(ramp), 1)


def timeline(*clips: Clip, stop: float | None = None, described: Iterable[AssetDescribed] = ()) -> Timeline:
    """A session of these clips, which ends with the last one or later."""
    last = max([ZERO, *(each.stop for each in clips), *([] if stop is None else [at(stop)])])
    return Timeline(
        log="default",
        session="walk",
        zero=ZERO,
        start=min([ZERO, *(each.start for each in clips)]),
        stop=last,
        position=1,
        started=True,
        ended=True,
        clips=tuple(sorted(clips, key=lambda each: each.start)),
        listens=(),
        pauses=(),
        stalls=(),
        silences=(),
        unknown=(),
        marks=(),
        holes=(),
        orphans=(),
        erased=(),
        descriptions={each.asset: Description(1, each) for each in described},
        totals=Totals(duration=0, heard=0, overlapping=0, silent=0, paused=0, stalled=0, unknown=0),
    )


class Studio:
    """Recordings and a spool in a folder."""

    def __init__(self, folder: Path, budget: int = 2**30) -> None:
        self.folder = folder
        self.spool = Spool(folder / "spool", budget)
        self.recordings: dict[str, Known] = {}
        self.faults: dict[str, str] = {}

    def record(self, asset: str, signal: Signal, rate: int = RATE) -> None:
        """Have a recording, as a WAV file of 16 bits."""
        self.keep(asset, write_pcm(self.folder / f"{asset}.wav", signal, rate=rate))

    def keep(self, asset: str, path: Path, fault: str | None = None) -> None:
        """Have a file as a recording."""
        self.recordings[asset] = Known(path, f"{path.name} {path.stat().st_mtime_ns}", None, fault)

    def lose(self, asset: str) -> None:
        """Have no file for an asset."""
        self.recordings[asset] = Known(None, MISSING, None, "there is no such file")

    def pcm(
        self, score: Score, first: int = 0, last: int | None = None, channels: int = 2
    ) -> NDArray[np.int16]:
        """A range of a mix, as samples of 16 bits."""
        with SpooledTapes(self.spool, self.recordings, score.rate) as tapes:
            blocks = list(Mixer(score, tapes, channels).blocks(first, score.frames if last is None else last))
            self.faults = tapes.faults
        return np.concatenate([np.zeros((0, channels), np.int16), *blocks])

    def mix(self, session: Timeline, rate: int = RATE, channels: int = 2) -> Sound:
        """All of a session's sound, its samples without the gain that kept them in range."""
        score = write_score(session, rate)
        return self.pcm(score, channels=channels) / 32768 / score.gain
