"""Clocks: what a device's wall clock showed, beside the server's. Pure, by `docs/clocks.md`."""

from replay.clocks.estimate import estimate_clock
from replay.clocks.model import ClockChoice, DeviceClock, Line, Reading, Segment, Step

__all__ = ["ClockChoice", "DeviceClock", "Line", "Reading", "Segment", "Step", "estimate_clock"]
