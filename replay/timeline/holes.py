"""Sequence holes: where a device's own counter says that events are missing.

Rule 1: between two of a device's records, next to each other in fold order, whose `sequence` rises by more than
        one, every number in between must be known (in this session or outside it), else there is a hole.
Rule 2: a number that falls or repeats is a restart of the counter or a late event: no hole.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

import msgspec

from replay.timeline.evidence import Evidence, Placed
from replay.timeline.sorting import NS


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
    counted: dict[str, list[Placed]] = defaultdict(list)
    for placed in records:
        if placed.event.device is not None and placed.event.sequence is not None:
            counted[placed.event.device].append(placed)
    holes: list[Hole] = []
    for device, members in counted.items():
        holes.extend(_holes_of(device, members, evidence.sequences.get(device, {})))
    return holes


def filling(evidence: Evidence) -> Iterable[int]:
    """Positions of records outside the session whose numbers the session was judged by."""
    for known in evidence.sequences.values():
        yield from known.values()


def _holes_of(device: str, members: list[Placed], outside: Mapping[int, int]) -> Iterable[Hole]:
    numbers = sorted({placed.event.sequence or 0 for placed in members} | set(outside))
    for before, after in pairwise(members):
        low, high = before.event.sequence or 0, after.event.sequence or 0
        if high <= low + 1:
            continue
        known = bisect_left(numbers, high) - bisect_right(numbers, low)
        missing = high - low - 1 - known
        if missing > 0:
            yield Hole(
                device=device,
                first=low + 1,
                last=high - 1,
                missing=missing,
                start=before.time * NS,
                stop=after.time * NS,
                positions=(before.position, after.position),
            )
