"""How a clip's gain and pan move, as points with straight lines between."""

from __future__ import annotations

from typing import Literal

from replay.timeline.knobs import value_at
from replay.timeline.model import Change, Clip

Knob = Literal["gain", "pan"]
Steps = list[tuple[int, float]]
"""(moment, value): two at one moment are a jump."""


def envelope(clip: Clip, knob: Knob) -> Steps:
    """The points of a clip's gain (its own and the session's together) or pan; one point when it never moves."""
    if knob == "pan":
        return _steps(clip, clip.pan, [change for change in clip.changes if change.kind == "pan"])
    own = _steps(clip, clip.gain, [change for change in clip.changes if change.kind == "gain"])
    wide = _steps(clip, clip.session_gain, [c for c in clip.changes if c.kind == "session-gain"])
    return _multiplied(own, wide)


def _steps(clip: Clip, begin: float, changes: list[Change]) -> Steps:
    """Where one knob stands: before and after each change, and where its ramp ends or is cut off."""
    found: Steps = [(clip.start, begin)]
    for change, following in zip(changes, [*changes[1:], None], strict=False):
        at = max(change.at, clip.start)
        before = found[-1][1]
        if at > found[-1][0]:
            found.append((at, before))
        until = min(change.at + change.ramp, clip.stop if following is None else following.at)
        found.append((max(until, at), value_at(before, change, max(until, at))))
    return found


def _multiplied(left: Steps, right: Steps) -> Steps:
    """The product of two, at every moment at which either has a point, on both sides of a jump."""
    moments = sorted({moment for moment, _ in (*left, *right)})
    lows, highs = (_sides(side, moments) for side in (left, right))
    found: Steps = []
    for moment, low, high in zip(moments, lows, highs, strict=True):
        before, after = low[0] * high[0], low[1] * high[1]
        found += [(moment, before)] if before == after else [(moment, before), (moment, after)]
    return found


def _sides(steps: Steps, moments: list[int]) -> list[tuple[float, float]]:
    """The values just before and just after each moment."""
    found = []
    place = 0
    for moment in moments:
        while place + 1 < len(steps) and steps[place + 1][0] < moment:
            place += 1
        before = _between(steps, place, moment)
        while place + 1 < len(steps) and steps[place + 1][0] <= moment:
            place += 1
        found.append((before, _between(steps, place, moment)))
    return found


def _between(steps: Steps, place: int, moment: int) -> float:
    """The value at a moment from the point at `place` on, along the line to the next."""
    at, value = steps[place]
    if place + 1 == len(steps) or moment <= at:
        return value
    until, target = steps[place + 1]
    return value + (target - value) * ((moment - at) / (until - at))
