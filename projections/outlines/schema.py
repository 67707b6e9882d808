"""The tables of the view `outlines`.

Rule 1: folding a record only notes which sessions it may have changed (`stale`). They are outlined afterwards, each
        once for all that happened to it meanwhile.
Rule 2: what no longer has a session leaves with its outline, names included.
"""

from __future__ import annotations

from replay.outline import OUTLINE_VERSION

NAME = "outlines"
VERSION = OUTLINE_VERSION

TABLES = (
    # From the lowest to the highest position that the outline was made from; `body` is its JSON.
    """CREATE TABLE outlines (
        log TEXT NOT NULL,
        session TEXT NOT NULL,
        low INTEGER NOT NULL,
        high INTEGER NOT NULL,
        body TEXT NOT NULL,
        PRIMARY KEY (log, session)) WITHOUT ROWID""",
    # The position after which the session is to be outlined again.
    """CREATE TABLE stale (
        log TEXT NOT NULL,
        session TEXT NOT NULL,
        position INTEGER NOT NULL,
        PRIMARY KEY (log, session)) WITHOUT ROWID""",
    # Assets that were described: the sessions that play them are to be found, and are stale then.
    """CREATE TABLE described (
        log TEXT NOT NULL,
        asset TEXT NOT NULL,
        position INTEGER NOT NULL,
        PRIMARY KEY (log, asset)) WITHOUT ROWID""",
    # Sessions that lack numbers of a device: a record elsewhere may be the one that they lack.
    """CREATE TABLE lacking (
        log TEXT NOT NULL,
        device TEXT NOT NULL,
        session TEXT NOT NULL,
        PRIMARY KEY (log, device, session)) WITHOUT ROWID""",
    "CREATE INDEX lacking_by_session ON lacking (log, session)",
    "CREATE INDEX outlines_by_high ON outlines (high)",
)

INDEXES = ()
