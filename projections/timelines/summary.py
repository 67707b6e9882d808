"""A session's summary: what a batch of its records adds to its row.

Rule 1: records come in order of position. Every value is a count, a least, a greatest, or that of the record at
        the least or greatest position, so that how the records were cut into batches does not show.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from projections.entries import Entry
from projections.timelines.schema import DEVICE, USER
from projections.view import Row, fields
from replay.clock import to_nanoseconds
from replay.events import Seconds

Key = tuple[str, str]
"""A log and a session's id in it."""


class _Started(msgspec.Struct):
    client: str | None = None


class _Ended(msgspec.Struct):
    duration: Seconds | None = None


_started = msgspec.json.Decoder(_Started)
_ended = msgspec.json.Decoder(_Ended)


class Summary:
    """One session's records of one batch, counted together."""

    __slots__ = (
        "client", "ended", "ended_time", "events", "first", "first_time", "last", "last_time",
        "listens", "longest", "members", "places", "recorded", "started", "started_time",
    )  # fmt: skip

    def __init__(self, entry: Entry) -> None:
        self.first = entry.position
        self.first_time = self.last_time = entry.time
        self.events = self.listens = self.longest = 0
        self.started: int | None = None
        self.started_time: int | None = None
        self.client: str | None = None
        self.ended: int | None = None
        self.ended_time: int | None = None
        self.members: set[tuple[str, str]] = set()
        self.places: list[tuple[int, int]] = []

    def add(self, entry: Entry) -> None:
        """Count one more record."""
        self.events += 1
        self.places.append((entry.position, entry.time))
        self.last = entry.position
        self.recorded = entry.recordedtime
        if entry.time < self.first_time:
            self.first_time = entry.time
        elif entry.time > self.last_time:
            self.last_time = entry.time
        if entry.device is not None:
            self.members.add((DEVICE, entry.device))
        if entry.user is not None:
            self.members.add((USER, entry.user))
        if entry.type in _NOTED:
            self._note(entry)

    def _note(self, entry: Entry) -> None:
        if entry.type == "listen-started":
            self.listens += 1
        elif entry.type == "listen-ended":
            self.longest = max(self.longest, _told_duration(entry))
        elif entry.type == "session-ended":
            self.ended, self.ended_time = entry.position, entry.time
        elif self.started is None:
            self.started, self.started_time = entry.position, entry.time
            self.client = entry.read(_started).client

    def row(self, key: Key) -> Row:
        """What `UPSERT` adds to the session's row."""
        return (
            self.first, *key, self.last, self.recorded, self.events, self.listens, self.longest, self.first_time,
            self.last_time, self.started, self.started_time, self.client, self.ended, self.ended_time,
        )  # fmt: skip


_NOTED = frozenset(("session-started", "session-ended", "listen-started", "listen-ended"))


def _told_duration(entry: Entry) -> int:
    """How long an end says that its listen lasted, in microseconds, rounded up; 0 where it does not say."""
    duration = entry.read(_ended).duration
    return 0 if duration is None else -(-to_nanoseconds(duration) // 1000)


UPSERT = f"""
    INSERT INTO sessions SELECT {fields(15)} FROM json_each(?) WHERE true
    ON CONFLICT (log, session) DO UPDATE SET
        last = excluded.last,
        recorded = excluded.recorded,
        events = events + excluded.events,
        listens = listens + excluded.listens,
        longest = max(longest, excluded.longest),
        first_time = min(first_time, excluded.first_time),
        last_time = max(last_time, excluded.last_time),
        started_time = CASE WHEN started IS NULL THEN excluded.started_time ELSE started_time END,
        client = CASE WHEN started IS NULL THEN excluded.client ELSE client END,
        started = coalesce(started, excluded.started),
        ended = coalesce(excluded.ended, ended),
        ended_time = coalesce(excluded.ended_time, ended_time)"""


def summarise(entries: Iterable[Entry]) -> dict[Key, Summary]:
    """The summary of each session among these records."""
    summaries: dict[Key, Summary] = {}
    for entry in entries:
        if entry.session is None:
            continue
        key = (entry.log, entry.session)
        summary = summaries.get(key)
        if summary is None:
            summary = summaries[key] = Summary(entry)
        summary.add(entry)
    return summaries
