"""How well the devices keep time: by `replay.clocks`, whose estimates say how sure they are.

Rule: a clock is told to be wrong when it surely is: by more than the threshold and what is not known of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from replay.clocks import DeviceClock
from replay.findings.model import NS, Case, Found
from replay.timeline import Placed
from replay.words import lasting

LEVEL = 100_000
"""Microseconds that the fastest of many messages may be slower than the line says: no network always is."""


def clock_offset(case: Case) -> Iterable[Found]:
    """A device's clock minus the server's: as estimated, or at least, where events came before they happened."""
    limit = case.ns("clock_offset")
    for clock, records in _devices(case):
        offset, unsure = clock.offset, clock.uncertainty or 0
        if offset is not None and abs(offset) - unsure > limit:
            message = (
                f"the clock of {clock.device} is {lasting(offset)} {'ahead of' if offset > 0 else 'behind'} the "
                f"server's (give or take {lasting(unsure)})"
            )
            yield _over(records, message, clock.positions)
        elif offset is None and clock.least is not None and clock.least > limit:
            message = (
                f"the clock of {clock.device} is at least {lasting(clock.least)} ahead of the server's: "
                "an event came that long before its own time"
            )
            yield _over(records, message, (_furthest_ahead(records).position,))


def rate_error(case: Case) -> Iterable[Found]:
    """A device's clock that goes faster or slower than the server's."""
    least_span = case.ns("rate_error_over")
    for clock, records in _devices(case):
        rate, unsure = clock.rate, clock.rate_uncertainty or 0.0
        if rate is None or abs(rate) - unsure <= case.thresholds.rate_error:
            continue
        readings = _readings(case, clock.device, records)
        span = (readings[-1][0] - readings[0][0]) * NS
        if span >= least_span and _straight(clock, readings):
            message = (
                f"the clock of {clock.device} {'gains' if rate > 0 else 'loses'} {abs(rate):.0f} ppm (give or "
                f"take {unsure:.0f}) against the server's, measured over {lasting(span)}"
            )
            yield _over(records, message, clock.positions)


def clock_step(case: Case) -> Iterable[Found]:
    """A device's wall clock was set, as its monotonic clock shows."""
    limit = case.ns("clock_step")
    for clock, _ in _devices(case):
        for step in clock.steps:
            around = [case.by_position[p] for p in step.positions if p in case.by_position]
            if around and abs(step.by) > limit:
                message = (
                    f"the clock of {clock.device} was set {lasting(step.by)} "
                    f"{'forward' if step.by > 0 else 'back'} while its monotonic clock went on"
                )
                yield _over(around, message, step.positions)


def _devices(case: Case) -> Iterator[tuple[DeviceClock, list[Placed]]]:
    """Each device's clock, with its records in the session."""
    for device, clock in case.clocks.items():
        if device in case.by_device:
            yield clock, case.by_device[device]


def _over(records: list[Placed], message: str, positions: tuple[int, ...]) -> Found:
    times = [placed.time * NS for placed in records]
    return Found(min(times), max(times), message, positions)


def _furthest_ahead(records: list[Placed]) -> Placed:
    return max(records, key=lambda placed: placed.time - placed.recordedtime)


def _readings(case: Case, device: str, records: list[Placed]) -> list[tuple[int, int]]:
    """When a device's messages arrived, and when it says that it sent them (microseconds), in order of arrival."""
    own = ((placed.recordedtime, placed.event.senttime) for placed in records)
    outside = ((one.recordedtime, one.senttime) for one in case.evidence.readings.get(device, ()))
    return sorted((arrived, sent) for arrived, sent in (*own, *outside) if sent is not None)


def _straight(clock: DeviceClock, readings: Sequence[tuple[int, int]]) -> bool:
    """Whether the first and the last third of the readings lie along the line, too.

    They do not where the clock was set by too little for a step: the line then joins two levels.
    """
    line, first, last = clock.line, readings[0][0], readings[-1][0]
    if line is None:
        return False
    above = [(arrived, arrived - line.server_time(sent)) for arrived, sent in readings]
    early = [delay for arrived, delay in above if 3 * (arrived - first) <= last - first]
    late = [delay for arrived, delay in above if 3 * (last - arrived) <= last - first]
    return max(min(early), min(late)) <= LEVEL
