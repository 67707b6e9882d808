"""How the events came: late, out of order, or not at all.

Rule: records that came so one after the other, of one device, are one finding; its count says how many.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from math import inf

from replay.clocks import DeviceClock
from replay.findings.bounds import MOST_POSITIONS
from replay.findings.model import NS, Case, Found
from replay.timeline import Placed
from replay.words import lasting, number


def late_arrival(case: Case) -> Iterable[Found]:
    """Events recorded long after they happened, by the server's clock; or after the session's end was."""
    limit = case.ns("late_arrival")
    ends = case.by_type["session-ended"]
    ended = min(ends, key=lambda placed: placed.position).recordedtime if ends else inf
    for device, arrivals in case.by_device.items():
        lateness = _Lateness(case.clocks.get(device or ""), arrivals)
        late: dict[int, int] = {}
        for placed in arrivals:
            after_end = placed.recordedtime > ended
            if after_end or lateness.most(placed) > limit:
                by = lateness.of(placed)
                if after_end or by > limit:
                    late[placed.position] = by
        for run in _runs(arrivals, late):
            yield _late(device, run, max(late[placed.position] for placed in run))


def _late(device: str | None, run: Sequence[Placed], longest: int) -> Found:
    times = [placed.time * NS for placed in run]
    it, them = ("it", "it") if len(run) == 1 else ("they", "them")
    message = (
        f"{number(len(run), 'event')} of {device or 'no device'} arrived up to {lasting(longest)} after {it} "
        f"happened: until then the session was known without {them}"
    )
    shown = tuple(placed.position for placed in run[:MOST_POSITIONS])
    return Found(min(times), max(times), message, shown, len(run))


class _Lateness:
    """How long after it happened a device's record was recorded, in nanoseconds by the server's clock."""

    def __init__(self, clock: DeviceClock | None, arrivals: Sequence[Placed]) -> None:
        times = [placed.event.time for placed in arrivals if placed.event.time is not None]
        ends = {min(times), max(times)} if times else set()
        lines = [segment.line for segment in clock.segments] if clock else []
        self._clock = clock if any(lines) else None
        self._least_correction = min(
            (line.server_time(t) - t if line else 0 for line in lines for t in ends), default=0
        )

    def most(self, placed: Placed) -> int:
        """The most that the lateness can be. A clock is a line: it corrects the least at one of its ends."""
        time = placed.event.time
        return 0 if time is None else (placed.recordedtime - time - self._least_correction) * NS

    def of(self, placed: Placed) -> int:
        """The lateness; none of what happened when it arrived."""
        time = placed.event.time
        if time is None:
            return 0
        happened = time if self._clock is None else self._clock.correct(time, placed.event.monotonic)
        return max(placed.recordedtime - happened, 0) * NS


def out_of_order(case: Case) -> Iterable[Found]:
    """Events whose time is below that of one of the same device that was recorded before."""
    for device, arrivals in case.by_device.items():
        if device is None:
            continue
        newest: dict[int, Placed] = {}
        latest = arrivals[0]
        for placed in arrivals:
            if placed.time >= latest.time:
                latest = placed
            else:
                newest[placed.position] = latest
        for run in _runs(arrivals, newest):
            yield _disordered(device, run, newest[run[0].position])


def _disordered(device: str, run: Sequence[Placed], before: Placed) -> Found:
    times = [placed.time * NS for placed in run]
    furthest = before.time * NS - min(times)
    message = (
        f"{number(len(run), 'event')} of {device} came after one that happened up to {lasting(furthest)} later: "
        "the timeline goes by their times"
    )
    positions = (before.position, *(placed.position for placed in run))
    return Found(min(times), max(times), message, positions, len(run))


def sequence_hole(case: Case) -> Iterable[Found]:
    """Numbers of a device's count that are nowhere in the log."""
    erased = "; some of the session was erased" if case.timeline.erased else ""
    for hole in case.timeline.holes:
        numbers = (
            f"number {hole.first}" if hole.first == hole.last else f"numbers {hole.first} to {hole.last}"
        )
        missing = f"{number(hole.missing, 'event')} of {hole.device} " + (
            "is missing" if hole.missing == 1 else "are missing"
        )
        message = f"{missing} ({numbers}): what happened meanwhile is not all known{erased}"
        yield Found(hole.start, hole.stop, message, hole.positions, hole.missing)


def _runs(members: Iterable[Placed], belonging: Container[int]) -> Iterable[list[Placed]]:
    """Stretches of members, one after the other, whose positions belong."""
    run: list[Placed] = []
    for placed in members:
        if placed.position in belonging:
            run.append(placed)
        elif run:
            yield run
            run = []
    if run:
        yield run
