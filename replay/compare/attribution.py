"""Which steps brought what differs between both ends.

Rule 1: a mark, a recording was brought by every step that changed the same one; a stretch of time by every step
        that changed a part of it.
Rule 2: what has no name of its own (a clip, a pause, a stall, a finding) was brought by every step on its way:
        from what it was, by what each made of it, to what it is or to its end.
Rule 3: of a step of several records only those count that show the change; where none does, none is named.
Rule 4: a way has at most one turn for each step, so that no change is told of more than brought it.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from typing import NamedTuple

from replay.compare.change import Change, Item
from replay.compare.clips import told_of
from replay.compare.steps import Step
from replay.findings import Finding
from replay.timeline import Clip, Hold

Brought = tuple[int, int, tuple[int, ...]]
"""A stretch of time, and the positions that changed what it is."""


def attribute(net: Sequence[Change], steps: Sequence[Step]) -> list[tuple[int, ...]]:
    """For each change between both ends, the positions that brought it, in order."""
    by_subject: dict[str, set[int]] = {}
    stretches: list[Brought] = []
    ways = _Ways(len(steps))
    for step in steps:
        for change in step.changes:
            positions = step.shows(change)
            if change.kind == "became":
                stretches.append((change.start, change.stop, positions))
            elif _has_a_way(change):
                ways.add(change, positions)
            else:
                by_subject.setdefault(change.subject, set()).update(positions)
    became = iter(_over([change for change in net if change.kind == "became"], stretches))
    found = []
    for change in net:
        if change.kind == "became":
            found.append(next(became))
        else:
            found.append(ways.of(change) if _has_a_way(change) else by_subject.get(change.subject, set()))
    return [tuple(sorted(positions)) for positions in found]


class _Turn(NamedTuple):
    """One step on the way of a thing: the positions that brought it, and what it was, or became."""

    positions: tuple[int, ...]
    other: Hashable | None


class _Ways:
    """What became of each thing, and what each came from, in so many steps."""

    def __init__(self, steps: int) -> None:
        self._steps = steps
        self._onward: dict[Hashable, _Turn] = {}
        self._back: dict[Hashable, _Turn] = {}

    def add(self, change: Change, positions: tuple[int, ...]) -> None:
        """A step's change of a thing."""
        was, now = _told(change.was), _told(change.now)
        if was is not None:
            self._onward.setdefault(was, _Turn(positions, now))
        if now is not None:
            self._back[now] = _Turn(positions, was)

    def of(self, change: Change) -> set[int]:
        """The positions on the way from what a thing was to what it is."""
        was, now = _told(change.was), _told(change.now)
        return self._along(self._onward, was) if now is None else self._along(self._back, now)

    def _along(self, turns: dict[Hashable, _Turn], thing: Hashable | None) -> set[int]:
        positions: set[int] = set()
        for _ in range(self._steps):
            turn = turns.get(thing)
            if turn is None:
                break
            positions.update(turn.positions)
            thing = turn.other
        return positions


def _has_a_way(change: Change) -> bool:
    return isinstance(change.was or change.now, Finding | Clip | Hold)


def _told(item: Item | None) -> Hashable | None:
    """All that a change would tell of a thing: what tells it from others, and from itself once changed."""
    match item:
        case Finding():
            return item.rule, item.start, item.stop, item.positions, item.message
        case Hold():
            return item.kind, item.listen, item.start, item.stop, item.closed
        case Clip():
            return told_of(item)
        case _:
            return None


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
