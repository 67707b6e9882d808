"""Which steps brought what differs between both ends.

Rule 1: a clip, a pause, a mark, a recording was brought by every step that changed the same one; a stretch of
        time by every step that changed a part of it.
Rule 2: a finding was brought by the step that made it what it is, or that took it away.
Rule 3: of a step of several records only those count that show the change; where none does, none is named.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence

from replay.compare.change import Change
from replay.compare.steps import Step
from replay.findings import Finding

Brought = tuple[int, int, tuple[int, ...]]
"""A stretch of time, and the positions that changed what it is."""


def attribute(net: Sequence[Change], steps: Sequence[Step]) -> list[tuple[int, ...]]:
    """For each change between both ends, the positions that brought it, in order."""
    by_thing: dict[Hashable, set[int]] = {}
    stretches: list[Brought] = []
    for step in steps:
        for change in step.changes:
            positions = step.shows(change)
            if change.kind == "became":
                stretches.append((change.start, change.stop, positions))
            else:
                by_thing.setdefault(_thing(change), set()).update(positions)
    became = iter(_over([change for change in net if change.kind == "became"], stretches))
    return [
        tuple(sorted(next(became) if change.kind == "became" else by_thing.get(_thing(change), ())))
        for change in net
    ]


def _thing(change: Change) -> Hashable:
    """What a change is about."""
    finding = change.now or change.was
    if isinstance(finding, Finding):
        return change.now is None, finding.rule, finding.start, finding.stop, finding.positions
    return change.subject


def _over(net: Iterable[Change], stretches: Iterable[Brought]) -> list[set[int]]:
    """For each of some stretches that lie apart, in order, the positions of those that lie over it."""
    coming = sorted(stretches, reverse=True)
    near: list[Brought] = []
    found: list[set[int]] = []
    for change in net:
        while coming and coming[-1][0] < change.stop:
            near.append(coming.pop())
        near = [one for one in near if one[1] > change.start]
        found.append({position for _, _, positions in near for position in positions})
    return found
