"""What a finding is, what a rule is, and what a rule looks at.

Rule 1: a finding names its rule, the rule's version and the threshold used; it never changes the log or drops
        an event.
Rule 2: a rule sees a case and nothing else: no wall clock, no arrival order beyond the prefix, no read model.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Literal

import msgspec

from replay.clocks import DeviceClock
from replay.timeline import Evidence, Timeline

Severity = Literal["error", "warning", "info"]
"""error: what was heard is wrong or unknown; warning: it was heard, and something is off; info: worth knowing."""


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


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """One session to be looked at: what was told, the timeline that was folded from it, its devices' clocks.

    Evidence and timeline are in the same time, which may be corrected; an event's own time is `event.time`.
    """

    evidence: Evidence
    timeline: Timeline
    clocks: Mapping[str, DeviceClock]


class Rule(msgspec.Struct, frozen=True):
    """A rule: its definition, threshold in seconds (None: it has none), severity and the code that looks."""

    id: str
    version: int
    definition: str
    threshold: float | None
    severity: Severity
    look: Callable[[Case, Rule], Iterable[Finding]]

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
