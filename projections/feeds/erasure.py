"""Taking erased records out of the feeds.

Rule 1: what is left stands as if the erased had never come: counts are subtracted, and a device's row is computed
        again from its feed. When its first record went, the next one becomes its key.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from projections.entries import Range
from projections.feeds.schema import HOUR
from projections.view import Database, as_json, forget, positions_erased, run, run_many
from replay.log.contract import EventLog

_GONE = f"feed WHERE position IN {positions_erased('feed')}"
_COUNT_LOSSES = f"""
    SELECT json_group_array(json_array(device, events))
    FROM (SELECT device, count(*) AS events FROM {_GONE} GROUP BY device)"""
_LOSSES = (
    "(SELECT json_extract(value, '$[0]') AS device, json_extract(value, '$[1]') AS events FROM json_each(?))"
)
_AMONG = "IN (SELECT json_extract(value, '$[0]') FROM json_each(?))"

_SUBTRACT = f"""
    INSERT INTO counts
    SELECT device, type, ms / {HOUR} - (ms % {HOUR} < 0), -count(*) FROM {_GONE} GROUP BY 1, 2, 3
    ON CONFLICT DO UPDATE SET events = events + excluded.events"""

_AGAIN = f"""
    UPDATE devices SET
        events = devices.events - lost.events,
        first_time = (SELECT min(time) FROM feed WHERE device = first
            AND ms = (SELECT min(ms) FROM feed WHERE device = first)),
        last_time = (SELECT max(time) FROM feed WHERE device = first
            AND ms = (SELECT max(ms) FROM feed WHERE device = first)),
        last = CASE WHEN EXISTS (SELECT 1 FROM feed WHERE position = last) THEN last
            ELSE (SELECT max(position) FROM feed WHERE device = first) END
    FROM {_LOSSES} AS lost WHERE first = lost.device"""


async def take_out(db: Database, ranges: Sequence[Range], log: EventLog) -> None:
    """Remove the records at these positions from every feed."""
    erased = {"ranges": as_json(ranges)}
    [(losses,)] = await run(db, _COUNT_LOSSES, erased)
    if losses == "[]":
        return
    await run(db, _SUBTRACT, erased)
    await run(db, f"DELETE FROM counts WHERE device {_AMONG} AND events = 0", (losses,))
    await forget(db, "feed", ranges)
    await run(db, f"DELETE FROM devices WHERE (first, events) IN {_LOSSES}", (losses,))
    await run(db, _AGAIN, (losses,))
    await _note_recorded(db, losses, log)
    await _rekey(db, losses)


async def _note_recorded(db: Database, losses: str, log: EventLog) -> None:
    """Note when the newest record of each device was recorded."""
    sql = f"SELECT json_group_array(last) FROM devices WHERE first {_AMONG}"
    [(newest,)] = await run(db, sql, (losses,))
    records = await log.get(msgspec.json.decode(newest))
    recorded = [(record.position, record.recordedtime) for record in records]
    sql = """UPDATE devices SET recorded = json_extract(value, '$[1]') FROM json_each(?)
        WHERE last = json_extract(value, '$[0]')"""
    await run(db, sql, (as_json(recorded),))


async def _rekey(db: Database, losses: str) -> None:
    """Give devices whose first record is gone the key of their next one."""
    sql = f"""SELECT first, (SELECT min(position) FROM feed WHERE device = first) FROM devices
        WHERE first {_AMONG} AND NOT EXISTS (SELECT 1 FROM feed WHERE position = first)"""
    for device, following in await run_many(db, 2, sql, (losses,)):
        await run(db, "UPDATE feed SET device = ? WHERE device = ?", (following, device))
        await run(db, "UPDATE counts SET device = ? WHERE device = ?", (following, device))
        await run(db, "UPDATE devices SET first = ? WHERE first = ?", (following, device))
