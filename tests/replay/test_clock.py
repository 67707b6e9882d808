"""Time: integers inside, RFC 3339 outside."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from replay.clock import EARLIEST, LATEST, format_time, parse_time, to_nanoseconds
from replay.timeline.ratio import media_of, wall_of


@given(st.integers(EARLIEST, LATEST))
def test_a_time_comes_back_from_its_text(micros: int) -> None:
    assert parse_time(format_time(micros)) == micros


def test_seconds_are_read_by_their_decimal_digits() -> None:
    assert to_nanoseconds(28.41) == 28_410_000_000
    assert to_nanoseconds(0.1 + 0.2) == 300_000_000
    assert to_nanoseconds(1e9) == 10**18
    assert to_nanoseconds(7) == 7_000_000_000


def test_half_a_nanosecond_goes_to_the_even_one() -> None:
    assert [to_nanoseconds(n) for n in (0.5e-9, 1.5e-9, 2.5e-9)] == [0, 2, 2]


@given(st.integers(0, 10**15), st.sampled_from([0.5, 1.0, 1.1, 1.5, 2.0, 3.7]))
def test_wall_and_media_time_agree_to_the_nanosecond(wall: int, rate: float) -> None:
    assert abs(wall_of(media_of(wall, rate), rate) - wall) <= 1 / min(rate, 1) + 1


@given(st.integers(1, 10**30))
def test_a_moment_beyond_what_can_be_written_is_told_as_the_nearest(micros: int) -> None:
    assert format_time(LATEST + micros) == format_time(LATEST) == "9999-12-31T23:59:59.999999Z"
    assert format_time(EARLIEST - micros) == format_time(EARLIEST) == "0001-01-01T00:00:00.000000Z"
