"""Stretches: unions, what lies between, and which of it is silence.

Rule 1: silence lies between an observed or length-derived end (or the session's start) and an observed start (or
        the session's end), with no sequence hole in it. All else without a clip or a hold is unknown.
Rule 2: every instant of the timeline is counted once: heard, else stalled, else paused, else silent or unknown.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

import msgspec

from replay.timeline.model import Clip, Hold, Stretch, Totals

Span = tuple[int, int]


class Edges(msgspec.Struct, frozen=True):
    """Which moments bound a silence: known ends and known starts, the session's own among them."""

    ends: frozenset[int]
    starts: frozenset[int]


def union(spans: Iterable[Span]) -> list[Span]:
    """Spans merged where they touch or overlap, in order; empty ones are left out."""
    merged: list[Span] = []
    for start, stop in sorted(span for span in spans if span[1] > span[0]):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], stop))
        else:
            merged.append((start, stop))
    return merged


def gaps(start: int, stop: int, taken: Sequence[Span], splits: Iterable[int]) -> list[Span]:
    """What of `[start, stop)` a union leaves free, split at given moments."""
    free: list[Span] = []
    now = start
    for span in (*taken, (stop, stop)):
        if span[0] > now:
            free.append((now, min(span[0], stop)))
        now = max(now, span[1])
    result: list[Span] = []
    cuts = sorted(set(splits))
    for begin, end in free:
        inner = [cut for cut in cuts if begin < cut < end]
        bounds = [begin, *inner, end]
        result.extend(pairwise(bounds))
    return result


def doubled(spans: Iterable[Span]) -> list[Span]:
    """Where two or more spans lie over each other, in order."""
    result: list[Span] = []
    depth = last = 0
    steps = sorted(step for start, stop in spans if stop > start for step in ((start, 1), (stop, -1)))
    for moment, change in steps:
        if depth > 1 and moment > last:
            result.append((last, moment))
        depth += change
        last = moment
    return union(result)


def length(spans: Iterable[Span]) -> int:
    """The length of all spans together."""
    return sum(stop - start for start, stop in spans)


def tell_apart(
    free: Sequence[Span], edges: Edges, holes: Sequence[Span]
) -> tuple[list[Stretch], list[Stretch]]:
    """The free stretches as (silences, unknown); stretches of one kind that touch are joined."""
    silent: list[Span] = []
    unknown: list[Span] = []
    reach = _Holes(holes)
    for start, stop in free:
        known = start in edges.ends and stop in edges.starts and not reach.touch(start, stop)
        (silent if known else unknown).append((start, stop))
    return [Stretch(*span) for span in silent], [Stretch(*span) for span in union(unknown)]


class _Holes:
    """Answers, for stretches asked in order, whether a hole lies in one: one pass over both."""

    def __init__(self, holes: Sequence[Span]) -> None:
        self.holes = sorted(holes)
        self.next = 0
        self.farthest = -1

    def touch(self, start: int, stop: int) -> bool:
        while self.next < len(self.holes) and self.holes[self.next][0] < stop:
            self.farthest = max(self.farthest, self.holes[self.next][1])
            self.next += 1
        return self.next > 0 and self.farthest > start


def measure(
    start: int,
    stop: int,
    clips: Sequence[Clip],
    holds: Sequence[Hold],
    silences: Sequence[Stretch],
    unknown: Sequence[Stretch],
) -> Totals:
    """The totals of a timeline, each instant counted once."""
    sounding = [(clip.start, clip.stop) for clip in clips]
    heard = union(sounding)
    with_stalls = union([*heard, *((h.start, h.stop) for h in holds if h.kind == "stalled")])
    with_pauses = union([*with_stalls, *((h.start, h.stop) for h in holds)])
    return Totals(
        duration=stop - start,
        heard=length(heard),
        overlapping=length(doubled(sounding)),
        stalled=length(with_stalls) - length(heard),
        paused=length(with_pauses) - length(with_stalls),
        silent=length((s.start, s.stop) for s in silences),
        unknown=length((s.start, s.stop) for s in unknown),
    )
