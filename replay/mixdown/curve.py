"""How loud a part is at each of its frames: gains, ramps and fades as straight lines, and the law of pan.

Rule 1: a line begins and ends on a frame, and each frame's value is found from its number alone, so that any
        stretch of a mix is the same wherever it was begun.
Rule 2: only sums, products and roots: a sine from the system's library differs in its last bit between machines.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import isfinite, pi, sqrt
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]


class Line(NamedTuple):
    """From `frame` on: `value`, changing by `slope` a frame."""

    frame: int
    value: float
    slope: float = 0.0

    def at(self, frame: int) -> float:
        """The value at a later frame."""
        return self.value + self.slope * (frame - self.frame)


Curve = tuple[Line, ...]
"""Lines in order; each counts until the next one begins."""


class Move(NamedTuple):
    """A change of a value: from `frame` on to `value`, reached `ramp` frames later."""

    frame: int
    value: float
    ramp: int


def curve(first: int, value: float, moves: Iterable[Move]) -> Curve:
    """A value from frame `first` on, and the moves it makes; one that begins amid another goes on from there."""
    lines = [Line(first, finite(value))]
    for move in moves:
        start = max(move.frame, first)
        while len(lines) > 1 and lines[-1].frame > start:
            lines.pop()
        before, target = lines[-1].at(start), finite(move.value)
        if move.ramp > 0:
            lines.append(Line(start, before, (target - before) / move.ramp))
        lines.append(Line(start + max(move.ramp, 0), target))
    return tuple(lines)


def fade_in(first: int, frames: int) -> Curve:
    """From nothing at frame `first` to all, `frames` later."""
    return curve(first, 0.0, [Move(first, 1.0, frames)])


def fade_out(first: int, last: int, frames: int) -> Curve:
    """From all, `frames` before frame `last`, to nothing there; heard from frame `first` on."""
    slope = -1.0 / frames
    begin = last - frames
    if begin <= first:
        return (Line(first, (last - first) / frames, slope),)
    return (Line(first, 1.0), Line(begin, 1.0, slope))


def finite(value: float) -> float:
    """A value, or 0 for what is no number: nothing is heard of it, and nothing else is spoilt."""
    return value if isfinite(value) else 0.0


# The sine's series up to its fifteenth power: within 1e-11 for angles up to a right one.
_SERIES = (1.0, -1 / 6, 1 / 120, -1 / 5040, 1 / 362880, -1 / 39916800, 1 / 6227020800, -1 / 1307674368000)


T = TypeVar("T", float, Values)


def _sine(angle: T) -> T:
    square = angle * angle
    total = angle * 0 + _SERIES[-1]
    for factor in reversed(_SERIES[:-1]):
        total = total * square + factor
    return total * angle


def most_pan_gain(pan: float) -> float:
    """The greater of the two gains of a pan."""
    return sqrt(2) * _sine((1 + min(abs(pan), 1.0)) * (pi / 4)) if pan else 1.0


def pan_gains(pan: float) -> tuple[float, float]:
    """What left and right are multiplied by, for a pan from -1 to 1: equal power, and 1 in the middle.

    left = sqrt(2) cos(t), right = sqrt(2) sin(t), t = (pan + 1) pi / 4: left² + right² is always 2. So a recording
    in the middle is unchanged, and at a side 3 dB louder there and silent on the other.
    """
    if not pan:
        return 1.0, 1.0
    pan = min(max(pan, -1.0), 1.0)
    return sqrt(2) * _sine((1 - pan) * (pi / 4)), sqrt(2) * _sine((1 + pan) * (pi / 4))


def pans_gains(pans: Values) -> tuple[Values, Values]:
    """The same of many pans, to the last bit."""
    pans = np.clip(pans, -1.0, 1.0)
    middle = pans == 0
    left = np.where(middle, 1.0, sqrt(2) * _sine((1 - pans) * (pi / 4)))
    right = np.where(middle, 1.0, sqrt(2) * _sine((1 + pans) * (pi / 4)))
    return left, right
