"""The view `timelines`: for each session, where its records are and what a list shows of it.

Rule 1: a record without a session is on no timeline. An erasure is on none either: it tells what is missing
        and would else draw an open session out to the day of its erasure.
Rule 2: after an erasure the touched sessions are taken out and what is left of them is folded again, by the same
        code: they stand as if the erased had never come.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from projections.entries import Entry, all_ranges, read_entries
from projections.timelines import schema
from projections.timelines.summary import UPSERT, summarise
from projections.view import (
    CHUNK,
    Database,
    as_json,
    cut_at_erasures,
    fields,
    forget,
    positions_erased,
    run,
    run_many,
)
from replay.ids import derived_id
from replay.log.contract import EventLog


class TimelinesView:
    """Folds records into `timelines`."""

    name = schema.NAME
    version = schema.VERSION
    tables = schema.TABLES
    indexes = schema.INDEXES

    async def apply(self, db: Database, entries: Sequence[Entry], log: EventLog) -> None:
        """Fold entries, in order of position."""
        for erasing, part in cut_at_erasures(entries):
            if erasing:
                await _erase(db, part, log)
            else:
                await _describe(db, part)
                await _place(db, part)


_SESSION = "s.log = json_extract(k.value, '$[0]') AND s.session = json_extract(k.value, '$[1]')"

_ADD_MEMBERS = f"""
    INSERT OR IGNORE INTO members SELECT s.first, {fields(2, "k.value", 2)}
    FROM json_each(?) AS k CROSS JOIN sessions AS s ON {_SESSION}"""

_ADD_PLACES = f"""
    INSERT INTO timeline SELECT json_extract(p.value, '$[0]') AS position, s.first, json_extract(p.value, '$[1]')
    FROM json_each(?) AS k CROSS JOIN sessions AS s ON {_SESSION} CROSS JOIN json_each(k.value, '$[2]') AS p
    ORDER BY position"""


async def _place(db: Database, entries: Sequence[Entry]) -> None:
    """Put records on the timelines of their sessions."""
    summaries = summarise(entries)
    if not summaries:
        return
    members = [(*key, *member) for key, summary in summaries.items() for member in summary.members]
    places = [(*key, summary.places) for key, summary in summaries.items()]
    await run(db, UPSERT, (as_json([summary.row(key) for key, summary in summaries.items()]),))
    await run(db, _ADD_MEMBERS, (as_json(members),))
    await run(db, _ADD_PLACES, (as_json(places),))


class _Described(msgspec.Struct):
    asset: str


_described = msgspec.json.Decoder(_Described)


async def _describe(db: Database, entries: Sequence[Entry]) -> None:
    """Note which records describe which assets."""
    rows = [
        (entry.position, entry.log, entry.read(_described).asset)
        for entry in entries
        if entry.type == "asset-described"
    ]
    if rows:
        await run(db, f"INSERT INTO descriptions SELECT {fields(3)} FROM json_each(?)", (as_json(rows),))


def session_hash(log: str, session: str) -> str:
    """What an erasure knows its session by: the name itself may have to be forgotten."""
    return derived_id(log, session)


async def _erase(db: Database, erasures: Sequence[Entry], log: EventLog) -> None:
    """Take out what was erased, and fold again what is left of the sessions it was in."""
    rows = [
        (entry.position, entry.log, entry.session and session_hash(entry.log, entry.session))
        for entry in erasures
    ]
    await run(db, f"INSERT INTO erasures SELECT {fields(3)} FROM json_each(?)", (as_json(rows),))
    ranges = all_ranges(erasures)
    await forget(db, "descriptions", ranges)
    gone = positions_erased("timeline")
    sql = f"SELECT json_group_array(DISTINCT session) FROM timeline WHERE position IN {gone}"
    [(touched,)] = await run(db, sql, {"ranges": as_json(ranges)})
    if touched != "[]":
        await forget(db, "timeline", ranges)
        await _refold(db, touched, log)


async def _refold(db: Database, touched: str, log: EventLog) -> None:
    """Take sessions out, and put the records they still have in again."""
    among = "IN (SELECT value FROM json_each(?))"
    sql = f"SELECT position FROM timeline WHERE session {among} ORDER BY position"
    left = [position for (position,) in await run_many(db, 1, sql, (touched,))]
    await run(db, f"DELETE FROM timeline WHERE session {among}", (touched,))
    await run(db, f"DELETE FROM members WHERE session {among}", (touched,))
    await run(db, f"DELETE FROM sessions WHERE first {among}", (touched,))
    for start in range(0, len(left), CHUNK):
        await _place(db, read_entries(await log.get(left[start : start + CHUNK])))
