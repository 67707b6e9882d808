"""Sessions of one device at once, in clusters: O(n log n) in their spans."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from replay.findings import BY_ID, Finding, Thresholds
from replay.findings.bounds import bounded
from replay.findings.model import NS, Found
from replay.findings.words import at
from replay.listening.model import Listening
from replay.timeline.stretches import Span, length, union
from replay.words import lasting, number

RULE = BY_ID["impossible-time"]
NAMED = 5
"""The most sessions that a sentence names; the day lists them all."""


def impossible(sessions: Sequence[Listening], thresholds: Thresholds) -> list[Finding]:
    """A finding for each cluster of sessions that sound at once for longer than the clock allows."""
    found = [one for cluster in _clusters(sessions) if (one := _judge(cluster, thresholds)) is not None]
    extent = (min((one.start for one in found), default=0), max((one.stop for one in found), default=0))
    return [RULE.finding(one, thresholds) for one in bounded(found, extent)]


def _judge(cluster: Sequence[Listening], thresholds: Thresholds) -> Found | None:
    at_once = _at_once(cluster)
    wall = length(at_once)
    excess = sum(one.lasted for one in cluster) - length(
        union(span for one in cluster for span in one.sounding)
    )
    if excess <= thresholds.ns("impossible_time"):
        return None
    if not thresholds.exceeds_percent("impossible_time_percent", excess, wall):
        return None
    start, stop = at_once[0][0], at_once[-1][1]
    told = [_told(one) for one in cluster[:NAMED]]
    if len(cluster) > NAMED:
        told.append(number(len(cluster) - NAMED, "more session"))
    message = (
        f"{number(len(cluster), 'session')} of one device sounded at once between {at(start // NS)} and "
        f"{at(stop // NS)}: {lasting(excess)} more than the clock allows. {'; '.join(told)}"
    )
    return Found(start, stop, message, tuple(_positions(cluster, at_once)), len(cluster) - 1)


def _told(one: Listening) -> str:
    why = f" ({'; '.join(one.why)})" if one.why else ""
    return f"{one.session}: {lasting(one.lasted)}{why}"


def _positions(cluster: Sequence[Listening], at_once: Sequence[Span]) -> Iterator[int]:
    """The start, in each session, of what sounds when it is no longer alone, and the starts after that."""
    start, stop = at_once[0][0], at_once[-1][1]
    for one in cluster:
        first = max(bisect_left(one.starts, (start + 1, 0)) - 1, 0)
        end = bisect_left(one.starts, (stop, 0))
        for _, position in one.starts[first : max(end, first + 1)]:
            yield position


def _clusters(sessions: Sequence[Listening]) -> Iterable[list[Listening]]:
    """The sessions that lie over another, together with all that are linked so."""
    roots = list(range(len(sessions)))

    def root(index: int) -> int:
        while roots[index] != index:
            roots[index] = roots[roots[index]]
            index = roots[index]
        return index

    sounding: set[int] = set()
    for _, begins, index in _edges(sessions):
        if not begins:
            sounding.discard(index)
            continue
        if sounding:
            roots[root(index)] = root(next(iter(sounding)))
        sounding.add(index)
    linked: dict[int, list[Listening]] = defaultdict(list)
    for index, one in enumerate(sessions):
        linked[root(index)].append(one)
    return (cluster for cluster in linked.values() if len(cluster) > 1)


def _at_once(cluster: Sequence[Listening]) -> list[Span]:
    """Where two or more sessions of a cluster sound."""
    spans: list[Span] = []
    depth = began = 0
    for moment, begins, _ in _edges(cluster):
        if begins and depth == 1:
            began = moment
        elif not begins and depth == 2:
            spans.append((began, moment))
        depth += 1 if begins else -1
    return union(spans)


def _edges(sessions: Sequence[Listening]) -> list[tuple[int, bool, int]]:
    """Every start and stop of a span: (moment, whether it begins, the session's index); stops come first."""
    return sorted(
        edge
        for index, one in enumerate(sessions)
        for start, stop in one.sounding
        for edge in ((start, True, index), (stop, False, index))
    )
