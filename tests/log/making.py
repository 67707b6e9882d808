"""Events, a clock and small readings that the tests of the log share."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from replay.clock import MICROSECONDS
from replay.envelope import Event, build_event
from replay.log import EventLog, Record

NOON = 1_800_000_000 * MICROSECONDS


def event(id: str, **attributes: Any) -> Event:
    """A valid event; what matters to a test is said, the rest is filled in."""
    return build_event(**{"source": "player", "type": "heartbeat", **attributes, "id": id})


def events(*ids: str, **attributes: Any) -> list[Event]:
    """One event for each id."""
    return [event(id, **attributes) for id in ids]


def numbered(first: int, last: int, **attributes: Any) -> list[Event]:
    """Events whose ids are numbers, first and last included."""
    return [event(str(number), **attributes) for number in range(first, last + 1)]


class HandClock:
    """A clock that stands where a test puts it, in microseconds UTC."""

    def __init__(self, time: int = NOON) -> None:
        self.time = time

    def __call__(self) -> int:
        return self.time


async def everything(log: EventLog) -> list[Record]:
    """All records of a small log."""
    return await log.read(0, 1_000_000)


async def ids(log: EventLog) -> list[str | None]:
    """The ids of all records in order, None for an erased one."""
    return [None if record.erased else record.event().id for record in await everything(log)]


async def following(log: EventLog, after: int, wanted: int) -> list[Record]:
    """The first `wanted` records that a follower gets."""
    records: list[Record] = []
    batches: AsyncIterator[list[Record]] = log.follow(after)
    async for batch in batches:
        records += batch
        if len(records) >= wanted:
            break
    return records


def names_in(folder: Path) -> list[str]:
    """The names of a folder's files."""
    return sorted(path.name for path in folder.iterdir())
