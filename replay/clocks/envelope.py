"""Offset and rate from readings whose messages were under way for an unknown time.

A reading is a moment by the server's clock, and how much later by it the message arrived than by the device's
it was sent: latency minus offset. Latency is never negative, so the clock lies along the lower edge of the
readings, and only the fastest messages say anything. The line is the one below all readings that lies closest
to them at the middle of their time: an edge of their lower convex hull (Moon, Skelly, Towsley: Estimation and
removal of clock skew from network delay measurements, INFOCOM 1999; there the line is asked to be closest on
average, here in the middle, so that a burst of readings does not pull it).

Rule 1: what the fastest message took cannot be told from latency in one direction. It is taken as nothing,
        and `FASTEST` of it is part of the uncertainty.
Rule 2: how far the fastest reading of a stretch may lie above the edge follows from how many there are, were
        latency above its least exponential with the median that is seen; fewer readings tell less. Readings
        of one `APART` count as one: they met the same network.
Rule 3: a level that at least `AGREE` readings agree on beats a lower one of fewer: one message from a clock
        that showed another year moves nothing.
Rule 4: integers until the last step; the hull's turns are exact.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from statistics import median_low

import msgspec

from replay.clock import MICROSECONDS
from replay.clocks.model import BILLION, NS, Line

FASTEST = 300_000
"""What the fastest message may have taken, in microseconds: a connection opened over a mobile network."""
APART = 1_000_000
"""Readings that arrived within so many microseconds met the same network."""
LEVEL = 60 * MICROSECONDS
"""Readings that differ by more than this (microseconds) are not of one level."""
AGREE = 3
SURE = 4
"""Of an exponential with mean 1, a fiftieth lies above 4."""
LN2 = 0.693
PRIOR = MICROSECONDS
"""What is assumed of the latency above its least before anything is seen, with the weight of one reading."""
WANTED = 100.0
"""A rate is told when it is known within so many ppm; without it, a clock is taken to be that good."""
MOST_RATE = 100_000.0
"""A clock that gains or loses more (ppm) is not running, and a line says nothing about it."""


class Point(msgspec.Struct, frozen=True, gc=False, order=True):
    """A reading: when it arrived, and by how much later than it was sent; microseconds."""

    at: int
    delay: int
    position: int


def fit(points: Sequence[Point]) -> Line | None:
    """The line of a clock; None without readings. O(n log n)."""
    level = _level(points)
    if not level:
        return None
    left, right = _edge(_lower_hull(level), level[0].at, level[-1].at)
    middle = (level[0].at + level[-1].at) // 2
    sloped = _sloped(level, left, right, middle)
    return _flat(level, middle) if sloped is None else sloped


def _level(points: Sequence[Point]) -> list[Point]:
    """The readings of the level that counts, in order of arrival (rule 3)."""
    levels: list[list[Point]] = []
    for point in sorted(points, key=lambda point: (point.delay, point.position)):
        if levels and point.delay - levels[-1][-1].delay <= LEVEL:
            levels[-1].append(point)
        else:
            levels.append([point])
    agreed = [level for level in levels if len(level) >= AGREE]
    chosen = agreed[0] if agreed else max(levels, key=len, default=[])
    return sorted(chosen)


def _lower_hull(points: Sequence[Point]) -> list[Point]:
    """The lower convex hull of points in order of time (Andrew's monotone chain)."""
    hull: list[Point] = []
    for point in points:
        while len(hull) > 1 and _turn(hull[-2], hull[-1], point) <= 0:
            hull.pop()
        hull.append(point)
    return hull


def _turn(a: Point, b: Point, c: Point) -> int:
    """Above 0 where the way from a over b to c turns left."""
    return (b.at - a.at) * (c.delay - a.delay) - (b.delay - a.delay) * (c.at - a.at)


def _edge(hull: Sequence[Point], first: int, last: int) -> tuple[Point, Point]:
    """The edge of the hull above the middle of a stretch; one point twice where there is no edge."""
    for left, right in pairwise(hull):
        if first + last <= 2 * right.at:
            return left, right
    return hull[-1], hull[-1]


def _sloped(level: Sequence[Point], left: Point, right: Point, middle: int) -> Line | None:
    """The line along an edge, where the readings can tell its slope."""
    span = right.at - left.at
    if span <= 0:
        return None
    slope = round((right.delay - left.delay) * BILLION / span)
    through = left.delay + (middle - left.at) * slope // BILLION
    above = [point.delay - through - (point.at - middle) * slope // BILLION for point in level]
    scale = _scale(level, above)
    early, late = _thirds(level, above)
    if not early or not late:
        return None
    errors = [(_unseen(scale, third), abs(_lowest(third) - middle)) for third in (early, late)]
    unsure = max(error * 1_000_000 / max(away, 1) for error, away in errors)
    rate = -slope / 1000
    if unsure > WANTED or abs(rate) > MOST_RATE:
        return None
    return Line(
        at=middle,
        offset=-through * NS,
        uncertainty=round(FASTEST + max(error for error, _ in errors)) * NS,
        rate=rate,
        rate_uncertainty=round(unsure, 3),
        samples=len(level),
        positions=tuple(sorted({left.position, right.position})),
    )


def _flat(level: Sequence[Point], middle: int) -> Line:
    """The line of a clock of which the readings tell no rate."""
    fastest = min(level, key=lambda point: (point.delay, point.at))
    above = [point.delay - fastest.delay for point in level]
    unseen = _unseen(_scale(level, above), list(zip(level, above, strict=True)))
    drifted = (level[-1].at - level[0].at) * WANTED / 2 / 1_000_000
    return Line(
        at=middle,
        offset=-fastest.delay * NS,
        uncertainty=round(FASTEST + unseen + drifted) * NS,
        rate=None,
        rate_uncertainty=None,
        samples=len(level),
        positions=(fastest.position,),
    )


Measured = list[tuple[Point, int]]
"""Readings, each with how far it lies above the line."""


def _thirds(level: Sequence[Point], above: Sequence[int]) -> tuple[Measured, Measured]:
    """The readings of the first and of the last third of the time."""
    first, span = level[0].at, level[-1].at - level[0].at
    measured = list(zip(level, above, strict=True))
    early = [one for one in measured if 3 * (one[0].at - first) <= span]
    late = [one for one in measured if 3 * (one[0].at - first) >= 2 * span]
    return early, late


def _lowest(measured: Measured) -> int:
    """When the reading arrived that lies lowest."""
    return min(measured, key=lambda one: one[1])[0].at


def _scale(level: Sequence[Point], above: Sequence[int]) -> float:
    """The mean of the latency above its least, in microseconds, as the median tells it."""
    return max(median_low(above), 0) / LN2 + PRIOR / _independent(level)


def _unseen(scale: float, measured: Measured) -> float:
    """How far, in microseconds, the lowest of these readings may lie above the edge."""
    return SURE * scale / _independent([point for point, _ in measured])


def _independent(points: Sequence[Point]) -> int:
    """How many readings did not meet the same network; the points are in order of arrival."""
    count, last = 0, None
    for point in points:
        if last is None or point.at - last >= APART:
            count, last = count + 1, point.at
    return count
