"""Rates as exact ratios, so that media time and wall time stay integers.

Rule: media nanoseconds = wall nanoseconds * rate, rounded half to even; never a product of floats.
"""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache


@lru_cache(maxsize=256)
def ratio(rate: float) -> Fraction:
    """The exact ratio that a rate's decimal text says: 1.1 is 11/10."""
    return Fraction(repr(rate))


def media_of(wall: int, rate: float) -> int:
    """Media nanoseconds that pass in `wall` nanoseconds at a rate."""
    return wall if rate == 1 else round(wall * ratio(rate))


def wall_of(media: int, rate: float) -> int:
    """Wall nanoseconds that `media` nanoseconds take at a rate."""
    return media if rate == 1 else round(media / ratio(rate))
