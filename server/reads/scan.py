"""The log read in order, for those who may read only a part of it.

Rule 1: one scan looks at so many records and gathers so many bytes, whatever it finds: a request's cost is
        bounded though it may read one log among thousands.
Rule 2: a scan says how far it looked, so that the next one goes on there and nothing is passed over.
"""

from __future__ import annotations

import msgspec

from replay.log.contract import EventLog, Record
from server.services.selection import Selection

MOST_RECORDS = 10_000
MOST_BYTES = 8 * 1024 * 1024
STEP = 250


class Scan(msgspec.Struct, frozen=True):
    """What a scan found, the last position it looked at, and whether there was more at that moment."""

    records: list[Record]
    position: int
    more: bool


async def scan(log: EventLog, selection: Selection, after: int, limit: int) -> Scan:
    """Up to `limit` records above `after` that a selection shows, in order."""
    head = (await log.head()).position
    found: list[Record] = []
    size = looked = 0
    while len(found) < limit and looked < MOST_RECORDS and size < MOST_BYTES and after < head:
        step = min(STEP, limit - len(found)) if selection.everything else STEP
        batch = await log.read(after, step)
        if not batch:
            after = head
        for record in batch:
            after = record.position
            looked += 1
            if selection.shows(record):
                found.append(record)
                size += len(record.body or b"")
                if len(found) == limit or size >= MOST_BYTES:
                    break
    return Scan(found, after, after < head)
