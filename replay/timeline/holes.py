"""Sequence holes: where a device's own counter says that events are missing.

Rule 1: between two of a device's records, next to each other in fold order, whose `sequence` rises by more than
        one, every number in between must be known (in this session or outside it), else there is a hole.
Rule 2: a number that falls or repeats is a restart of the counter or a late event: no hole.
Rule 3: a number known from outside counts where such a rise needs it, and nowhere else.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

import msgspec

from replay.timeline.evidence import Evidence, Placed
from replay.timeline.sorting import NS
from replay.timeline.stretches import Span, union


class Hole(msgspec.Struct, frozen=True):
    """Missing `sequence` numbers of a device, first to last, and the stretch (ns) they are missing from.

    `positions` are the records on either side.
    """

    device: str
    first: int
    last: int
    missing: int
    start: int
    stop: int
    positions: tuple[int, int]


def find_holes(evidence: Evidence, records: Sequence[Placed]) -> list[Hole]:
    """Every hole among a session's records, which are in fold order."""
    holes: list[Hole] = []
    for device, members in _counted(records).items():
        holes.extend(_holes_of(device, members, evidence.sequences.get(device, {})))
    return holes


def filling(evidence: Evidence, records: Sequence[Placed]) -> Iterable[int]:
    """Positions of records outside the session whose numbers its records, in fold order, were judged by."""
    for device, members in _counted(records).items():
        outside = evidence.sequences.get(device, {})
        numbers = sorted(outside)
        for first, end in union(due for _, _, due in _rises(members)):
            for number in numbers[bisect_left(numbers, first) : bisect_left(numbers, end)]:
                yield outside[number]


def _counted(records: Sequence[Placed]) -> Mapping[str, list[Placed]]:
    """The records that carry a number, by device."""
    counted: dict[str, list[Placed]] = defaultdict(list)
    for placed in records:
        if placed.event.device is not None and placed.event.sequence is not None:
            counted[placed.event.device].append(placed)
    return counted


def _rises(members: Sequence[Placed]) -> Iterable[tuple[Placed, Placed, Span]]:
    """Neighbours, and the numbers that are due between them: the first, and the one after the last."""
    for before, after in pairwise(members):
        first, end = (before.event.sequence or 0) + 1, after.event.sequence or 0
        if first < end:
            yield before, after, (first, end)


def _holes_of(device: str, members: Sequence[Placed], outside: Mapping[int, int]) -> Iterable[Hole]:
    numbers = sorted({placed.event.sequence or 0 for placed in members} | set(outside))
    for before, after, (first, end) in _rises(members):
        missing = end - first - (bisect_left(numbers, end) - bisect_left(numbers, first))
        if missing > 0:
            yield Hole(
                device=device,
                first=first,
                last=end - 1,
                missing=missing,
                start=before.time * NS,
                stop=after.time * NS,
                positions=(before.position, after.position),
            )
