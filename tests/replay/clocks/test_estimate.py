"""What counts as a reading, and what is said without any."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from replay.clocks import Reading, estimate_clock
from tests.replay.clocks.device import ZERO, Device

SECOND = 1_000_000_000


def test_nothing_is_known_without_readings() -> None:
    clock = estimate_clock("d", [])
    assert (clock.offset, clock.rate, clock.uncertainty, clock.least) == (None, None, None, None)
    assert (clock.samples, clock.bounds, clock.steps) == (0, 0, ())
    assert clock.correct(123) == 123


def test_one_reading_tells_an_offset_that_is_not_sure() -> None:
    device = Device(3.0, least=0.2)
    device.tell(0)
    clock = estimate_clock("d", device.readings)
    assert clock.offset == 2_800_000_000
    assert clock.uncertainty == 4_300_000_000
    assert clock.samples == 1


def test_an_upload_a_day_late_is_a_reading_of_the_day_it_was_sent() -> None:
    device = Device(3.2, least=0.1)
    for at in range(10):
        device.tell(at, after=86_400)
    clock = estimate_clock("d", device.readings)
    assert clock.offset == 3_100_000_000


def test_without_senttime_a_time_only_bounds_the_offset() -> None:
    device = Device(5.0, least=0.1)
    device.tell(0, senttime=False)
    device.tell(10, after=86_400, senttime=False)
    clock = estimate_clock("d", device.readings)
    assert (clock.offset, clock.samples) == (None, 0)
    assert (clock.least, clock.bounds) == (4_900_000_000, 2)
    assert clock.correct(ZERO) == ZERO


def test_what_was_sent_together_is_one_reading() -> None:
    device = Device(1.0)
    for at in range(10):
        device.tell(at, after=10 - at)
    clock = estimate_clock("d", device.readings)
    assert clock.samples == 1


def test_a_time_is_corrected_by_offset_and_rate() -> None:
    device = Device(10.0, rate=50.0, least=0.0)
    for at in range(0, 360_000, 600):
        device.tell(at)
    clock = estimate_clock("d", device.readings)
    assert clock.rate == 50.0
    for then in (0.0, 123.456, 360_000.0):
        assert abs(clock.correct(device.wall(then)) - (ZERO + then * 1_000_000)) <= 1


moments = st.integers(-(2**55), 2**55)
readings = st.lists(
    st.builds(
        Reading,
        position=st.integers(1, 2**53),
        recordedtime=moments,
        time=st.none() | moments,
        senttime=st.none() | moments,
        monotonic=st.none() | moments,
        sequence=st.none() | st.integers(0, 2**53),
    ),
    max_size=12,
    unique_by=lambda reading: reading.position,
)


@given(readings, st.randoms(use_true_random=False), moments)
def test_whatever_is_told_gives_a_clock_and_the_order_of_telling_gives_no_other(
    told: list[Reading], chance: object, moment: int
) -> None:
    clock = estimate_clock("d", told)
    shuffled = sorted(told, key=lambda reading: hash((reading.position, str(chance))))
    assert estimate_clock("d", shuffled) == clock
    assert isinstance(clock.correct(moment), int)


@given(readings, moments, moments)
def test_a_correction_keeps_the_order_of_a_clock_that_was_not_set(
    told: list[Reading], one: int, other: int
) -> None:
    clock = estimate_clock("d", told)
    if len(clock.segments) == 1 and one <= other:
        assert clock.correct(one) <= clock.correct(other)
