"""Two sessions, play by play: what one has and the other has not, and what is otherwise in both.

Rule 1: plays are aligned by their recordings, in the order they begin; times are compared from each session's
        own zero.
Rule 2: what is left on both sides of one recording is the same play at another place: `reordered`, not missing
        and extra.
Rule 3: the common shift is the one play's shift that most plays agree with, within the tolerance; of equals the
        smallest. What is `shifted` is so beyond it. Where no two of several plays agree there is none.
Rule 4: nothing within the tolerance is a difference.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Hashable, Iterator, Sequence

import msgspec

from replay.compare.alignment import align
from replay.compare.differing import Difference, differences, extra, missing, reordered
from replay.compare.plays import Play, plays_of
from replay.session import Session

TOLERANCE = 50_000_000
"""Nanoseconds within which two moments or lengths are the same, as for a gap."""


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """Two sessions, compared. `shift` is by how much `b` is later, from zero to zero; None without a common one.

    `agreeing` plays have that shift, of the `aligned` ones. Differences are in the order of `a`'s timeline.
    """

    a: Session
    b: Session
    tolerance: int
    plays_of_a: int
    plays_of_b: int
    aligned: int
    shift: int | None
    agreeing: int
    differences: tuple[Difference, ...]

    @property
    def same(self) -> bool:
        """Whether both play the same, at the same times."""
        return not self.differences and abs(self.shift or 0) <= self.tolerance


def compare_sessions(a: Session, b: Session, tolerance: int = TOLERANCE) -> Comparison:
    """What differs between two sessions; `tolerance` in nanoseconds."""
    ours, theirs = plays_of(a.timeline), plays_of(b.timeline)
    pairs = [(ours[i], theirs[j]) for i, j in align(_recordings(ours, "a"), _recordings(theirs, "b"))]
    paired = {id(play) for pair in pairs for play in pair}
    left = [play for play in ours if id(play) not in paired]
    right = [play for play in theirs if id(play) not in paired]
    elsewhere = list(_same_recording(left, right))
    shift, agreeing = common_shift([there.offset - here.offset for here, there in pairs], tolerance)
    moved = {id(play) for pair in elsewhere for play in pair}
    found = [
        *(missing(play) for play in left if id(play) not in moved),
        *(extra(play, shift or 0) for play in right if id(play) not in moved),
        *(reordered(*pair) for pair in elsewhere if _is_elsewhere(*pair, shift or 0, tolerance)),
    ]
    for here, there in pairs:
        found += differences(here, there, shift or 0, tolerance)
    for here, there in elsewhere:
        found += differences(here, there, there.offset - here.offset, tolerance)
    found.sort(key=lambda difference: difference.at)
    return Comparison(
        a=a,
        b=b,
        tolerance=tolerance,
        plays_of_a=len(ours),
        plays_of_b=len(theirs),
        aligned=len(pairs) + len(elsewhere),
        shift=shift,
        agreeing=agreeing,
        differences=tuple(found),
    )


def common_shift(shifts: Sequence[int], tolerance: int) -> tuple[int | None, int]:
    """The shift that most agree with within the tolerance, and how many do; (None, 0) where there is none."""
    ordered = sorted(shifts)
    agreeing = {
        shift: bisect_right(ordered, shift + tolerance) - bisect_left(ordered, shift - tolerance)
        for shift in ordered
    }
    if not agreeing or max(agreeing.values()) < min(len(shifts), 2):
        return None, 0
    best = max(agreeing, key=lambda shift: (agreeing[shift], -abs(shift), -shift))
    return best, agreeing[best]


def _recordings(plays: Sequence[Play], side: str) -> list[Hashable]:
    """What plays are aligned by: their recording; one that nobody named is like no other."""
    return [(side, number) if play.asset is None else play.asset for number, play in enumerate(plays)]


def _same_recording(left: Sequence[Play], right: Sequence[Play]) -> Iterator[tuple[Play, Play]]:
    """What is left of one recording on both sides, in order."""
    waiting: dict[str, list[Play]] = defaultdict(list)
    for play in reversed(right):
        if play.asset is not None:
            waiting[play.asset].append(play)
    for play in left:
        if play.asset is not None and waiting[play.asset]:
            yield play, waiting[play.asset].pop()


def _is_elsewhere(here: Play, there: Play, shift: int, tolerance: int) -> bool:
    """Whether two plays are at different places: those that begin almost together change places easily."""
    return abs(there.offset - here.offset - shift) > tolerance
