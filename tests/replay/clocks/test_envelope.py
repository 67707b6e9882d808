"""Offset and rate, and whether they are as sure as they say."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from replay.clocks import DeviceClock, estimate_clock
from tests.replay.clocks.device import (
    Congested,
    Device,
    Latency,
    chatter,
    exponential,
    heavy_tailed,
    lognormal,
    resent,
)

SECOND = 1_000_000_000
HOUR, DAY = 3600.0, 86400.0
DEVICES = 120
"""How many devices of each kind are drawn."""


def drawn(count: int, span: float, latency: Latency, seed: int) -> tuple[Device, DeviceClock]:
    """A device whose clock and network are drawn at random, and the estimate of its clock."""
    chance = random.Random(seed)
    offset = chance.choice([chance.uniform(-5, 5), chance.uniform(-4000, 4000), chance.uniform(-1e9, 1e9)])
    device = Device(offset, chance.uniform(-80, 80), chance.uniform(0.005, 0.25))
    chatter(device, count, span, latency, seed)
    return device, estimate_clock("d", device.readings)


def offset_covered(device: Device, clock: DeviceClock) -> bool:
    assert clock.at is not None
    assert clock.offset is not None
    assert clock.uncertainty is not None
    return abs(clock.offset - device.true_offset(clock.at)) <= clock.uncertainty


def rate_covered(device: Device, clock: DeviceClock) -> bool:
    assert clock.rate is not None
    assert clock.rate_uncertainty is not None
    return abs(clock.rate - device.rate) <= clock.rate_uncertainty


NETWORKS: list[Callable[[], Latency]] = [
    lambda: exponential,
    lambda: heavy_tailed,
    lambda: lognormal,
    lambda: resent,
    Congested,
]


@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize(("count", "span"), [(3, 60.0), (10, 200.0), (50, 600.0), (200, HOUR), (200, DAY)])
def test_the_offset_is_within_its_uncertainty(
    network: Callable[[], Latency], count: int, span: float
) -> None:
    covered = [offset_covered(*drawn(count, span, network(), seed)) for seed in range(DEVICES)]
    assert sum(covered) / DEVICES >= 0.95


@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize(("count", "span", "within"), [(200, HOUR, 25.0), (200, DAY, 1.0)])
def test_the_rate_is_within_its_uncertainty(
    network: Callable[[], Latency], count: int, span: float, within: float
) -> None:
    found = [drawn(count, span, network(), seed) for seed in range(DEVICES)]
    told = [(device, clock) for device, clock in found if clock.rate is not None]
    assert len(told) == DEVICES
    assert sum(rate_covered(device, clock) for device, clock in told) / DEVICES >= 0.95
    unsure = sorted(clock.rate_uncertainty or 0.0 for _, clock in told)
    assert unsure[DEVICES // 2] <= within


def test_a_few_minutes_tell_an_offset_and_no_rate() -> None:
    clock = estimate_clock("d", chatter(Device(3.2, 40.0), 20, 200, exponential, 1).readings)
    assert (clock.rate, clock.rate_uncertainty) == (None, None)
    assert clock.offset == pytest.approx(3.2 * SECOND, abs=0.1 * SECOND)


def test_more_readings_make_an_estimate_surer() -> None:
    unsure = [
        estimate_clock("d", chatter(Device(), count, 60, exponential, 1).readings).uncertainty or 0
        for count in (1, 2, 5, 50)
    ]
    assert unsure == sorted(unsure, reverse=True)
    assert unsure[0] > 4 * SECOND
    assert unsure[-1] < SECOND // 2


def test_the_line_rests_on_records_that_it_names() -> None:
    device = Device(1.0)
    slow = device.tell(0, under_way=2.0)
    fast = device.tell(10)
    device.tell(20, under_way=1.0)
    clock = estimate_clock("d", device.readings)
    assert clock.positions == (fast.position,)
    assert clock.samples == 3
    assert slow.position not in clock.positions


def test_a_clock_that_stands_still_is_one_reading() -> None:
    device = Device(0.0)
    first = device.tell(0)
    for at in range(1, 50):
        told = device.tell(at * 100)
        device.readings[-1] = type(told)(
            position=told.position,
            recordedtime=told.recordedtime,
            time=first.time,
            senttime=first.senttime,
            monotonic=None,
        )
    clock = estimate_clock("d", device.readings)
    assert (clock.samples, clock.rate) == (1, None)
    assert clock.offset == -50_000_000


@pytest.mark.parametrize("years", [-56, 56])
def test_one_event_from_another_year_moves_nothing(years: int) -> None:
    device = chatter(Device(2.0), 10, 60, exponential, 3)
    before = estimate_clock("d", device.readings)
    device.stepped = years * 365 * DAY
    device.tell(61)
    after = estimate_clock("d", device.readings)
    assert after.line == before.line


def test_an_enormous_offset_is_an_offset() -> None:
    device = chatter(Device(-1.7e9), 10, 60, exponential, 3)
    clock = estimate_clock("d", device.readings)
    assert clock.offset == pytest.approx(-1.7e9 * SECOND, abs=SECOND)
