"""What a score is made of."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from fractions import Fraction

import msgspec

from replay.mixdown.curve import Line


class Run(msgspec.Struct, frozen=True, gc=False):
    """A stretch of a part in which nothing about its level bends: frames `first` to before `last`.

    The level is `scale` times the value of every one of `ramps`, at `pan`.
    """

    first: int
    last: int
    scale: float
    ramps: tuple[Line, ...]
    pan: Line

    @property
    def steady(self) -> bool:
        """Whether its level does not change."""
        return not self.ramps and not self.pan.slope


class Part(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """A clip in frames: heard from frame `first` to before `last`, from frame `media` of its recording on.

    `ratio` is how many frames of the recording pass with each. `loop` is what repeats, in frames of the recording:
    from, and to before (None: its end).
    """

    first: int
    last: int
    asset: str
    lane: str
    media: int
    ratio: Fraction
    loop: tuple[int, int | None] | None
    runs: tuple[Run, ...]

    def runs_within(self, first: int, last: int) -> Iterator[Run]:
        """The runs that reach into frames `first` to before `last`."""
        for index in range(bisect_right(self.runs, first, key=lambda run: run.last), len(self.runs)):
            if self.runs[index].first >= last:
                return
            yield self.runs[index]
