"""A score and its recordings, mixed to blocks of 16 bits.

Rule 1: every frame is found from its number alone: any range of a mix is that slice of the whole, to the last bit.
Rule 2: memory is that of one block, whatever the length of the session or of its recordings.
Rule 3: a part at its own speed is copied, not filtered: alone, at a gain of 1, it comes out as it went in.
Rule 4: room to reckon in is taken once for a mix: to have the system give and take it for each part takes longer
        than the sums.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from replay.mixdown.curve import pan_gains, pans_gains
from replay.mixdown.part import Part, Run
from replay.mixdown.score import Score
from replay.mixdown.tape import Loop, Tape
from replay.mixdown.varispeed import varispeed
from replay.recordings.pcm import Pcm

BLOCK = 65_536
"""Frames that are mixed at once."""

Bus = NDArray[np.float32]
"""The mix of a block, in units of 16 bits, shape (frames, 2)."""
Gain = np.float32 | NDArray[np.float32]
Heard = NDArray[np.int16] | NDArray[np.float32]
"""What a part plays, shape (frames, channels of its recording)."""


class Tapes(Protocol):
    """Where recordings come from."""

    def soon(self, asset: str) -> None:
        """Begin to make a recording ready; called ahead of `tape`."""
        ...

    def tape(self, asset: str) -> Tape | None:
        """A recording, waiting until it is ready; None when it cannot be had, which is silence."""
        ...


class Mixer:
    """Mixes a score, stereo or mono (half of each side)."""

    AHEAD = 4
    """Parts whose recordings are made ready while others sound."""

    def __init__(self, score: Score, tapes: Tapes, channels: int = 2) -> None:
        self._score = score
        self._tapes = tapes
        self._channels = channels
        self._bus: Bus = np.empty((BLOCK, 2), np.float32)
        self._scaled: Bus = np.empty((BLOCK, 2), np.float32)

    def blocks(self, first: int, last: int) -> Iterator[Pcm]:
        """Frames `first` to before `last`, in blocks of at most BLOCK frames, shape (frames, channels)."""
        coming = [part for part in self._score.parts if part.last > first and part.first < last]
        sounding: list[Part] = []
        position = 0
        for begin in range(first, last, BLOCK):
            end = min(begin + BLOCK, last)
            while position < len(coming) and coming[position].first < end:
                sounding.append(coming[position])
                position += 1
            for part in (*sounding, *coming[position : position + self.AHEAD]):
                self._tapes.soon(part.asset)
            yield self._mix(sounding, begin, end)
            sounding = [part for part in sounding if part.last > end]

    def _mix(self, parts: list[Part], begin: int, end: int) -> Pcm:
        bus = self._bus[: end - begin]
        bus.fill(0)
        for part in parts:
            tape = self._tapes.tape(part.asset)
            if tape is not None and tape.frames:
                self._add(bus, part, tape, begin, end)
        return _sampled(bus, self._channels)

    def _add(self, bus: Bus, part: Part, tape: Tape, begin: int, end: int) -> None:
        for run in part.runs_within(begin, end):
            first, last = max(run.first, begin), min(run.last, end)
            if run.scale:
                samples = _heard(part, tape, first - part.first, last - first)
                left, right = _gains(run, first, last, self._score.gain)
                self._lay(bus[first - begin : last - begin], samples, left, right)

    def _lay(self, bus: Bus, samples: Heard, left: Gain, right: Gain) -> None:
        """Add samples to the mix. The ways differ in speed alone: each sample is multiplied and added once."""
        scaled = self._scaled[: len(bus)]
        if samples.shape[1] == 2 and isinstance(left, np.float32) and left == right:
            np.multiply(samples, left, out=scaled)
        else:
            np.multiply(samples[:, 0], left, out=scaled[:, 0])
            np.multiply(samples[:, -1], right, out=scaled[:, 1])
        bus += scaled


def _heard(part: Part, tape: Tape, first: int, count: int) -> Heard:
    """What a part plays of its recording, from its own frame `first` on."""
    loop = _loop(part, tape)
    if part.ratio == 1:
        return tape.read(part.media + first, count, loop)
    return varispeed(
        lambda start, frames: tape.read(start, frames, loop), part.media, part.ratio, first, count
    )


def _loop(part: Part, tape: Tape) -> Loop | None:
    """What repeats of a recording, as far as it is there."""
    if part.loop is None:
        return None
    first, last = part.loop
    end = tape.frames if last is None else min(last, tape.frames)
    return Loop(first, end) if first < end else None


def _gains(run: Run, first: int, last: int, gain: float) -> tuple[Gain, Gain]:
    """What left and right are multiplied by: numbers where nothing changes, else one for each frame."""
    if run.steady:
        level = run.scale * gain
        left, right = pan_gains(run.pan.value)
        return np.float32(level * left), np.float32(level * right)
    frames = np.arange(first, last, dtype=np.float64)
    levels = np.full_like(frames, run.scale * gain)
    for ramp in run.ramps:
        levels *= ramp.value + ramp.slope * (frames - ramp.frame)
    lefts, rights = pans_gains(run.pan.value + run.pan.slope * (frames - run.pan.frame))
    return (levels * lefts).astype(np.float32), (levels * rights).astype(np.float32)


def _sampled(bus: Bus, channels: int) -> Pcm:
    """The mix as samples of 16 bits."""
    mixed = bus if channels == 2 else (bus[:, :1] + bus[:, 1:]) * np.float32(0.5)
    np.rint(mixed, out=mixed)
    np.clip(mixed, -32768, 32767, out=mixed)
    return mixed.astype(np.int16)
