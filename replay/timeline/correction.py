"""The clocks of a session's devices, and its evidence told in the server's time.

Rule 1: a clock is estimated from the session's own records and from those that the device sent about other
        things up to then (`Evidence.readings`): never from anything beyond the prefix.
Rule 2: a time that is the record's arrival is the server's already. A device without an estimate keeps its times.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from replay.clock import to_microseconds
from replay.clocks.estimate import estimate_clock
from replay.clocks.model import DeviceClock, Reading
from replay.timeline.evidence import Evidence, Placed


def reading_of(placed: Placed) -> Reading:
    """What a record tells of its sender's clock."""
    event = placed.event
    return Reading(
        position=placed.position,
        recordedtime=placed.recordedtime,
        time=event.time,
        senttime=event.senttime,
        monotonic=None if event.monotonic is None else to_microseconds(event.monotonic),
        sequence=event.sequence,
    )


def device_clocks(evidence: Evidence) -> dict[str, DeviceClock]:
    """The clock of each device of a session, by name."""
    devices = sorted(device for device in evidence.by_device if device is not None)
    return {device: estimate_clock(device, _readings(evidence, device)) for device in devices}


def _readings(evidence: Evidence, device: str) -> list[Reading]:
    return [*map(reading_of, evidence.by_device[device]), *evidence.readings.get(device, ())]


def corrected(evidence: Evidence, clocks: Mapping[str, DeviceClock]) -> Evidence:
    """The same evidence, each record at the server's time as far as its device's clock is known."""
    records = tuple(_corrected(placed, clocks) for placed in evidence.records)
    return msgspec.structs.replace(evidence, records=records)


def _corrected(placed: Placed, clocks: Mapping[str, DeviceClock]) -> Placed:
    event = placed.event
    if event.time is None or event.device is None:
        return placed
    time = clocks[event.device].correct(event.time, event.monotonic)
    return placed if time == placed.time else msgspec.structs.replace(placed, time=time)
