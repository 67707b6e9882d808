"""A device's clock as JSON shows it: seconds and ppm; null is what is not known. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from replay.clock import format_time, to_seconds
from replay.clocks.model import DeviceClock


def clock_document(clock: DeviceClock) -> dict[str, Any]:
    """A clock, as `docs/clocks.md` describes it field by field."""
    return {
        "device": clock.device,
        "at": None if clock.at is None else format_time(clock.at),
        "offset": _seconds(clock.offset),
        "uncertainty": _seconds(clock.uncertainty),
        "rate": clock.rate,
        "rate_uncertainty": clock.rate_uncertainty,
        "samples": clock.samples,
        "least": _seconds(clock.least),
        "bounds": clock.bounds,
        "steps": [
            {"time": format_time(step.time), "by": to_seconds(step.by), "positions": list(step.positions)}
            for step in clock.steps
        ],
        "positions": list(clock.positions),
    }


def clock_documents(clocks: Iterable[DeviceClock]) -> list[dict[str, Any]]:
    """Several clocks."""
    return [clock_document(clock) for clock in clocks]


def _seconds(nanoseconds: int | None) -> float | None:
    return None if nanoseconds is None else to_seconds(nanoseconds)
