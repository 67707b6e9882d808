"""Events that contradict each other."""

from __future__ import annotations

from collections.abc import Iterable

from replay.clock import to_seconds
from replay.findings.model import Case, Finding, Rule
from replay.timeline import Listen


def ended_before_start(case: Case, rule: Rule) -> Iterable[Finding]:
    """A `listen-ended` without a start of its listen or asset at or before it."""
    orphans = set(case.timeline.orphans)
    for mark in case.timeline.marks:
        if mark.position in orphans:
            yield rule.finding(
                mark.time, mark.time, "a listen ended that had not started before", [mark.position]
            )
    for listen in case.timeline.listens:
        if listen.position in orphans:
            message = f"a listen of {listen.asset or 'an unknown asset'} ended whose start is missing"
            yield rule.finding(listen.start, listen.stop, message, [listen.position])


def duration_disagrees(case: Case, rule: Rule) -> Iterable[Finding]:
    """An end whose duration and time tell different moments; the duration counts."""
    for listen in case.timeline.listens:
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
