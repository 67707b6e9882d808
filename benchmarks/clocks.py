"""How long a clock takes to estimate: `python -m benchmarks.clocks [--samples 100000]`.

A device that reports for a day: live, over a network with exponential latency, with both clocks and a step an hour;
and the worst for the hull, a clock whose rate bends all the time, so that every reading is a corner.
"""

from __future__ import annotations

import argparse
import random
import statistics
import time
from collections.abc import Callable

from replay.clocks import Reading, estimate_clock

START = 1_780_000_000_000_000
DAY = 86_400_000_000
HOUR = 3_600_000_000


def live(samples: int) -> list[Reading]:
    """Readings with a monotonic clock, and a step an hour."""
    chance = random.Random(1)
    readings = []
    for number in range(samples):
        at = DAY * number // samples
        wall = START + at + 3_200_000 + at // 25_000 + at // HOUR * 90_000_000
        arrived = START + at + 50_000 + round(chance.expovariate(1 / 100_000))
        readings.append(Reading(number + 1, arrived, wall, wall, at + at // 25_000, number))
    return readings


def bent(samples: int) -> list[Reading]:
    """Readings of a clock that slows down all the time: each is a corner of the hull."""
    readings = []
    for number in range(samples):
        at = DAY * number // samples
        wall = START + at - number * number // 1000
        readings.append(Reading(number + 1, START + at, wall, wall, None))
    return readings


def median_seconds(run: Callable[[], object], times: int = 3) -> float:
    """The median time of a few runs."""
    took = []
    for _ in range(times):
        began = time.perf_counter()
        run()
        took.append(time.perf_counter() - began)
    return statistics.median(took)


def main() -> None:
    """Measure both."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--samples", type=int, default=100_000)
    samples = parser.parse_args().samples
    for name, make in (("live, with steps", live), ("bent", bent)):
        for count in (samples // 10, samples):
            readings = make(count)
            seconds = median_seconds(lambda readings=readings: estimate_clock("d", readings))  # type: ignore[misc]
            print(
                f"{name:<18}{count:>9,} readings {seconds * 1000:8.1f} ms {seconds / count * 1e6:6.2f} us each"
            )


if __name__ == "__main__":
    main()
