"""The fold's second look: what contradicts itself, with the records that show it. Pure.

Rule 1: the same timeline and thresholds always give the same findings, in time order.
Rule 2: a finding names its rule, the rule's version and its threshold; it never changes the log or drops an event.
Rule 3: rules are a table; adding one is one function and one row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Literal

import msgspec

from replay.clock import to_seconds
from replay.timeline.model import Listen, Timeline

Severity = Literal["error", "warning", "info"]


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """Something wrong on a timeline: `start` and `stop` in nanoseconds, a sentence, and its evidence."""

    rule: str
    version: int
    threshold: float | None
    severity: Severity
    start: int
    stop: int
    message: str
    positions: tuple[int, ...]


class Rule(msgspec.Struct, frozen=True):
    """A rule: its definition, threshold in seconds (None: it has none), severity and the code that looks."""

    id: str
    version: int
    definition: str
    threshold: float | None
    severity: Severity
    look: Callable[[Timeline, Rule], Iterable[Finding]]

    def finding(self, start: int, stop: int, message: str, positions: Iterable[int]) -> Finding:
        """A finding of this rule."""
        return Finding(
            rule=self.id,
            version=self.version,
            threshold=self.threshold,
            severity=self.severity,
            start=start,
            stop=stop,
            message=message,
            positions=tuple(sorted(set(positions))),
        )


def find(timeline: Timeline) -> list[Finding]:
    """Every finding on a timeline, in time order."""
    findings = [finding for rule in RULES for finding in rule.look(timeline, rule)]
    findings.sort(key=lambda finding: (finding.start, finding.rule, finding.positions))
    return findings


def _ended_before_start(timeline: Timeline, rule: Rule) -> Iterable[Finding]:
    orphans = set(timeline.orphans)
    for mark in timeline.marks:
        if mark.position in orphans:
            yield rule.finding(
                mark.time, mark.time, "a listen ended that had not started before", [mark.position]
            )
    for listen in timeline.listens:
        if listen.position in orphans:
            message = f"a listen of {listen.asset or 'an unknown asset'} ended whose start is missing"
            yield rule.finding(listen.start, listen.stop, message, [listen.position])


def _duration_disagrees(timeline: Timeline, rule: Rule) -> Iterable[Finding]:
    for listen in timeline.listens:
        difference = _difference(listen)
        if listen.ended_by is None or rule.threshold is None:
            continue
        if abs(to_seconds(difference)) > rule.threshold:
            message = (
                f"the listen of {listen.asset} ended by its duration {abs(to_seconds(difference)):.3f} s "
                f"{'later' if difference > 0 else 'earlier'} than by its time; the duration counts"
            )
            yield rule.finding(listen.start, listen.stop, message, [listen.position, listen.ended_by])


def _difference(listen: Listen) -> int:
    """By how much (ns) an end's duration puts it later than its time."""
    if listen.told_duration is None or listen.told_stop is None:
        return 0
    return listen.start + listen.told_duration - listen.told_stop


RULES = (
    Rule(
        "ended-before-start",
        1,
        "a listen-ended without a start of its listen or asset at or before it",
        None,
        "warning",
        _ended_before_start,
    ),
    Rule(
        "duration-disagrees",
        1,
        "an end whose duration and time tell different moments",
        0.5,
        "info",
        _duration_disagrees,
    ),
)
