"""A device with a clock that is wrong in a known way, on a network of a known kind."""

from __future__ import annotations

import random
from collections.abc import Callable

from replay.clock import MICROSECONDS
from replay.clocks import Reading

ZERO = 1_780_000_000 * MICROSECONDS

Latency = Callable[[random.Random], float]
"""Seconds above the least."""


def exponential(chance: random.Random) -> float:
    return chance.expovariate(1 / 0.1)


def heavy_tailed(chance: random.Random) -> float:
    return 0.1 * (chance.paretovariate(1.1) - 1)


def lognormal(chance: random.Random) -> float:
    return 0.1 * chance.lognormvariate(0, 1)


def resent(chance: random.Random) -> float:
    """A fifth is sent again up to a day later, with the `senttime` of the first attempt."""
    return exponential(chance) + (chance.uniform(60, 86400) if chance.random() < 0.2 else 0)


class Congested:
    """A network that is slow for a while, now and then."""

    def __init__(self) -> None:
        self.queue = 0.0

    def __call__(self, chance: random.Random) -> float:
        if chance.random() < 0.05:
            self.queue = chance.expovariate(1 / 2)
        self.queue *= 0.8
        return self.queue + exponential(chance)


class Device:
    """Tells readings. `offset` in seconds at `ZERO`, `rate` in ppm, `least` latency in seconds.

    `monotonic` runs as the wall clock does, but is never set.
    """

    def __init__(self, offset: float = 0.0, rate: float = 0.0, least: float = 0.05) -> None:
        self.offset = offset
        self.rate = rate
        self.least = least
        self.booted = -1000.0
        self.stepped = 0.0
        self.readings: list[Reading] = []

    def wall(self, at: float) -> int:
        """What its clock shows `at` seconds after `ZERO`."""
        shown = at + self.offset + self.stepped + self.rate * 1e-6 * at
        return ZERO + round(shown * MICROSECONDS)

    def true_offset(self, at: int) -> int:
        """Its clock minus the server's at a moment of the server's clock, in nanoseconds."""
        return (self.wall((at - ZERO) / MICROSECONDS) - at) * 1000

    def tell(
        self,
        at: float,
        *,
        after: float = 0.0,
        under_way: float = 0.0,
        senttime: bool = True,
        monotonic: bool = False,
        sequence: int | None = None,
    ) -> Reading:
        """Something happens `at`; it is sent `after` seconds, and is `under_way` for longer than the least."""
        arrived = ZERO + round((at + after + self.least + under_way) * MICROSECONDS)
        ran = (at - self.booted) * (1 + self.rate * 1e-6)
        reading = Reading(
            position=len(self.readings) + 1,
            recordedtime=arrived,
            time=self.wall(at),
            senttime=self.wall(at + after) if senttime else None,
            monotonic=round(ran * MICROSECONDS) if monotonic else None,
            sequence=sequence,
        )
        self.readings.append(reading)
        return reading


def chatter(device: Device, count: int, span: float, latency: Latency, seed: int) -> Device:
    """Have a device tell so many readings within `span` seconds."""
    chance = random.Random(seed)
    for at in sorted(chance.uniform(0, span) for _ in range(count)):
        device.tell(at, under_way=latency(chance))
    return device
