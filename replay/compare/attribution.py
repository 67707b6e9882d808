"""Which steps brought what differs between both ends.

Rule 1: a clip, a pause, a mark, a recording was brought by every step that changed the same one; a stretch of
        time by every step that changed a part of it.
Rule 2: a finding was brought by every step on its way: from what it was, by what each made of it, to what it is
        or to its end.
Rule 3: of a step of several records only those count that show the change; where none does, none is named.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from typing import NamedTuple

from replay.compare.change import Change
from replay.compare.steps import Step
from replay.findings import Finding

Brought = tuple[int, int, tuple[int, ...]]
"""A stretch of time, and the positions that changed what it is."""


def attribute(net: Sequence[Change], steps: Sequence[Step]) -> list[tuple[int, ...]]:
    """For each change between both ends, the positions that brought it, in order."""
    by_thing: dict[str, set[int]] = {}
    stretches: list[Brought] = []
    ways = _Ways()
    for step in steps:
        for change in step.changes:
            positions = step.shows(change)
            if change.kind == "became":
                stretches.append((change.start, change.stop, positions))
            elif _is_of_a_finding(change):
                ways.add(change, positions)
            else:
                by_thing.setdefault(change.subject, set()).update(positions)
    became = iter(_over([change for change in net if change.kind == "became"], stretches))
    found = []
    for change in net:
        if change.kind == "became":
            found.append(next(became))
        else:
            found.append(ways.of(change) if _is_of_a_finding(change) else by_thing.get(change.subject, set()))
    return [tuple(sorted(positions)) for positions in found]


class _Turn(NamedTuple):
    """One step on a finding's way: the positions that brought it, and what it was, or became."""

    positions: tuple[int, ...]
    other: Hashable | None


class _Ways:
    """What became of each finding, and what each came from."""

    def __init__(self) -> None:
        self._onward: dict[Hashable, _Turn] = {}
        self._back: dict[Hashable, _Turn] = {}

    def add(self, change: Change, positions: tuple[int, ...]) -> None:
        """A step's change of a finding."""
        was, now = _finding(change.was), _finding(change.now)
        if was is not None:
            self._onward.setdefault(was, _Turn(positions, now))
        if now is not None:
            self._back[now] = _Turn(positions, was)

    def of(self, change: Change) -> set[int]:
        """The positions on the way from what a finding was to what it is."""
        was, now = _finding(change.was), _finding(change.now)
        return _along(self._onward, was) if now is None else _along(self._back, now)


def _along(turns: dict[Hashable, _Turn], finding: Hashable | None) -> set[int]:
    passed: set[Hashable] = set()
    positions: set[int] = set()
    while finding in turns and finding not in passed:
        passed.add(finding)
        turn = turns[finding]
        positions.update(turn.positions)
        finding = turn.other
    return positions


def _is_of_a_finding(change: Change) -> bool:
    return isinstance(change.was, Finding) or isinstance(change.now, Finding)


def _finding(item: object) -> Hashable | None:
    """What tells a finding from others."""
    if not isinstance(item, Finding):
        return None
    return item.rule, item.start, item.stop, item.positions, item.message


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
