"""What was heard, moment by moment: a timeline whose lanes are laid over each other.

Rule 1: pieces follow each other without overlap; where several clips sound, a piece names them all together.
Rule 2: an instant is heard, else stalled, else paused, else silent, else unknown: as the totals count it.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Literal

import msgspec

from replay.timeline.model import Clip, Timeline

Kind = Literal["heard", "stalled", "paused", "silence", "unknown"]
QUIET: tuple[Kind, ...] = ("stalled", "paused", "silence", "unknown")
MOST_NAMED = 3

Edge = tuple[int, bool, Kind, int, Clip | None]
"""(moment, whether something begins there, its kind, its number, the clip it is of)."""


class Piece(msgspec.Struct, frozen=True):
    """A stretch within which nothing begins or ends. `clips` are the first that sound, `sounding` how many do."""

    start: int
    stop: int
    kind: Kind
    clips: tuple[Clip, ...] = ()
    sounding: int = 0


def origin(timeline: Timeline) -> int:
    """Where a file begins that can hold nothing before its start: at zero, or at the first clip before it.

    The session's sound begins there too, so that what lies beside the sound fits it.
    """
    return min([timeline.zero, *(clip.start for clip in timeline.clips[:1])])


def pieces(timeline: Timeline) -> Iterator[Piece]:
    """The timeline's pieces in order. What has no length has no piece."""
    pending: Piece | None = None
    for piece in _swept(timeline):
        if pending is not None and pending.stop == piece.start and _alike(pending, piece):
            pending = msgspec.structs.replace(pending, stop=piece.stop)
            continue
        if pending is not None:
            yield pending
        pending = piece
    if pending is not None:
        yield pending


def _alike(left: Piece, right: Piece) -> bool:
    """Whether two pieces next to each other are one: nothing that is heard began or ended between them."""
    return (left.kind, left.sounding, left.clips) == (right.kind, right.sounding, right.clips)


def _swept(timeline: Timeline) -> Iterator[Piece]:
    sounding: dict[int, Clip] = {}
    quiet: dict[Kind, int] = dict.fromkeys(QUIET, 0)
    reached = 0
    for moment, begins, kind, number, clip in sorted(_edges(timeline), key=lambda edge: edge[:2]):
        if moment > reached:
            yield from _piece(reached, moment, sounding, quiet)
        reached = moment
        if clip is None:
            quiet[kind] += 1 if begins else -1
        elif begins:
            sounding[number] = clip
        else:
            del sounding[number]


def _piece(start: int, stop: int, sounding: dict[int, Clip], quiet: dict[Kind, int]) -> Iterator[Piece]:
    if sounding:
        yield Piece(start, stop, "heard", tuple(islice(sounding.values(), MOST_NAMED)), len(sounding))
        return
    kind = next((kind for kind in QUIET if quiet[kind]), None)
    if kind is not None:
        yield Piece(start, stop, kind)


def _edges(timeline: Timeline) -> Iterator[Edge]:
    """Where everything that lasts begins and ends; an end sorts before a start of the same moment."""
    spans: list[tuple[int, int, Kind, Clip | None]] = [
        *((clip.start, clip.stop, "heard", clip) for clip in timeline.clips),
        *((hold.start, hold.stop, hold.kind, None) for hold in (*timeline.pauses, *timeline.stalls)),
        *((stretch.start, stretch.stop, "silence", None) for stretch in timeline.silences),
        *((stretch.start, stretch.stop, "unknown", None) for stretch in timeline.unknown),
    ]
    for number, (start, stop, kind, clip) in enumerate(spans):
        if start < stop:
            yield start, True, kind, number, clip
            yield stop, False, kind, number, clip
