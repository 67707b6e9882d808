"""The catalogue with recordings that cost nothing to make: as long as the real ones, and nearly silent."""

from __future__ import annotations

import msgspec
import numpy as np

from server.demo.catalogue import RECORDINGS, Recording
from server.demo.sound.synth import Signal

SHORTER = 100
"""The quiet recordings have a hundredth of the frames."""


class CutOff(Exception):
    """What ends a run half-way."""


class Studio:
    """Counts what is made; fails at the recording called `breaks_at`."""

    def __init__(self, breaks_at: str | None = None) -> None:
        self.breaks_at = breaks_at
        self.made: list[str] = []
        self.recordings = tuple(self._quiet(number, real) for number, real in enumerate(RECORDINGS, 1))

    def _quiet(self, number: int, real: Recording) -> Recording:
        def make(seconds: float, rate: int) -> Signal:
            if real.asset == self.breaks_at:
                raise CutOff(real.asset)
            self.made.append(real.asset)
            return np.full(round(seconds * rate) // SHORTER, number / 1000)

        return msgspec.structs.replace(real, make=make)
