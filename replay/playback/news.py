"""What a newer score says of what was played already. Pure.

Rule 1: who follows is told everything exactly once, or that it is not so any more: steps that came to be known
        late are told late, and what was told and is known otherwise is counted.
Rule 2: provisional steps are not told to who follows: nobody knows yet whether it goes on.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import NamedTuple

from replay.playback.score import Score


class News(NamedTuple):
    """What a newer score says of what was played already: late steps, by index, and how many are not so any more.

    `following` is the index to go on at.
    """

    following: int
    late: list[int]
    withdrawn: int


def news(old: Score, new: Score, reached: int) -> News:
    """What a listener who has heard everything of `old` up to a moment has to be told of `new`."""
    end = bisect_right(new.moments, reached)
    heard = _heard(old, reached)
    late = [
        index
        for index in range(end)
        if index not in new.provisional and new.kinds[index] != "jump" and new.identities[index] not in heard
    ]
    still = {new.identities[index] for index in range(len(new)) if index not in new.provisional}
    return News(end, late, len(heard - still))


def _heard(score: Score, reached: int) -> frozenset[int]:
    """The identities of what a listener has been told of a score, up to a moment."""
    return frozenset(
        score.identities[index]
        for index in range(bisect_right(score.moments, reached))
        if index not in score.provisional and score.kinds[index] != "jump"
    )
