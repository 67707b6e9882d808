"""What each instant of a session was, at two positions: heard, stalled, paused, silent, unknown, or no part of it.

Rule: an instant is the first of these that applies, as in the totals (`replay.timeline.stretches`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from heapq import merge

import msgspec

from replay.timeline import Timeline

STATES = ("heard", "stalled", "paused", "silent", "unknown")
OUTSIDE = "outside"
"""Before the session began, or after it was over, as far as was known."""


class Became(msgspec.Struct, frozen=True, gc=False):
    """A stretch, `[start, stop)`, that was one thing and is another."""

    start: int
    stop: int
    was: str
    now: str


def became(before: Timeline, after: Timeline) -> list[Became]:
    """Every stretch that is known as something else, in order; neighbours that changed alike are joined."""
    found: list[Became] = []
    for start, stop, was, now in _states(before, after):
        last = found[-1] if found else None
        if last is not None and (last.stop, last.was, last.now) == (start, was, now):
            found[-1] = Became(last.start, stop, was, now)
        elif was != now:
            found.append(Became(start, stop, was, now))
    return found


def _states(before: Timeline, after: Timeline) -> Iterator[tuple[int, int, str, str]]:
    """(from, to, what it was, what it is) of every stretch in which nothing begins or ends in either."""
    depths = {side: dict.fromkeys(STATES, 0) for side in (0, 1)}
    since: int | None = None
    for moment, side, state, change in merge(_edges(before, 0), _edges(after, 1)):
        if since is not None and moment > since:
            yield since, moment, _state(depths[0]), _state(depths[1])
        depths[side][state] += change
        since = moment


def _state(depths: dict[str, int]) -> str:
    return next((state for state in STATES if depths[state]), OUTSIDE)


def _edges(timeline: Timeline, side: int) -> list[tuple[int, int, str, int]]:
    """(moment, side, state, 1 where it begins and -1 where it ends), in order."""
    spans: dict[str, Iterable[tuple[int, int]]] = {
        "heard": ((clip.start, clip.stop) for clip in timeline.clips),
        "stalled": ((hold.start, hold.stop) for hold in timeline.stalls),
        "paused": ((hold.start, hold.stop) for hold in timeline.pauses),
        "silent": ((stretch.start, stretch.stop) for stretch in timeline.silences),
        "unknown": ((stretch.start, stretch.stop) for stretch in timeline.unknown),
    }
    edges = []
    for state, stretches in spans.items():
        for start, stop in stretches:
            edges += [(start, side, state, 1), (stop, side, state, -1)]
    return sorted(edges)
