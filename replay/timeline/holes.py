"""Sequence holes: where a device's own counter says that events are missing.

Rule 1: between two of a device's records, next to each other in fold order, whose `sequence` rises by more than
        one, every number in between must be known (in this session or outside it), else there is a hole.
Rule 2: a number that falls or repeats is a restart of the counter or a late event: no hole.
Rule 3: a number known from outside counts where such a rise needs it, and nowhere else.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from replay.timeline.evidence import Evidence, Placed
from replay.timeline.model import Hole
from replay.timeline.sorting import NS
from replay.timeline.stretches import Span, union

Counted = tuple[int, Placed]
"""A record and its number."""


class Rise(NamedTuple):
    """Two neighbours, and the numbers that are due between them: the first, and the one after the last."""

    before: Placed
    after: Placed
    due: Span


class Counter:
    """The counter of one device, where it rises by more than one.

    `outside` are the numbers that the prefix has for it elsewhere, each with its position.
    """

    def __init__(self, device: str, members: Sequence[Counted], outside: Mapping[int, int]) -> None:
        self.device = device
        self._members = members
        self._outside = outside
        self._rises = list(_rises(members))

    def holes(self) -> Iterator[Hole]:
        """Every hole."""
        if not self._rises:
            return
        known = sorted({number for number, _ in self._members}.union(self._outside))
        for before, after, (first, end) in self._rises:
            missing = end - first - (bisect_left(known, end) - bisect_left(known, first))
            if missing > 0:
                yield Hole(
                    device=self.device,
                    first=first,
                    last=end - 1,
                    missing=missing,
                    start=before.time * NS,
                    stop=after.time * NS,
                    positions=(before.position, after.position),
                )

    def filling(self) -> Iterator[int]:
        """Positions of records outside the session whose numbers its records were judged by."""
        numbers = sorted(self._outside)
        for first, end in union(rise.due for rise in self._rises):
            for number in numbers[bisect_left(numbers, first) : bisect_left(numbers, end)]:
                yield self._outside[number]


def counters(evidence: Evidence) -> list[Counter]:
    """The counters of a session's devices."""
    return [
        Counter(device, _counted(members), evidence.sequences.get(device, {}))
        for device, members in evidence.by_device.items()
        if device is not None
    ]


def _counted(members: Iterable[Placed]) -> list[Counted]:
    return [(number, placed) for placed in members if (number := placed.event.sequence) is not None]


def _rises(members: Sequence[Counted]) -> Iterator[Rise]:
    for (before, earlier), (after, later) in pairwise(members):
        if after > before + 1:
            yield Rise(earlier, later, (before + 1, after))
