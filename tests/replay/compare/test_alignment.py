"""The alignment against a table of all subsequences for short lists, and against a count of steps for long ones."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from replay.compare import alignment
from replay.compare.alignment import align

WORDS = st.text("abcd", max_size=24)
LONG = 10_000


def longest(a: Sequence[object], b: Sequence[object]) -> int:
    """The length of a longest common subsequence, by the table that everybody trusts."""
    above = [0] * (len(b) + 1)
    for item in a:
        row = [0]
        for j, other in enumerate(b):
            row.append(above[j] + 1 if item == other else max(above[j + 1], row[j]))
        above = row
    return above[-1]


def check(a: Sequence[object], b: Sequence[object], pairs: list[tuple[int, int]]) -> None:
    assert all(a[i] == b[j] for i, j in pairs)
    assert all(x < i and y < j for (x, y), (i, j) in pairwise(pairs))


@given(WORDS, WORDS)
def test_no_common_subsequence_is_longer(a: str, b: str) -> None:
    pairs = align(a, b)
    check(a, b, pairs)
    assert len(pairs) == longest(a, b)


@given(WORDS, WORDS)
def test_it_is_as_long_the_other_way_round(a: str, b: str) -> None:
    assert len(align(a, b)) == len(align(b, a))


@given(WORDS, WORDS, st.integers(0, 3), st.integers(1, 3))
def test_beyond_its_bound_it_is_still_a_common_subsequence(a: str, b: str, exact: int, leg: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(alignment, "EXACT", exact)
        patch.setattr(alignment, "LEG", leg)
        check(a, b, align(a, b))


@given(st.permutations("abcdefghijklmnop"), st.permutations("abcdefghijklmnop"))
def test_beyond_its_bound_what_occurs_once_is_still_aligned_at_its_longest(
    a: list[str], b: list[str]
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(alignment, "EXACT", 0)
        assert len(align(a, b)) == longest(a, b)


class Counted:
    """An item that counts how often it is looked at."""

    looks = 0

    def __init__(self, name: int) -> None:
        self.name = name

    def __eq__(self, other: object) -> bool:
        Counted.looks += 1
        return isinstance(other, Counted) and self.name == other.name

    def __hash__(self) -> int:
        return hash(self.name)


def cycle(period: int, count: int) -> list[int]:
    return [n % period for n in range(count)]


HARD: dict[str, tuple[Sequence[int], Sequence[int]]] = {
    "the same": (cycle(LONG, LONG), cycle(LONG, LONG)),
    "all of one": ([0] * LONG, [0] * (LONG - 3000)),
    "nothing in common": (cycle(LONG, LONG), [-1 - n for n in range(LONG)]),
    "backwards": (cycle(LONG, LONG), cycle(LONG, LONG)[::-1]),
    "cycles of other lengths": (cycle(7, LONG), cycle(11, LONG)),
    "pairs and triples": (cycle(2, LONG), [n % 3 == 0 for n in range(LONG)]),
    "the middle third is missing": (
        cycle(LONG, LONG),
        [n for n in range(LONG) if not LONG // 3 < n < 2 * LONG // 3],
    ),
    "with nothing": (cycle(5, LONG), []),
}


@pytest.mark.parametrize("name", HARD)
def test_ten_thousand_plays_take_no_more_than_some_hundred_looks_each(name: str) -> None:
    a, b = ([Counted(item) for item in items] for items in HARD[name])
    Counted.looks = 0
    pairs = align(a, b)
    assert Counted.looks < 400 * (len(a) + len(b) + 100)
    check(a, b, pairs)


def test_a_long_gap_in_recordings_that_occur_once_is_seen_as_one() -> None:
    a, b = HARD["the middle third is missing"]
    assert len(align(a, b)) == len(b)
