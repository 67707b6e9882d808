"""Where a wall clock was set, told from a monotonic clock that was not."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from replay.clocks import DeviceClock, estimate_clock, steps
from replay.clocks.model import Reading
from tests.replay.clocks.device import ZERO, Device, exponential

SECOND = 1_000_000_000
HOUR = 3600.0


def talk(device: Device, first: float, last: float, every: float = 10.0, *, counted: bool = False) -> None:
    """Tell readings with both clocks, live."""
    chance = random.Random(first)
    for tick in range(int((last - first) / every)):
        number = len(device.readings) + 1 if counted else None
        device.tell(first + tick * every, under_way=exponential(chance), monotonic=True, sequence=number)


def settled(device: Device) -> DeviceClock:
    return estimate_clock("d", device.readings)


def restart(device: Device, at: float) -> None:
    """The device starts again: its monotonic clock with it."""
    device.booted = at


@pytest.mark.parametrize("by", [-HOUR, -2.0, 1.5, 60.0, 1.7e9])
def test_a_step_is_found_with_its_size_and_its_records(by: float) -> None:
    device = Device(3.0, rate=40.0)
    talk(device, 0, 600)
    before = device.readings[-1]
    device.stepped = by
    talk(device, 600, 1200)
    clock = settled(device)
    after = device.readings[60]
    [step] = clock.steps
    assert step.by == pytest.approx(by * SECOND, abs=0.001 * SECOND)
    assert step.positions == (before.position, after.position)
    assert step.time == after.time


def test_one_line_serves_both_sides_of_a_step() -> None:
    device = Device(3.0, rate=40.0)
    talk(device, 0, 1800)
    device.stepped = -HOUR
    talk(device, 1800, 3600)
    clock = settled(device)
    assert [segment.line.samples for segment in clock.segments if segment.line] == [360, 360]
    for reading, at in ((device.readings[3], 30), (device.readings[-3], 3570)):
        assert reading.time is not None
        assert reading.monotonic is not None
        corrected = clock.correct(reading.time, reading.monotonic / 1e6)
        assert abs(corrected - (ZERO + at * 1_000_000)) < 100_000


def test_a_clock_that_is_set_and_set_back_has_two_steps() -> None:
    device = Device()
    talk(device, 0, 100)
    device.stepped = 90.0
    talk(device, 100, 200)
    device.stepped = 0.0
    talk(device, 200, 300)
    assert [round(step.by / SECOND) for step in settled(device).steps] == [90, -90]


def test_a_restart_is_no_step() -> None:
    device = Device(3.0)
    talk(device, 0, 300)
    restart(device, 400)
    talk(device, 420, 700)
    clock = settled(device)
    assert clock.steps == ()
    assert clock.samples == 58
    assert len({segment.line for segment in clock.segments}) == 1


def test_a_monotonic_clock_that_sleeps_with_its_device_is_no_step() -> None:
    device = Device(3.0)
    talk(device, 0, 300)
    device.booted += 3600.0
    talk(device, 3900, 4200)
    assert settled(device).steps == ()


def test_a_restart_that_loses_the_time_begins_anew_until_the_clock_is_set() -> None:
    device = Device(2.0)
    talk(device, 0, 300)
    restart(device, 300)
    device.stepped = -1.7e9
    talk(device, 310, 350)
    device.stepped = 0.5
    talk(device, 350, 900)
    clock = settled(device)
    [step] = clock.steps
    assert step.by == pytest.approx((1.7e9 + 0.5) * SECOND, abs=SECOND // 1000)
    lost = device.readings[31]
    assert lost.time is not None
    assert lost.monotonic is not None
    assert abs(clock.correct(lost.time, lost.monotonic / 1e6) - (ZERO + 320_000_000)) < 400_000
    assert clock.offset == pytest.approx(2.5 * SECOND, abs=0.2 * SECOND)


@pytest.mark.parametrize("counted", [True, False])
def test_a_late_upload_from_before_a_step_adds_no_step(counted: bool) -> None:
    device = Device()
    talk(device, 0, 100, counted=counted)
    for at in (100.0, 110.0):
        number = len(device.readings) + 1 if counted else None
        device.tell(at, after=600, monotonic=True, sequence=number)
    held = device.readings[-2:]
    del device.readings[-2:]
    device.stepped = 30.0
    for at in range(120, 300, 10):
        number = len(device.readings) + 3 if counted else None
        device.tell(float(at), monotonic=True, sequence=number)
    late = [
        type(one)(**{**{f: getattr(one, f) for f in one.__struct_fields__}, "position": 90 + index})
        for index, one in enumerate(held)
    ]
    device.readings += late
    assert [round(step.by / SECOND) for step in settled(device).steps] == [30]


def test_a_clock_that_ntp_slews_is_not_set() -> None:
    device = Device(0.0)
    for minute in range(600):
        device.stepped = min(minute * 60 * 400e-6, 8.0)
        device.tell(minute * 60.0, monotonic=True)
    assert settled(device).steps == ()


def test_a_monotonic_clock_of_noise_is_passed_over() -> None:
    device = Device(3.0)
    chance = random.Random(1)
    for at in range(300):
        device.booted = -chance.uniform(0, 1e6)
        device.tell(float(at), monotonic=True)
    clock = settled(device)
    assert (clock.steps, len(clock.segments)) == ((), 1)
    assert clock.offset == pytest.approx(3.0 * SECOND, abs=0.1 * SECOND)


def test_without_a_monotonic_clock_there_are_no_steps() -> None:
    device = Device()
    device.tell(0)
    device.stepped = 30.0
    device.tell(10)
    assert settled(device).steps == ()


RECORDS = st.tuples(
    st.none() | st.integers(0, 5).map(lambda second: second * 1_000_000),
    st.sampled_from([0, 0, 1_000_000, 1_000_001, 1_900_000, None]),
    st.none() | st.integers(0, 5),
)
"""A monotonic clock, what the wall clock has beyond it, and a number, each where it is told."""


@given(st.lists(RECORDS, max_size=8))
def test_a_clock_that_nothing_disturbed_needs_no_look_at_each_pair(
    told: list[tuple[int | None, int | None, int | None]],
) -> None:
    """Where all of its records agree, that tells what going from each to the next does."""
    readings = [
        Reading(
            position=position,
            recordedtime=ZERO + position,
            time=None if beyond is None else ZERO + (monotonic or 0) + beyond,
            senttime=None,
            monotonic=monotonic,
            sequence=number,
        )
        for position, (monotonic, beyond, number) in enumerate(told, start=1)
    ]
    assert steps.find_steps(readings) == steps._cut(steps._runs(steps._in_order(readings)))
