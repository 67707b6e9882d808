"""A recording at another speed, its pitch following: a windowed sinc at absolute places of the recording.

Rule 1: frame n of a part is what lies at media + n * ratio of the recording, in whole numbers and a remainder.
        Nothing is carried from one frame to the next, so that any stretch can be made alone.
Rule 2: samples and weights are whole numbers, and so are their sums, below 2^53: exact in floats of 64 bits, in
        whatever order a machine adds them up. So the two ways here come to the same, and differ in speed alone.
Rule 3: played faster, what would fold back is filtered away first. Above eight times the filter grows no longer,
        only softer.

The kernel is a sinc in a Kaiser window (beta 8: some 80 dB), 64 frames wide for speeds up to 1.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache
from math import ceil, log2

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from replay.recordings.pcm import Pcm

Read = Callable[[int, int], Pcm]
"""(first frame, how many) -> samples of the recording."""
Exact = NDArray[np.float64]
"""Whole numbers, in floats that hold them exactly."""

FINEST = 1_000_000
"""The greatest denominator of a speed: six decimals are exact, and a day of others is off by a tenth of a frame."""
PHASES, BLENDS = 2**9, 2**8
"""Places between two frames that the kernel is known at, and steps between two of these."""
WEIGHT = 2**22
"""A weight of 1 at a phase."""
TAPS, MOST_TAPS = 64, 512
BETA = 8.0
PASS = 0.94
"""How much of the spectrum passes."""
AT_ONCE = 2**18
"""Products that are made at once: few enough for BLAS to keep to one thread, and for memory that is at hand."""
SIDE_BY_SIDE = 32
"""Frames that are made of one stretch of the recording, at least, where phases come round."""


def varispeed(read: Read, media: int, ratio: Fraction, first: int, count: int) -> NDArray[np.float32]:
    """Frames `first` to before `first + count` of a part that begins at frame `media` of its recording."""
    ratio = ratio.limit_denominator(FINEST)
    taps = _kernel(_rung(ratio)).shape[1]
    period = ratio.denominator * ceil(SIDE_BY_SIDE / ratio.denominator)
    if _span(ratio, period, taps) <= 4 * taps:
        heard = _in_periods(read, media, ratio, period, first, count)
    else:
        most = AT_ONCE // (2 * taps)
        heard = np.concatenate(
            [
                _one_by_one(read, media, ratio, number, min(most, first + count - number))
                for number in range(first, first + count, most)
            ]
        )
    sampled: NDArray[np.float32] = (heard / (WEIGHT * BLENDS)).astype(np.float32)
    return sampled


def _one_by_one(read: Read, media: int, ratio: Fraction, first: int, count: int) -> Exact:
    """Each frame by weights of its own."""
    table = _kernel(_rung(ratio))
    taps = table.shape[1]
    whole, rest = divmod(first * ratio.numerator, ratio.denominator)
    places = rest + np.arange(count, dtype=np.int64) * ratio.numerator
    numbers = places // ratio.denominator
    samples = read(media + whole - taps // 2 + 1, int(numbers[-1]) + taps)
    sides = np.ascontiguousarray(samples.T, np.float64)
    windows = sliding_window_view(sides, taps, axis=1)[:, numbers]
    phase, blend = _phases(places, ratio)
    before, after = (np.einsum("cnt,nt->nc", windows, table[each]) for each in (phase, phase + 1))
    heard: Exact = before * (BLENDS - blend) + after * blend
    return heard


def _in_periods(read: Read, media: int, ratio: Fraction, period: int, first: int, count: int) -> Exact:
    """Frames in rows, from one at which the phases begin anew to the next: a row is a product of matrices."""
    matrix = _matrix(ratio, period)
    span, hop = matrix.shape[0], ratio.numerator * period // ratio.denominator
    begin, end = first // period, -(-(first + count) // period)
    start = media + begin * hop - _kernel(_rung(ratio)).shape[1] // 2 + 1
    samples = read(start, (end - begin - 1) * hop + span)
    heard = np.empty(((end - begin) * period, samples.shape[1]))
    few = max(AT_ONCE // (span * period), 1)
    for side in range(samples.shape[1]):
        rows = sliding_window_view(samples[:, side], span)[::hop]
        made = heard[:, side].reshape(-1, period)
        for row in range(0, len(rows), few):
            made[row : row + few] = rows[row : row + few].astype(np.float64) @ matrix
    skip = first - begin * period
    return heard[skip : skip + count]


def _span(ratio: Fraction, period: int, taps: int) -> int:
    """Frames of the recording that a row is made of."""
    return (period - 1) * ratio.numerator // ratio.denominator + taps


@lru_cache(maxsize=16)
def _matrix(ratio: Fraction, period: int) -> Exact:
    """What a row of samples is multiplied by: a column of weights for each of its frames, each at its place."""
    table = _kernel(_rung(ratio))
    taps = table.shape[1]
    places = np.arange(period, dtype=np.int64) * ratio.numerator
    phase, blend = _phases(places, ratio)
    weights = table[phase] * (BLENDS - blend) + table[phase + 1] * blend
    matrix = np.zeros((_span(ratio, period, taps), period))
    for column, number in enumerate(places // ratio.denominator):
        matrix[number : number + taps, column] = weights[column]
    return matrix


def _phases(places: NDArray[np.int64], ratio: Fraction) -> tuple[NDArray[np.int64], Exact]:
    """Where each place lies between two frames: the phase below it, and how far it is to the next, in blends."""
    fine = places % ratio.denominator * (PHASES * BLENDS) // ratio.denominator
    return fine // BLENDS, (fine % BLENDS).astype(np.float64)[:, None]


def _rung(ratio: Fraction) -> int:
    """Which filter a speed takes: four of them to each doubling."""
    return max(0, ceil(4 * log2(ratio)))


@lru_cache(maxsize=8)
def _kernel(rung: int) -> Exact:
    """The weights of a filter, in whole numbers: a row for each phase, from 0 to 1 inclusive."""
    speed = 2 ** (rung / 4)
    taps = min(TAPS * 2 ** ceil(log2(speed)), MOST_TAPS)
    phases = np.arange(PHASES + 1)[:, None] / PHASES
    distance = phases - (np.arange(taps) - taps // 2 + 1)
    inside = np.sqrt(np.maximum(0.0, 1 - (distance / (taps / 2)) ** 2))
    weights = np.sinc(distance * PASS / speed) * np.i0(BETA * inside)
    whole: Exact = np.rint(weights / weights.sum(axis=1, keepdims=True) * WEIGHT)
    return whole
