"""The log read in order, for those who may read only a part of it.

Rule 1: one scan looks at so many records and gathers so many bytes, whatever it finds: a request's cost is
        bounded though it may read one log among thousands.
Rule 2: a scan says how far it looked, so that the next one goes on there and nothing is passed over.
Rule 3: an erased place has lost its log with its content. It is shown to those who read every log; others
        learn of it by the record of the erasure, which keeps the log.
"""

from __future__ import annotations

import msgspec

from replay.log.contract import EventLog, Record

MOST_RECORDS = 10_000
MOST_BYTES = 8 * 1024 * 1024
STEP = 250

Logs = frozenset[str] | None
"""The logs that may be read; None: every one."""


class Scan(msgspec.Struct, frozen=True):
    """What a scan found, the last position it looked at, and whether there was more at that moment."""

    records: list[Record]
    position: int
    more: bool


class _Log(msgspec.Struct):
    log: str


_log_of = msgspec.json.Decoder(_Log)


def visible(record: Record, logs: Logs) -> bool:
    """Whether a record is shown to one who may read these logs."""
    if logs is None:
        return True
    return record.body is not None and _log_of.decode(record.body).log in logs


async def scan(log: EventLog, logs: Logs, after: int, limit: int) -> Scan:
    """Up to `limit` visible records above `after`, in order."""
    head = (await log.head()).position
    found: list[Record] = []
    size = looked = 0
    while len(found) < limit and looked < MOST_RECORDS and size < MOST_BYTES and after < head:
        step = STEP if logs is not None else min(STEP, limit - len(found))
        batch = await log.read(after, step)
        if not batch:
            after = head
        for record in batch:
            after = record.position
            looked += 1
            if visible(record, logs):
                found.append(record)
                size += len(record.body or b"")
                if len(found) == limit or size >= MOST_BYTES:
                    break
    return Scan(found, after, after < head)
