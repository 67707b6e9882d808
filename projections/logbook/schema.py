"""The tables of the view `logbook`.

Rule 1: a line is an event of a log. Its labels are what a list can be narrowed by: its tags, source, user and
        class; and the event's own user, where its data names another, so that all that is someone's is found. A
        line is in `labelled` once for each; `lines` serves for the empty label, which every line has.
Rule 2: the lines of a log that share a label are counted in blocks of positions, with the times they span, so that
        the thousandth page is found as directly as the first.
Rule 3: logs and labels stand in the rows as text: a key made of a first position would have to change with every
        erasure of it, in millions of rows.
"""

from __future__ import annotations

NAME = "logbook"
VERSION = 3

BLOCK_BITS = 13
"""A block is 8,192 positions: as many lines at most are counted one by one, and a million lines make 123 blocks."""

TABLES = (
    # `created` is the event's time in whole milliseconds, rounded down; `labels` a JSON array.
    """CREATE TABLE lines (
        log TEXT NOT NULL,
        position INTEGER NOT NULL,
        created INTEGER NOT NULL,
        labels TEXT NOT NULL,
        PRIMARY KEY (log, position)) WITHOUT ROWID""",
    """CREATE TABLE labelled (
        log TEXT NOT NULL,
        label TEXT NOT NULL,
        position INTEGER NOT NULL,
        created INTEGER NOT NULL,
        PRIMARY KEY (log, label, position)) WITHOUT ROWID""",
    # `block` is the position without its lower bits. `earliest` and `latest` are of `created`.
    """CREATE TABLE blocks (
        log TEXT NOT NULL,
        label TEXT NOT NULL,
        block INTEGER NOT NULL,
        lines INTEGER NOT NULL,
        earliest INTEGER NOT NULL,
        latest INTEGER NOT NULL,
        PRIMARY KEY (log, label, block)) WITHOUT ROWID""",
)

INDEXES = ()


def lines_of(label: str) -> str:
    """The lines of the log `:log` that have a label, `:label`, as `l`: what a query is FROM, up to its WHERE."""
    return f"{table_of(label)} AS l WHERE {keys_of(label)}"


def table_of(label: str) -> str:
    """The table that has the lines of a label, in order."""
    return "labelled" if label else "lines"


def keys_of(label: str) -> str:
    """What picks the lines of a label, in that table."""
    return "l.log = :log AND l.label = :label" if label else "l.log = :log"
