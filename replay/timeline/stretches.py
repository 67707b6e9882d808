"""Stretches: unions, what lies between, and which of it is silence.

Rule 1: silence lies between an observed or length-derived end (or the session's start) and an observed start (or
        the session's end), with no sequence hole in it. All else without a clip or a hold is unknown.
Rule 2: every instant of the timeline is counted once: heard, else stalled, else paused, else silent or unknown.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

import msgspec

from replay.timeline.model import Clip, Hold, Stretch, Totals

Span = tuple[int, int]


class Taken(NamedTuple):
    """What of a timeline is not free, each a union: clips; clips and stalls; all, with the pauses."""

    heard: list[Span]
    heard_or_stalled: list[Span]
    all: list[Span]


class Edges(msgspec.Struct, frozen=True):
    """Which moments bound a silence: known ends and known starts, the session's own among them."""

    ends: frozenset[int]
    starts: frozenset[int]


def union(spans: Iterable[Span]) -> list[Span]:
    """Spans merged where they touch or overlap, in order; empty ones are left out."""
    merged: list[Span] = []
    for span in sorted([span for span in spans if span[1] > span[0]]):
        if not merged or span[0] > merged[-1][1]:
            merged.append(span)
        elif span[1] > merged[-1][1]:
            merged[-1] = (merged[-1][0], span[1])
    return merged


def take_up(clips: Iterable[Clip], holds: Sequence[Hold]) -> Taken:
    """What clips and holds take of a timeline."""
    heard = union([(clip.start, clip.stop) for clip in clips])
    heard_or_stalled = _with(heard, [hold for hold in holds if hold.kind == "stalled"])
    return Taken(heard, heard_or_stalled, _with(heard_or_stalled, holds))


def _with(spans: list[Span], holds: Sequence[Hold]) -> list[Span]:
    return union([*spans, *((hold.start, hold.stop) for hold in holds)]) if holds else spans


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
        result.extend(pairwise((begin, *inner, end)))
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
    return sum([stop - start for start, stop in spans])


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
    taken: Taken,
    silences: Sequence[Stretch],
    unknown: Sequence[Stretch],
) -> Totals:
    """The totals of a timeline, each instant counted once."""
    heard, heard_or_stalled, all_taken = map(length, taken)
    sounding = [(clip.start, clip.stop) for clip in clips]
    return Totals(
        duration=stop - start,
        heard=heard,
        overlapping=length(doubled(sounding)) if length(sounding) > heard else 0,
        stalled=heard_or_stalled - heard,
        paused=all_taken - heard_or_stalled,
        silent=length((s.start, s.stop) for s in silences),
        unknown=length((s.start, s.stop) for s in unknown),
    )
