"""The tables of the view `feeds`.

Rule 1: a device's key is the position of its first record that is still there.
Rule 2: a feed's order is (time truncated to the millisecond, position).
"""

from __future__ import annotations

NAME = "feeds"
VERSION = 1

HOUR = 3_600_000
"""Milliseconds in an hour."""

TABLES = (
    # `ms` is `time` in whole milliseconds, rounded down. (A generated column would keep its indexes from covering.)
    """CREATE TABLE feed (
        position INTEGER PRIMARY KEY,
        device INTEGER NOT NULL,
        type TEXT NOT NULL,
        time INTEGER NOT NULL,
        ms INTEGER NOT NULL,
        sequence INTEGER)""",
    # `last` is the newest record's position, `recorded` its recordedtime.
    """CREATE TABLE devices (
        first INTEGER PRIMARY KEY,
        log TEXT NOT NULL,
        device TEXT NOT NULL,
        last INTEGER NOT NULL,
        recorded INTEGER NOT NULL,
        events INTEGER NOT NULL,
        first_time INTEGER NOT NULL,
        last_time INTEGER NOT NULL,
        UNIQUE (log, device))""",
    """CREATE TABLE counts (
        device INTEGER NOT NULL,
        type TEXT NOT NULL,
        hour INTEGER NOT NULL,
        events INTEGER NOT NULL,
        PRIMARY KEY (device, type, hour)) WITHOUT ROWID""",
)

INDEXES = (
    "CREATE INDEX feed_by_ms ON feed (device, ms)",
    "CREATE INDEX feed_by_type ON feed (device, type, ms)",
    "CREATE INDEX feed_by_sequence ON feed (device, sequence) WHERE sequence IS NOT NULL",
    "CREATE INDEX devices_by_log ON devices (log)",
)
