"""The session's own gain, pan and rate: what a later listen begins with.

Rule 1: the session's gain multiplies every listen's, for those that sound and for those that start later.
Rule 2: a session-wide pan or rate is set on every listen that sounds, and is the default of a later one that
        brings none of its own.
"""

from __future__ import annotations

from bisect import bisect_left

import msgspec

from replay import events
from replay.clock import to_nanoseconds
from replay.timeline.closing import Key
from replay.timeline.model import Change
from replay.timeline.sorting import Control, by_key


class Knobs(msgspec.Struct, frozen=True):
    """Where the session's knobs stand at one moment. `moving` are ramps still under way then."""

    gain: float = 1.0
    pan: float = 0.0
    rate: float = 1.0
    moving: tuple[Change, ...] = ()


UNTOUCHED = Knobs()


class KnobHistory:
    """The session-wide settings in fold order, asked for any moment by bisection."""

    def __init__(self, wide: list[Control]) -> None:
        self.gains = [c for c in wide if isinstance(c.data, events.GainChanged)]
        self.pans = [c for c in wide if isinstance(c.data, events.PanChanged)]
        self.rates = [c for c in wide if isinstance(c.data, events.RateChanged)]
        self._touched = bool(self.gains or self.pans or self.rates)

    def at(self, key: Key) -> Knobs:
        """The knobs just before a place in fold order."""
        if not self._touched:
            return UNTOUCHED
        moment = key[0] * 1000
        gain, gain_moves = _standing(self.gains, key, moment, 1.0)
        pan, pan_moves = _standing(self.pans, key, moment, 0.0)
        last_rate = _newest(self.rates, key)
        rate = last_rate.data.rate if last_rate and isinstance(last_rate.data, events.RateChanged) else 1.0
        return Knobs(gain, pan, rate, (*gain_moves, *pan_moves))


def change_of(control: Control) -> Change | None:
    """The gain or pan change that a control makes, or None for another kind of control."""
    match control.data:
        case events.GainChanged(gain=value, ramp=ramp):
            ramp_ns = to_nanoseconds(ramp)
            if control.wide:
                return Change(control.at, "session-gain", value, ramp_ns, control.position)
            return Change(control.at, "gain", value, ramp_ns, control.position)
        case events.PanChanged(pan=value, ramp=ramp):
            return Change(control.at, "pan", value, to_nanoseconds(ramp), control.position)
    return None


def value_at(before: float, change: Change, moment: int) -> float:
    """The value of a knob that stood at `before` when a change began, at a later moment."""
    passed = moment - change.at
    if passed >= change.ramp:
        return change.value
    return before + (change.value - before) * (passed / change.ramp)


def _newest(controls: list[Control], key: Key) -> Control | None:
    found = bisect_left(controls, key, key=by_key)
    return controls[found - 1] if found else None


def _standing(
    controls: list[Control], key: Key, moment: int, default: float
) -> tuple[float, tuple[Change, ...]]:
    """A knob's value at a moment, and the rest of a ramp that is under way."""
    found = bisect_left(controls, key, key=by_key)
    if not found:
        return default, ()
    last = change_of(controls[found - 1])
    if last is None or moment - last.at >= last.ramp:
        return (default if last is None else last.value), ()
    before = change_of(controls[found - 2]) if found > 1 else None
    value = value_at(default if before is None else before.value, last, moment)
    left = msgspec.structs.replace(last, at=moment, ramp=last.ramp - (moment - last.at))
    return value, (left,)
