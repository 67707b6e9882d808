"""How many findings a rule may give: enough to see, never more than can be read.

Rule 1: a rule gives at most `MOST_FINDINGS` findings. What is beyond is one more: it covers the rest, and its
        `count` says how many cases that is. The counts of a rule's findings are always all its cases.
Rule 2: a finding names at most `MOST_POSITIONS` records, the first of them.
Rule 3: a finding lies within the first and the last moment that the timeline speaks of.
"""

from __future__ import annotations

from collections.abc import Iterable

from replay.findings.model import Found

MOST_FINDINGS = 100
MOST_POSITIONS = 200


def bounded(found: Iterable[Found], extent: tuple[int, int]) -> list[Found]:
    """A rule's findings in time order, no more than there may be, each within the extent."""
    ordered = sorted(found, key=_order)
    if len(ordered) > MOST_FINDINGS:
        ordered = [*ordered[: MOST_FINDINGS - 1], _rest(ordered[MOST_FINDINGS - 1 :])]
    return [_within(one, extent) for one in ordered]


def _order(found: Found) -> tuple[int, int, tuple[int, ...]]:
    return found.start, found.stop, found.positions


def _rest(found: list[Found]) -> Found:
    count = sum(one.count for one in found)
    return Found(
        found[0].start,
        max(one.stop for one in found),
        f"{count:,} more of these; the first of them: {found[0].message}",
        tuple(position for one in found[:MOST_POSITIONS] for position in one.positions),
        count,
    )


def _within(found: Found, extent: tuple[int, int]) -> Found:
    first, last = extent
    start = min(max(found.start, first), last)
    stop = min(max(found.stop, start), last)
    return Found(start, stop, found.message, _fewest(found.positions), found.count)


def _fewest(positions: Iterable[int]) -> tuple[int, ...]:
    return tuple(sorted(set(positions))[:MOST_POSITIONS])
