"""The words of a finding's sentence: titles, lengths, counts, as a person says them."""

from __future__ import annotations

from replay.clock import format_time
from replay.timeline import Timeline

LONGEST_NAME = 80
SECOND = 1_000_000_000
MINUTE, HOUR, DAY = 60 * SECOND, 3600 * SECOND, 86_400 * SECOND


def titled(timeline: Timeline, asset: str | None) -> str:
    """A recording by its title, else by its id, in quotes."""
    if asset is None:
        return "an unknown recording"
    description = timeline.descriptions.get(asset)
    name = (description.data.title if description is not None else None) or asset
    return f'"{name}"' if len(name) <= LONGEST_NAME else f'"{name[: LONGEST_NAME - 1]}…"'


def lasting(nanoseconds: int) -> str:
    """A length in the two units that tell it best: `0.06 s`, `12 s`, `35 min 20 s`, `21 h 37 min`, `3 days 2 h`."""
    length = abs(nanoseconds)
    if length < 2 * MINUTE:
        return f"{length / SECOND:.3f}".rstrip("0").rstrip(".") + " s"
    for whole, part, names in ((DAY, HOUR, ("days", "h")), (HOUR, MINUTE, ("h", "min"))):
        if length >= 2 * whole:
            return _two(length, whole, part, names)
    return _two(length, MINUTE, SECOND, ("min", "s"))


def at(microseconds: int) -> str:
    """A moment to the second, in UTC: `2026-05-14T11:50:00Z`."""
    return format_time(microseconds)[:19] + "Z"


def number(count: int, thing: str) -> str:
    """`1 event`, `2 events`, `10,000 events`."""
    return f"{count:,} {thing}" if count == 1 else f"{count:,} {thing}s"


def _two(length: int, whole: int, part: int, names: tuple[str, str]) -> str:
    wholes, parts = divmod((length + part // 2) // part, whole // part)
    return f"{wholes:,} {names[0]}" + (f" {parts} {names[1]}" if parts else "")
