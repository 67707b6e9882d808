"""The words of a finding's sentence: titles and moments, as a person says them."""

from __future__ import annotations

from replay.clock import format_time
from replay.timeline import Timeline

LONGEST_NAME = 80


def titled(timeline: Timeline, asset: str | None) -> str:
    """A recording by its title, else by its id, in quotes."""
    if asset is None:
        return "an unknown recording"
    description = timeline.descriptions.get(asset)
    name = (description.data.title if description is not None else None) or asset
    return f'"{name}"' if len(name) <= LONGEST_NAME else f'"{name[: LONGEST_NAME - 1]}…"'


def at(microseconds: int) -> str:
    """A moment to the second, in UTC: `2026-05-14T11:50:00Z`."""
    return format_time(microseconds)[:19] + "Z"
