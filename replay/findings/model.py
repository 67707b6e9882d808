"""What a finding is, what a rule is, and what a rule looks at.

Rule 1: a finding names its rule, the rule's version and the threshold used; it never changes the log or drops
        an event.
Rule 2: a rule sees a case and nothing else: no wall clock, no arrival order beyond the prefix, no read model.
Rule 3: a rule's function tells what it found; id, version, threshold and severity are the table's.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import attrgetter
from typing import Literal

import msgspec

from replay.clocks import DeviceClock
from replay.findings.thresholds import DEFAULTS, Thresholds
from replay.recordings.known import Known
from replay.timeline import Evidence, Listen, Placed, Timeline

Severity = Literal["error", "warning", "info"]
"""error: what was heard is wrong or unknown; warning: it was heard, and something is off; info: worth knowing."""

SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")
"""The worst first."""

NS = 1000
"""Nanoseconds in a microsecond: events carry microseconds, timelines nanoseconds."""


_position = attrgetter("position")


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """Something wrong on a timeline: `start` and `stop` in nanoseconds, a sentence, and its evidence.

    `threshold` is what was exceeded, by unit. `count` is how many cases it stands for, `positions` the records that
    show them: no more than `replay.findings.bounds.MOST_POSITIONS`.
    """

    rule: str
    version: int
    threshold: Mapping[str, float] | None
    severity: Severity
    start: int
    stop: int
    message: str
    positions: tuple[int, ...]
    count: int = 1


class Found(msgspec.Struct, frozen=True, gc=False):
    """What a rule's function tells: where (nanoseconds), a sentence, which records show it, how many cases."""

    start: int
    stop: int
    message: str
    positions: tuple[int, ...]
    count: int = 1


@dataclass(frozen=True)
class Case:
    """One session to be looked at: what was told, the timeline folded from it, its devices' clocks, the thresholds.

    Evidence and timeline are in the same time, which may be corrected; an event's own time is `event.time`.
    `recordings` holds what was found of the assets that were looked for: None when nobody looked.
    """

    evidence: Evidence
    timeline: Timeline
    clocks: Mapping[str, DeviceClock]
    thresholds: Thresholds = DEFAULTS
    recordings: Mapping[str, Known] | None = None

    @property
    def records(self) -> Sequence[Placed]:
        """The records in fold order."""
        return self.evidence.in_order

    @cached_property
    def arrivals(self) -> list[Placed]:
        """The records in the order they were recorded."""
        return sorted(self.evidence.records, key=_position)

    @cached_property
    def by_type(self) -> Mapping[str, list[Placed]]:
        """The records of each type, in fold order; none of a type that is not there."""
        types: dict[str, list[Placed]] = defaultdict(list)
        for placed in self.records:
            types[placed.event.type].append(placed)
        return types

    @cached_property
    def by_device(self) -> dict[str | None, list[Placed]]:
        """The records of each device, in the order they were recorded."""
        return {device: sorted(own, key=_position) for device, own in self.evidence.by_device.items()}

    @cached_property
    def by_position(self) -> dict[int, Placed]:
        """The records by their positions."""
        return {placed.position: placed for placed in self.evidence.records}

    @cached_property
    def lanes(self) -> dict[tuple[str | None, str], list[Listen]]:
        """The listens of each lane of each device, in fold order."""
        lanes: dict[tuple[str | None, str], list[Listen]] = defaultdict(list)
        for listen in sorted(self.timeline.listens, key=lambda listen: (listen.start, listen.position)):
            lanes[listen.device, listen.lane].append(listen)
        return lanes

    @cached_property
    def orphans(self) -> frozenset[int]:
        """The positions of the ends without a start."""
        return frozenset(self.timeline.orphans)

    @cached_property
    def extent(self) -> tuple[int, int]:
        """The first and the last moment that the timeline speaks of, its marks included."""
        timeline = self.timeline
        marks = [mark.time for mark in timeline.marks]
        return min([timeline.start, *marks]), max([timeline.stop, *marks])

    def ns(self, name: str) -> int:
        """A threshold in nanoseconds."""
        return self.thresholds.ns(name)


class Rule(msgspec.Struct, frozen=True):
    """A row of the table. `source` is where the definition comes from, `limits` names its thresholds."""

    id: str
    version: int
    definition: str
    source: str
    limits: tuple[str, ...]
    severity: Severity
    look: Callable[[Case], Iterable[Found]]

    def finding(self, found: Found, thresholds: Thresholds) -> Finding:
        """A finding of this rule."""
        return Finding(
            rule=self.id,
            version=self.version,
            threshold=thresholds.shown(self.limits),
            severity=self.severity,
            start=found.start,
            stop=found.stop,
            message=found.message,
            positions=found.positions,
            count=found.count,
        )
