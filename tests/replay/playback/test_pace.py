"""When steps are due: no rounding adds up, and every speed keeps its measure."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from replay.playback import Pace

SECOND = 1_000_000_000
SPEEDS = st.fractions(Fraction(1, 4), 64, max_denominator=1000)


@pytest.mark.parametrize(("speed", "wall"), [("1", 8), ("0.25", 32), ("64", 0.125), ("1.5", 5.333333334)])
def test_eight_seconds_take_what_the_speed_makes_of_them(speed: str, wall: float) -> None:
    pace = Pace(Fraction(speed), 100 * SECOND, 30 * SECOND)
    assert pace.due(38 * SECOND) - 100 * SECOND == round(wall * SECOND)


@given(SPEEDS, st.integers(0, 10**15), st.integers(-(10**18), 10**18), st.integers(0, 10**18))
def test_a_step_is_due_at_its_moment_and_not_before(
    speed: Fraction, wall: int, reached: int, on: int
) -> None:
    pace = Pace(speed, wall, reached)
    due = pace.due(reached + on)
    assert pace.is_due(reached + on, due)
    assert not pace.is_due(reached + on, due - 1)


@given(SPEEDS, st.lists(st.integers(0, 10**12), max_size=20).map(sorted))
def test_later_steps_are_due_later(speed: Fraction, moments: list[int]) -> None:
    pace = Pace(speed, 0, 0)
    due = [pace.due(moment) for moment in moments]
    assert due == sorted(due)


def test_as_fast_as_can_be_is_at_once() -> None:
    pace = Pace(None, 5, 0)
    assert pace.is_due(10**18, 0)
    assert pace.due(10**18) == 5
