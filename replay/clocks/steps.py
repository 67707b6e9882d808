"""Where a device's wall clock was set: its wall and its monotonic clock disagree.

Rule 1: between two records the wall clock may gain or lose `SLEW` against the monotonic clock (that is how
        NTP mends small errors), and `STEP` more; beyond that one of the two was disturbed.
Rule 2: which one, the server tells: the clock that ran as far as the server's is sound. A monotonic clock
        that is not was started again, or stood still while the device slept: nothing happened to the wall
        clock.
Rule 3: records come in any order. The device's order is its `sequence`, else the order of arrival; within one
        run of the monotonic clock it is the monotonic clock.
Rule 4: over a restart the wall clock goes on, unless it lost its time: then nothing is known of how both
        sides relate, and each is estimated alone (`group`).
Rule 5: above `MOST` disturbances the monotonic clock is no clock, and is passed over.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import itemgetter

import msgspec

from replay.clock import MICROSECONDS
from replay.clocks.model import NS, Reading, Step

STEP = MICROSECONDS
"""Wall and monotonic clock disagree by more than this (microseconds): a clock-step, by the glossary."""
SLEW = 500
"""What NTP may slew a clock by, in ppm (RFC 5905, appendix A.5.5.6)."""
SOUND = 60 * MICROSECONDS
"""Over a restart the wall clock has kept its time when it agrees with the server's within so many microseconds."""
MOST = 100


class Tick(msgspec.Struct, frozen=True, gc=False):
    """A record with both clocks of its device. `anchor` is the wall minus the monotonic clock."""

    reading: Reading
    wall: int
    monotonic: int
    anchor: int

    @property
    def arrival(self) -> int:
        """When it would have arrived had it been sent at once."""
        senttime = self.reading.senttime
        held = 0 if senttime is None else senttime - self.wall
        return self.reading.recordedtime - held


class Stretch(msgspec.Struct, frozen=True):
    """A stretch between steps: since when by the device's clock, its anchor, and how far the clock had been set
    since the first stretch of its group. All in microseconds."""

    since: int
    anchor: int
    group: int
    shift: int


class Run:
    """Records of one run of the monotonic clock."""

    def __init__(self, tick: Tick) -> None:
        self.ticks = [tick]
        self.newest = tick
        self.tracks: list[Tick] = [tick]

    def takes(self, tick: Tick) -> bool:
        """Whether a record goes on with one of this run's anchors, the newest first; if so it is taken."""
        for index in range(len(self.tracks) - 1, -1, -1):
            if _agree(self.tracks[index], tick):
                self.tracks[index] = tick
                self.add(tick)
                return True
        return False

    def add(self, tick: Tick) -> None:
        """Take a record."""
        self.ticks.append(tick)
        self.newest = tick


def find_steps(readings: Sequence[Reading]) -> tuple[list[Stretch], list[Step]]:
    """The stretches of a device's clock in order, and the steps between them; none without a monotonic clock.

    The readings come in order of position.
    """
    undisturbed = _undisturbed(readings)
    return _cut(_runs(_in_order(readings))) if undisturbed is None else ([undisturbed], [])


def _undisturbed(readings: Iterable[Reading]) -> Stretch | None:
    """The one stretch of a clock of which any two records agree, as most do; None where some may not."""
    both = [
        (reading.monotonic, reading.time)
        for reading in readings
        if reading.monotonic is not None and reading.time is not None
    ]
    anchors = [wall - monotonic for monotonic, wall in both]
    if not anchors or max(anchors) - min(anchors) > STEP:
        return None
    monotonic, wall = min(both, key=itemgetter(0))
    return Stretch(wall, wall - monotonic, group=0, shift=0)


def _cut(runs: Iterable[Run]) -> tuple[list[Stretch], list[Step]]:
    """The stretches and steps of runs; none where there is no end of them."""
    stretches: list[Stretch] = []
    steps: list[Step] = []
    before: Run | None = None
    for run in runs:
        run.ticks.sort(key=lambda tick: (tick.monotonic, tick.reading.position))
        _append_run(run, before, stretches, steps)
        before = run
        if len(stretches) > MOST:
            return [], []
    return stretches, steps


def _in_order(readings: Iterable[Reading]) -> list[Tick]:
    ticks = [
        Tick(reading, reading.time, reading.monotonic, reading.time - reading.monotonic)
        for reading in readings
        if reading.time is not None and reading.monotonic is not None
    ]
    if all(tick.reading.sequence is not None for tick in ticks):
        # a number that comes again stays in order of position
        ticks.sort(key=lambda tick: tick.reading.sequence or 0)
    return ticks


def _runs(ticks: Sequence[Tick]) -> list[Run]:
    """The runs of the monotonic clock, in order of their first record; none when there is no end of them."""
    runs: list[Run] = []
    for tick in ticks:
        if runs and runs[-1].takes(tick):
            continue
        if runs and _was_set(runs[-1].newest, tick):
            runs[-1].tracks.append(tick)
            runs[-1].add(tick)
        elif not any(run.takes(tick) for run in reversed(runs)):
            runs.append(Run(tick))
        if sum(len(run.tracks) for run in runs) > MOST:
            return []
    return runs


def _agree(before: Tick, after: Tick) -> bool:
    """Whether wall and monotonic clock ran alike between two records (rule 1)."""
    slewed = abs(after.monotonic - before.monotonic) * SLEW // 1_000_000
    return abs(after.anchor - before.anchor) <= STEP + slewed


def _was_set(before: Tick, after: Tick) -> bool:
    """Whether, where the clocks disagree, it was the wall clock that was set (rule 2)."""
    ran = after.monotonic - before.monotonic
    passed = after.arrival - before.arrival
    return ran >= 0 and abs(passed - ran) < abs(passed - (after.wall - before.wall))


def _append_run(run: Run, before: Run | None, stretches: list[Stretch], steps: list[Step]) -> None:
    """Cut a run where its wall clock was set."""
    first = run.ticks[0]
    group, shift = (stretches[-1].group, stretches[-1].shift) if stretches else (0, 0)
    if before is not None and not _kept_time(before.newest, first):
        group, shift = group + 1, 0
    stretches.append(Stretch(first.wall, first.anchor, group, shift))
    last = first
    for tick in run.ticks[1:]:
        if not _agree(last, tick):
            by = tick.anchor - last.anchor
            shift += by
            stretches.append(Stretch(tick.wall, tick.anchor, group, shift))
            steps.append(
                Step(
                    time=tick.wall,
                    by=by * NS,
                    positions=(last.reading.position, tick.reading.position),
                )
            )
        last = tick


def _kept_time(before: Tick, after: Tick) -> bool:
    """Whether the wall clock went on over a restart (rule 4)."""
    return abs((after.arrival - before.arrival) - (after.wall - before.wall)) <= SOUND
