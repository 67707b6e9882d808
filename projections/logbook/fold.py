"""The view `logbook`: for each log, where its lines are, in order, and where those of each label.

Rule 1: an erasure takes out what it destroyed and counts the blocks it touched again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from projections.entries import Entry
from projections.logbook import schema
from projections.logbook.erasure import take_out
from projections.logbook.line import EVERY, labels_of, read_line
from projections.logbook.schema import BLOCK_BITS
from projections.view import Database, Row, as_json, cut_at_erasures, fields, run
from replay.log.contract import EventLog

Key = tuple[str, str]
"""A log and a label in it."""

Place = tuple[int, int]
"""A line under a label: its position, and when it was created."""


class LogbookView:
    """Folds records into `logbook`."""

    name = schema.NAME
    version = schema.VERSION
    tables = schema.TABLES
    indexes = schema.INDEXES

    async def apply(self, db: Database, entries: Sequence[Entry], log: EventLog) -> None:  # noqa: ARG002
        """Fold entries, in order of position."""
        for erasing, part in cut_at_erasures(entries):
            if erasing:
                await take_out(db, part)
            else:
                await _put_in(db, part)


_UPSERT = f"""
    INSERT INTO blocks SELECT {fields(6)} FROM json_each(?) WHERE true
    ON CONFLICT DO UPDATE SET
        lines = lines + excluded.lines,
        earliest = min(earliest, excluded.earliest),
        latest = max(latest, excluded.latest)"""


async def _put_in(db: Database, entries: Sequence[Entry]) -> None:
    """Add lines to their logs."""
    lines: list[Row] = []
    places: dict[Key, list[Place]] = {}
    for entry in entries:
        created = entry.time // 1000
        labels = labels_of(read_line(entry), entry.user)
        lines.append((entry.log, entry.position, created, labels))
        for label in (EVERY, *labels):
            places.setdefault((entry.log, label), []).append((entry.position, created))
    in_order = sorted(places.items())
    labelled = [(*key, *place) for key, under in in_order if key[1] for place in under]
    counts = [(*key, *count) for key, under in in_order for count in _count(under)]
    await run(db, f"INSERT INTO lines SELECT {fields(4)} FROM json_each(?)", (as_json(lines),))
    await run(db, f"INSERT INTO labelled SELECT {fields(4)} FROM json_each(?)", (as_json(labelled),))
    await run(db, _UPSERT, (as_json(counts),))


def _count(places: Sequence[Place]) -> Iterator[Row]:
    """What `_UPSERT` adds for one label: how many lines each block gains, and the times they span."""
    for block, members in groupby(places, key=lambda place: place[0] >> BLOCK_BITS):
        times = [created for _, created in members]
        yield block, len(times), min(times), max(times)
