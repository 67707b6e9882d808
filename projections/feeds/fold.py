"""The view `feeds`: for each device, where its records are, newest first, and how many there are.

Rule 1: a record without a device is in no feed; an erasure names none.
Rule 2: counts are exact, per device, type and hour. An erasure subtracts what it takes out: a device may have a
        million records, too many to fold again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from projections.entries import Entry, all_ranges
from projections.feeds import schema
from projections.feeds.erasure import take_out
from projections.feeds.schema import HOUR
from projections.view import Database, Row, as_json, cut_at_erasures, fields, run
from replay.log.contract import EventLog

Key = tuple[str, str]
"""A log and a device's id in it."""


class FeedsView:
    """Folds records into `feeds`."""

    name = schema.NAME
    version = schema.VERSION
    tables = schema.TABLES
    indexes = schema.INDEXES

    async def apply(self, db: Database, entries: Sequence[Entry], log: EventLog) -> None:
        """Fold entries, in order of position."""
        for erasing, part in cut_at_erasures(entries):
            if erasing:
                await take_out(db, all_ranges(part), log)
            else:
                await _put_in(db, part)


_DEVICE = "d.log = json_extract(k.value, '$[0]') AND d.device = json_extract(k.value, '$[1]')"

_UPSERT = f"""
    INSERT INTO devices SELECT {fields(8)} FROM json_each(?) WHERE true
    ON CONFLICT (log, device) DO UPDATE SET
        last = excluded.last,
        recorded = excluded.recorded,
        events = events + excluded.events,
        first_time = min(first_time, excluded.first_time),
        last_time = max(last_time, excluded.last_time)"""

_ADD_PLACES = f"""
    INSERT INTO feed SELECT json_extract(p.value, '$[0]') AS position, d.first, {fields(4, "p.value", 1)}
    FROM json_each(?) AS k CROSS JOIN devices AS d ON {_DEVICE} CROSS JOIN json_each(k.value, '$[2]') AS p
    ORDER BY position"""

_ADD_COUNTS = f"""
    INSERT INTO counts SELECT d.first, {fields(3, "k.value", 2)}
    FROM json_each(?) AS k CROSS JOIN devices AS d ON {_DEVICE} WHERE true
    ON CONFLICT DO UPDATE SET events = events + excluded.events"""


async def _put_in(db: Database, entries: Sequence[Entry]) -> None:
    """Put records in the feeds of their devices."""
    by_device: dict[Key, list[Entry]] = {}
    for entry in entries:
        if entry.device is not None:
            by_device.setdefault((entry.log, entry.device), []).append(entry)
    if not by_device:
        return
    summaries = [_summary(key, members) for key, members in by_device.items()]
    places = [(*key, [_place(entry) for entry in members]) for key, members in by_device.items()]
    hours = Counter(
        (*key, entry.type, entry.time // 1000 // HOUR)
        for key, members in by_device.items()
        for entry in members
    )
    await run(db, _UPSERT, (as_json(summaries),))
    await run(db, _ADD_PLACES, (as_json(places),))
    await run(db, _ADD_COUNTS, (as_json([(*hour, events) for hour, events in hours.items()]),))


def _summary(key: Key, members: Sequence[Entry]) -> Row:
    """What `_UPSERT` adds to a device's row: its records of one batch, counted together."""
    newest = members[-1]
    times = [entry.time for entry in members]
    counted = (newest.position, newest.recordedtime, len(members), min(times), max(times))
    return (members[0].position, *key, *counted)


def _place(entry: Entry) -> Row:
    """A record's row in the feed, without its device."""
    return (entry.position, entry.type, entry.time, entry.time // 1000, entry.sequence)
