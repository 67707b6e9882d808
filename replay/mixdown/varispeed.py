"""A recording at another speed, its pitch following: a windowed sinc at absolute places of the recording.

Rule 1: frame n of a part is what lies at media + n * ratio of the recording, in integers of 2^-40 of a frame.
        Nothing is carried from one frame to the next, so that any stretch can be made alone.
Rule 2: samples and weights are integers, and so are their sums, below 2^53: exact in floats of 64 bits, in
        whatever order a machine adds them up.
Rule 3: played faster, what would fold back is filtered away first. Above eight times the filter grows no longer,
        only softer.

The kernel is the sinc of a Kaiser window (beta 8: some 80 dB), 64 frames wide for speeds up to 1.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache
from math import ceil, log2

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from replay.mixdown.tape import Pcm

Read = Callable[[int, int], Pcm]
"""(first frame, how many) -> samples of the recording."""

BITS = 40
PHASE_BITS, BLEND_BITS = 9, 8
WEIGHT = 2**22
"""A weight of 1."""
TAPS, MOST_TAPS = 64, 512
BETA = 8.0
PASS = 0.94
"""How much of the spectrum passes."""
AT_ONCE = 4096 * TAPS
"""Weights that are held at once."""


def varispeed(read: Read, media: int, ratio: Fraction, first: int, count: int) -> NDArray[np.float32]:
    """Frames `first` to before `first + count` of a part that begins at frame `media` of its recording."""
    step = round(ratio * 2**BITS)
    table = _kernel(_rung(ratio))
    most = AT_ONCE // table.shape[1]
    pieces = [
        _piece(read, table, (media << BITS) + number * step, step, min(most, first + count - number))
        for number in range(first, first + count, most)
    ]
    return np.concatenate(pieces)


def _piece(read: Read, table: NDArray[np.float64], place: int, step: int, count: int) -> NDArray[np.float32]:
    """`count` frames from a place on, both in units of 2^-40 of a frame."""
    taps = table.shape[1]
    whole, rest = divmod(place, 2**BITS)
    places = rest + np.arange(count, dtype=np.int64) * step
    numbers = places >> BITS
    begin = whole - taps // 2 + 1
    samples = read(begin, int(numbers[-1]) + taps).astype(np.float64)
    weights = _weights(table, places)
    windows = sliding_window_view(samples, taps, axis=0)[numbers]
    heard = np.einsum("nct,nt->nc", windows, weights)
    sampled: NDArray[np.float32] = (heard / (WEIGHT << BLEND_BITS)).astype(np.float32)
    return sampled


def _weights(table: NDArray[np.float64], places: NDArray[np.int64]) -> NDArray[np.float64]:
    """The kernel at each place's fraction: between its two nearest phases, on a straight line."""
    phase = (places >> (BITS - PHASE_BITS)) & (2**PHASE_BITS - 1)
    blend = ((places >> (BITS - PHASE_BITS - BLEND_BITS)) & (2**BLEND_BITS - 1)).astype(np.float64)[:, None]
    weights: NDArray[np.float64] = table[phase] * (2**BLEND_BITS - blend) + table[phase + 1] * blend
    return weights


def _rung(ratio: Fraction) -> int:
    """Which filter a speed takes: four of them to each doubling."""
    return max(0, ceil(4 * log2(ratio)))


@lru_cache(maxsize=8)
def _kernel(rung: int) -> NDArray[np.float64]:
    """The weights of a filter, in whole numbers: a row for each phase, from 0 to 1 inclusive."""
    speed = 2 ** (rung / 4)
    taps = min(TAPS * 2 ** ceil(log2(speed)), MOST_TAPS)
    phases = np.arange(2**PHASE_BITS + 1)[:, None] / 2**PHASE_BITS
    distance = phases - (np.arange(taps) - taps // 2 + 1)
    inside = np.sqrt(np.maximum(0.0, 1 - (distance / (taps / 2)) ** 2))
    weights = np.sinc(distance * PASS / speed) * np.i0(BETA * inside)
    whole: NDArray[np.float64] = np.rint(weights / weights.sum(axis=1, keepdims=True) * WEIGHT)
    return whole
