"""A session in brief: what a list shows of it. Pure.

Rule 1: an outline holds numbers, rule ids and the letters of a strip: no name and no text of the session's events.
Rule 2: it depends on no recording: what was promised of them is in it, what is missing is found when it is read.
Rule 3: a fault that is short against the session still shows in its strip: what went wrong outweighs what was
        heard.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from replay.clock import NANOSECONDS
from replay.findings import Finding, Severity
from replay.findings.recordings import Promise, promises, undescribed
from replay.session import FOLD_VERSION, Session
from replay.timeline import Timeline
from replay.timeline.stretches import Span, doubled, union

OUTLINE_VERSION = 100 * FOLD_VERSION + 6
"""Raised when the same session would give another outline."""

PARTS = 96
"""How many letters a strip has."""

STATES = {"heard": "c", "overlapping": "o", "paused": "p", "stalled": "t", "silent": "s", "unknown": "u"}
"""What a part of a strip can show, and its letter; `.` where there is nothing."""

MOST_PROMISED = 2_000
"""How many recordings that were promised an outline holds, and how many ends within them."""

_WEIGHTS = {"c": 1, "o": 2, "p": 1, "t": 30, "s": 3, "u": 30}
"""How much a moment of each state counts when the letter of a part is chosen. A silence is often meant; a stall and
what nobody knows never are, and show where they take a thirtieth of a part."""


class Found(msgspec.Struct, frozen=True):
    """How often a rule found something, and how bad that is."""

    rule: str
    severity: Severity
    count: int


class Outline(msgspec.Struct, frozen=True, kw_only=True):
    """A session in brief, as of `position`, that of its last contributing record.

    `duration` and `heard` are seconds. `strip` draws the session in `PARTS` letters of `STATES`, of equal length
    each. `findings` are those of the session's thresholds, by rule; `promised` are the recordings that decide
    whether there is *missing-audio* too: the first described of them, where `promised_more` tells that there are
    more than `MOST_PROMISED`. Then, and where there are more ends within them, what is found missing is the least
    there is. `undescribed` are the clips that are *missing-audio* where their log is used with sound. `fault` tells
    why there is no more than that.
    """

    position: int
    duration: float = 0.0
    heard: float = 0.0
    clips: int = 0
    strip: str = ""
    findings: tuple[Found, ...] = ()
    promised: tuple[Promise, ...] = ()
    promised_more: bool = False
    undescribed: int = 0
    fault: str | None = None


def outline(session: Session) -> Outline:
    """The outline of a session."""
    timeline = session.timeline
    promised = promises(timeline, session.thresholds.ns("missing_audio"))
    return Outline(
        position=timeline.position,
        duration=(timeline.stop - timeline.start) / NANOSECONDS,
        heard=timeline.totals.heard / NANOSECONDS,
        clips=len(timeline.clips),
        strip=draw_strip(timeline),
        findings=tuple(_count(session.findings)),
        promised=_in_brief(promised[:MOST_PROMISED]),
        promised_more=len(promised) > MOST_PROMISED,
        undescribed=undescribed(timeline),
    )


def lacking(session: Session) -> set[str]:
    """The devices of whose counted events some are missing: what else they told may change the session."""
    return {hole.device for hole in session.timeline.holes}


def draw_strip(timeline: Timeline, parts: int = PARTS) -> str:
    """A timeline in so many letters. One without any length is one letter long."""
    length = timeline.stop - timeline.start
    if length <= 0:
        return "c" if timeline.clips else "."
    weights: list[Counter[str]] = [Counter() for _ in range(parts)]
    for state, spans in _spans(timeline):
        letter = STATES[state]
        for part, share in _shares(spans, timeline.start, length, parts):
            weights[part][letter] += share * _WEIGHTS[letter]
    return "".join(_heaviest(weight) for weight in weights)


def _spans(timeline: Timeline) -> Iterator[tuple[str, list[Span]]]:
    clips = [(clip.start, clip.stop) for clip in timeline.clips]
    yield "heard", union(clips)
    yield "overlapping", doubled(clips)
    yield "paused", union((hold.start, hold.stop) for hold in timeline.pauses)
    yield "stalled", union((hold.start, hold.stop) for hold in timeline.stalls)
    yield "silent", union((stretch.start, stretch.stop) for stretch in timeline.silences)
    yield "unknown", union((stretch.start, stretch.stop) for stretch in timeline.unknown)


def _shares(spans: Iterable[Span], start: int, length: int, parts: int) -> Iterator[tuple[int, int]]:
    """How much of each part spans take that do not overlap; part `n` begins at `start + length * n / parts`."""
    for low, high in spans:
        first, last = (low - start) * parts // length, -((start - high) * parts // length) - 1
        for part in range(max(first, 0), min(last, parts - 1) + 1):
            begin, end = start * parts + length * part, start * parts + length * (part + 1)
            yield part, min(high * parts, end) - max(low * parts, begin)


def _heaviest(weight: Counter[str]) -> str:
    """The letter that counts most; of equals, the first of `STATES`."""
    if not weight:
        return "."
    return max(STATES.values(), key=lambda letter: weight[letter])


def _in_brief(promised: Sequence[Promise]) -> tuple[Promise, ...]:
    """Promises with as many ends within them as an outline holds, shared out among them where there are more."""
    if sum(len(promise.reaches) for promise in promised) <= MOST_PROMISED:
        return tuple(promised)
    each = max(MOST_PROMISED // len(promised), 1)
    return tuple(promise.in_brief(each) for promise in promised)


def _count(findings: Sequence[Finding]) -> Iterator[Found]:
    counts: Counter[tuple[str, Severity]] = Counter()
    for finding in findings:
        counts[finding.rule, finding.severity] += finding.count
    for (rule, severity), count in sorted(counts.items()):
        yield Found(rule, severity, count)
