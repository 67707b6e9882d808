"""A recording's peaks: the least and the greatest sample of each so many frames, at several zooms.

Rule 1: a peak spans all channels, so that what sounds on one is never drawn as silence.
Rule 2: the finest zoom is decoded, each coarser one is made of it: they never contradict each other.
Rule 3: no zoom has more than `MOST` peaks: a recording of days has fewer zooms than one of minutes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from replay.clock import NANOSECONDS
from replay.recordings.known import Probe
from replay.recordings.waveform import Waveform

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Peaks = NDArray[np.int16]

STEP = 4
"""Each zoom has so many times the frames a peak of the one before it."""
ZOOMS = tuple(256 * STEP**zoom for zoom in range(7))
"""Frames a peak of each zoom, the finest first."""
MOST = 2**20
FULL_SCALE = 32_767


class GivenUp(Exception):
    """Nobody wants the peaks any more."""


def zooms_of(probe: Probe) -> tuple[int, ...]:
    """The zooms that a recording has, in frames a peak, the finest first."""
    frames = probe.duration * probe.rate // NANOSECONDS
    return tuple(zoom for zoom in ZOOMS if frames <= zoom * MOST) or ZOOMS[-1:]


def measure(path: Path, probe: Probe, given_up: Callable[[], bool] = lambda: False) -> Iterator[Waveform]:
    """The peaks of a recording at each of its zooms, the finest first. Blocks: it decodes all of it.

    Raises `Unplayable`, OSError, and `GivenUp` soon after `given_up` says so.
    """
    zooms = zooms_of(probe)
    peaks = _finest(path, probe.rate, zooms[0], given_up)
    for zoom in zooms:
        yield Waveform(probe.rate, zoom, peaks.astype("<i2", copy=False).tobytes())
        peaks = _coarser(peaks)


def _finest(path: Path, rate: int, frames: int, given_up: Callable[[], bool]) -> Peaks:
    import numpy as np

    from replay.recordings.decode import decode

    found: list[Peaks] = []
    rest = np.empty((0, 1), np.float32)
    for block in decode(path, rate):
        if given_up():
            raise GivenUp
        if rest.shape[1] != block.shape[1]:
            rest = np.repeat(rest, block.shape[1], axis=1)
        rest = np.concatenate((rest, block))
        whole = len(rest) // frames * frames
        if whole:
            found.append(_extremes(rest[:whole].reshape(whole // frames, -1)))
            rest = rest[whole:]
    if len(rest):
        found.append(_extremes(rest.reshape(1, -1)))
    return np.concatenate(found) if found else np.empty((0, 2), np.int16)


def _extremes(rows: NDArray[np.float32]) -> Peaks:
    """The least and the greatest value of each row, in 16 bits."""
    import numpy as np

    both = np.stack((rows.min(axis=1), rows.max(axis=1)), axis=1)
    peaks: Peaks = np.round(np.clip(both, -1, 1) * FULL_SCALE).astype(np.int16)
    return peaks


def _coarser(peaks: Peaks) -> Peaks:
    """The peaks of the next zoom."""
    import numpy as np

    starts = np.arange(0, len(peaks), STEP)
    if not len(starts):
        return peaks
    lows, highs = np.minimum.reduceat(peaks[:, 0], starts), np.maximum.reduceat(peaks[:, 1], starts)
    return np.stack((lows, highs), axis=1)
