"""When a step is due: playing time against a wall's. Pure; everything is nanoseconds.

Rule: what was reached at one moment of the wall is the anchor; from there playing time runs `speed` times as
      fast. No rounding adds up, because every moment is reckoned from the anchor.
"""

from __future__ import annotations

from fractions import Fraction

import msgspec


class Pace(msgspec.Struct, frozen=True):
    """Playing time `reached` at the moment `wall`; `speed` is None for as fast as can be."""

    speed: Fraction | None
    wall: int
    reached: int

    def is_due(self, playing: int, wall: int) -> bool:
        """Whether a moment of playing time has come at a moment of the wall."""
        return self.speed is None or playing - self.reached <= (wall - self.wall) * self.speed

    def due(self, playing: int) -> int:
        """The moment of the wall at which a moment of playing time comes."""
        if self.speed is None:
            return self.wall
        return self.wall - (self.reached - playing) * self.speed.denominator // self.speed.numerator
