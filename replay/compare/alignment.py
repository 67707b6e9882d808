"""Which items of one list are which of another: a common subsequence of both, as long as can be had in linear time.

Rule 1: the pairs rise in both lists, and what is paired is equal.
Rule 2: up to `EXACT` items that the lists do not share, no longer subsequence exists (E. Myers, "An O(ND)
        Difference Algorithm and Its Variations", Algorithmica 1, 1986).
Rule 3: beyond that, what occurs once in both lists holds them together (the longest rising run of it, as in B.
        Cohen's patience diff), and what lies between is matched in legs of `LEG` unshared items each. The
        subsequence is then near the longest, and the work never more than some hundred steps an item.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from typing import NamedTuple

EXACT = 256
"""Unshared items up to which the longest common subsequence is found, wherever they are."""
LEG = 64
"""Unshared items after which a leg through a stretch without anchors ends where it came farthest."""

NOWHERE = -1

Items = Sequence[Hashable]
Pair = tuple[int, int]


def align(a: Items, b: Items) -> list[Pair]:
    """(index in `a`, index in `b`) of each pair, rising."""
    first, last = _common_ends(a, b)
    box = Box(first, len(a) - last, first, len(b) - last)
    leg = _leg(a, b, box, EXACT)
    inside = leg.pairs if leg.done else _between_anchors(a, b, box)
    ends = zip(range(box.a_stop, len(a)), range(box.b_stop, len(b)), strict=True)
    return [*((i, i) for i in range(first)), *inside, *ends]


class Box(NamedTuple):
    """A stretch of either list, `[start, stop)`."""

    a_start: int
    a_stop: int
    b_start: int
    b_stop: int


class Leg(NamedTuple):
    """The pairs of a walk, where it came, and whether that is the end of its box."""

    pairs: list[Pair]
    a: int
    b: int
    done: bool


def _common_ends(a: Items, b: Items) -> Pair:
    """How many items both begin with, and how many of the others both end with."""
    most = min(len(a), len(b))
    first = 0
    while first < most and a[first] == b[first]:
        first += 1
    last = 0
    while last < most - first and a[-1 - last] == b[-1 - last]:
        last += 1
    return first, last


def _between_anchors(a: Items, b: Items, box: Box) -> Iterator[Pair]:
    """The anchors, and what the legs find between them."""
    end = (box.a_stop, box.b_stop)
    before = (box.a_start - 1, box.b_start - 1)
    for after in (*_anchors(a, b, box), end):
        yield from _legs(a, b, Box(before[0] + 1, after[0], before[1] + 1, after[1]))
        if after != end:
            yield after
        before = after


def _anchors(a: Items, b: Items, box: Box) -> list[Pair]:
    """The longest rising run of what occurs once in either stretch."""
    a_range, b_range = range(box.a_start, box.a_stop), range(box.b_start, box.b_stop)
    often_in_a, often_in_b = Counter(a[i] for i in a_range), Counter(b[j] for j in b_range)
    where = {b[j]: j for j in b_range if often_in_b[b[j]] == 1}
    shared = [(i, where[a[i]]) for i in a_range if often_in_a[a[i]] == 1 and a[i] in where]
    return [shared[index] for index in _longest_rise([j for _, j in shared])]


def _longest_rise(numbers: Sequence[int]) -> list[int]:
    """The indexes of a longest strictly rising subsequence of different numbers (patience sorting)."""
    tops: list[int] = []
    piles: list[int] = []
    before: list[int | None] = []
    for index, number in enumerate(numbers):
        pile = bisect_left(tops, number)
        before.append(piles[pile - 1] if pile else None)
        tops[pile : pile + 1] = [number]
        piles[pile : pile + 1] = [index]
    rise: list[int] = []
    last = piles[-1] if piles else None
    while last is not None:
        rise.append(last)
        last = before[last]
    return rise[::-1]


def _legs(a: Items, b: Items, box: Box) -> Iterator[Pair]:
    """What legs of bounded length find, each from where the one before came."""
    done = False
    while not done:
        leg = _leg(a, b, box, LEG)
        yield from leg.pairs
        box = box._replace(a_start=leg.a, b_start=leg.b)
        done = leg.done


def _leg(a: Items, b: Items, box: Box, most: int) -> Leg:
    """Myers' greedy walk with at most `most` unshared items; it ends where it came farthest.

    `reach[t]` is how far into `a` a path with so many unshared items comes on the diagonal (place in `a` minus
    place in `b`) `2 * t - unshared`; NOWHERE when there is no such path within the box.
    """
    walk = _Walk(a, b, box)
    history: list[list[int]] = []
    reach: list[int] = []
    unshared = 0
    while True:
        reach = [walk.come(reach, unshared, t) for t in range(unshared + 1)]
        history.append(reach)
        done = walk.at_end(reach, unshared)
        if done or unshared == most:
            return walk.back(history, done)
        unshared += 1


class _Walk:
    """Greedy walks through a box, counted from its corner."""

    def __init__(self, a: Items, b: Items, box: Box) -> None:
        self.a, self.b, self.box = a, b, box
        self.wide = box.a_stop - box.a_start
        self.high = box.b_stop - box.b_start

    def come(self, before: Sequence[int], unshared: int, t: int) -> int:
        """How far a path comes on a diagonal, by one unshared item more than `before`, and what is shared then."""
        x = self.step(before, unshared, t)
        if x == NOWHERE:
            return x
        a, b, box = self.a, self.b, self.box
        i, j = box.a_start + x, box.b_start + x - (2 * t - unshared)
        while i < box.a_stop and j < box.b_stop and a[i] == b[j]:
            i += 1
            j += 1
        return i - box.a_start

    def step(self, before: Sequence[int], unshared: int, t: int) -> int:
        """Where a diagonal is entered: past an item of `b` from the one beside it, or past one of `a`."""
        if not unshared:
            return 0
        past_b = before[t] if t < unshared else NOWHERE
        past_a = before[t - 1] + 1 if t and before[t - 1] != NOWHERE else NOWHERE
        if past_b != NOWHERE and past_b - (2 * t - unshared) > self.high:
            past_b = NOWHERE
        return max(past_b, past_a if past_a <= self.wide else NOWHERE)

    def at_end(self, reach: Sequence[int], unshared: int) -> bool:
        """Whether a path has come to the far corner."""
        t, odd = divmod(self.wide - self.high + unshared, 2)
        return not odd and 0 <= t <= unshared and reach[t] == self.wide

    def back(self, history: list[list[int]], done: bool) -> Leg:
        """The pairs of the path that came to the corner, or farthest."""
        unshared = len(history) - 1
        reach = history[-1]
        t = (self.wide - self.high + unshared) // 2 if done else self._farthest(reach, unshared)
        x = reach[t]
        came = self.box.a_start + x, self.box.b_start + x - (2 * t - unshared)
        pairs: list[Pair] = []
        while True:
            before = history[unshared - 1] if unshared else []
            entered, shift = self.step(before, unshared, t), self.box.b_start - (2 * t - unshared)
            pairs.extend(
                (self.box.a_start + i, shift + i) for i in range(history[unshared][t] - 1, entered - 1, -1)
            )
            if not unshared:
                return Leg(pairs[::-1], *came, done)
            t -= not (t < unshared and before[t] == entered)
            unshared -= 1

    @staticmethod
    def _farthest(reach: Sequence[int], unshared: int) -> int:
        """The diagonal on which most items are passed; of equals the one nearest the middle."""
        there = [t for t, x in enumerate(reach) if x != NOWHERE]
        return max(there, key=lambda t: (2 * reach[t] - (2 * t - unshared), -abs(2 * t - unshared)))
