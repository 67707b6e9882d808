"""Nanoseconds as frames: one sample of every channel, at so many a second."""

from __future__ import annotations

from replay.clock import NANOSECONDS


def frame_of(nanoseconds: int, rate: int) -> int:
    """The frame nearest to a moment, half to even: what a clip's start and its end are each rounded to."""
    whole, rest = divmod(nanoseconds * rate, NANOSECONDS)
    if rest * 2 == NANOSECONDS:
        return whole + (whole & 1)
    return whole + (rest * 2 > NANOSECONDS)
