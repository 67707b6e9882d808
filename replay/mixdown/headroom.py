"""How high the sum of all parts can get, when every recording is at full scale. Pure.

Rule 1: it is a bound: no mix passes it, whatever is in the recordings. Where at most one thing about a part changes
        at a time (a fade, a ramp), it is the least bound: a crossfade of two straight lines counts once.
Rule 2: sums are of integers, so that they come to the same in any order, and leave nothing behind.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from itertools import accumulate

from replay.mixdown.curve import most_pan_gain
from replay.mixdown.part import Part, Run

UNIT = 2**64
"""A level of 1, as an integer: fine enough for slopes that last for days."""


def headroom(parts: Iterable[Part]) -> float:
    """The highest that the levels of parts come to together: 1 is full scale."""
    levels: dict[int, int] = defaultdict(int)
    slopes: dict[int, int] = defaultdict(int)
    for part in parts:
        for run in part.runs:
            value, slope = _bound(run)
            levels[run.first] += value
            slopes[run.first] += slope
            levels[run.last] -= value + slope * (run.last - run.first)
            slopes[run.last] -= slope
    return _highest(levels, slopes) / UNIT


def _highest(levels: dict[int, int], slopes: dict[int, int]) -> int:
    """The greatest sum, just before or just after one of the frames where it changes."""
    frames = sorted(levels)
    rising = list(accumulate(slopes[frame] for frame in frames))
    highest = level = 0
    for index, frame in enumerate(frames):
        if index:
            level += rising[index - 1] * (frame - frames[index - 1])
        highest = max(highest, level, level + levels[frame])
        level += levels[frame]
    return highest


def _bound(run: Run) -> tuple[int, int]:
    """The level of a run at its first frame, and how it changes a frame."""
    length = run.last - run.first
    scale = abs(run.scale) * max(most_pan_gain(run.pan.value), most_pan_gain(run.pan.at(run.last)))
    if run.pan.slope or len(run.ramps) != 1:
        for ramp in run.ramps:
            scale *= max(abs(ramp.value), abs(ramp.at(run.last)))
        return round(scale * UNIT), 0
    ramp = run.ramps[0]
    value = round(scale * ramp.value * UNIT)
    return value, (round(scale * ramp.at(run.last) * UNIT) - value) // length
