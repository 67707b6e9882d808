"""Where moments fall on a line, and how they are written."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from server.cli.pages.timescale import Scale, clock

MOMENTS = st.floats(-1e7, 1e7)
SCALES = st.builds(Scale, MOMENTS, st.floats(0.001, 1e8), st.integers(28, 300))


@pytest.mark.parametrize(
    ("seconds", "decimals", "text"),
    [
        (0, 3, "0:00.000"),
        (28.41, 3, "0:28.410"),
        (-4, 0, "-0:04"),
        (-0.0001, 3, "0:00.000"),
        (59.9996, 3, "1:00.000"),
        (3725.5, 1, "1:02:05.5"),
        (3 * 86400 + 61, 0, "3d 00:01:01"),
    ],
)
def test_moments_are_written_as_a_clock_shows_them(seconds: float, decimals: int, text: str) -> None:
    assert clock(seconds, decimals) == text


def test_a_ruler_counts_in_steps_that_people_use() -> None:
    assert [label for _, label in Scale(-5, 130, 68).ticks()] == [
        *("0:00", "0:15", "0:30", "0:45", "1:00", "1:15", "1:30", "1:45", "2:00")
    ]


def test_a_ruler_of_half_a_second_shows_the_fraction() -> None:
    assert [label for _, label in Scale(0, 0.5, 68).ticks()][:3] == ["0:00.0", "0:00.1", "0:00.2"]


@given(SCALES)
def test_labels_never_touch_and_lie_on_the_line(scale: Scale) -> None:
    taken = -1
    for cell, label in scale.ticks():
        assert taken < cell < scale.cells
        taken = cell + len(label)


@given(SCALES, MOMENTS, st.floats(0, 1e7))
def test_what_lasts_within_view_is_drawn_in_at_least_one_cell(
    scale: Scale, offset: float, duration: float
) -> None:
    assume(scale.start <= offset < scale.end)
    cells = scale.stretch(offset, duration)
    assert len(cells) >= 1
    assert cells[0] >= 0
    assert cells[-1] < scale.cells


@given(SCALES, st.integers(0, 27), st.integers(2, 28))
def test_stretches_that_follow_each_other_share_no_cell(scale: Scale, first: int, second: int) -> None:
    assume(first < second)
    width = scale.span / scale.cells
    left = scale.stretch(scale.start + first * width, (second - first) * width)
    right = scale.stretch(scale.start + second * width, width)
    assume(second < scale.cells - 1)
    assert not set(left) & set(right)


def test_what_lies_outside_the_view_is_not_drawn() -> None:
    scale = Scale(10, 10, 20)
    assert not scale.stretch(0, 9)
    assert not scale.stretch(20, 5)
    assert scale.stretch(5, 10) == range(10)
