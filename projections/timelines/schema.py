"""The tables of the view `timelines`.

Rule 1: a session's key is the position of its first record that is still there.
Rule 2: what names someone (`session`, `name`, `client`) goes with the last record that said it. An erasure
        outlives what it erased, so it knows its session by a hash alone.
"""

from __future__ import annotations

NAME = "timelines"
VERSION = 2

DEVICE = "device"
USER = "user"

TABLES = (
    """CREATE TABLE timeline (
        position INTEGER PRIMARY KEY,
        session INTEGER NOT NULL,
        time INTEGER NOT NULL)""",
    # `last` is the newest record's position, `recorded` its recordedtime. `started` is the session-started with
    # the lowest position, `ended` the session-ended with the highest. `longest` is the greatest duration that an
    # end of a listen told, in microseconds, rounded up.
    """CREATE TABLE sessions (
        first INTEGER PRIMARY KEY,
        log TEXT NOT NULL,
        session TEXT NOT NULL,
        last INTEGER NOT NULL,
        recorded INTEGER NOT NULL,
        events INTEGER NOT NULL,
        listens INTEGER NOT NULL,
        longest INTEGER NOT NULL,
        first_time INTEGER NOT NULL,
        last_time INTEGER NOT NULL,
        started INTEGER,
        started_time INTEGER,
        client TEXT,
        ended INTEGER,
        ended_time INTEGER,
        UNIQUE (log, session))""",
    """CREATE TABLE members (
        session INTEGER NOT NULL,
        role TEXT NOT NULL,
        name TEXT NOT NULL,
        PRIMARY KEY (session, role, name)) WITHOUT ROWID""",
    """CREATE TABLE descriptions (
        position INTEGER PRIMARY KEY,
        log TEXT NOT NULL,
        asset TEXT NOT NULL)""",
    """CREATE TABLE erasures (
        position INTEGER PRIMARY KEY,
        log TEXT NOT NULL,
        session_hash TEXT)""",
)

INDEXES = (
    "CREATE INDEX timeline_in_fold_order ON timeline (session, time)",
    "CREATE INDEX sessions_by_log ON sessions (log)",
    "CREATE INDEX members_by_name ON members (role, name, session)",
    "CREATE INDEX descriptions_by_asset ON descriptions (log, asset)",
    "CREATE INDEX erasures_by_log ON erasures (log)",
    "CREATE INDEX erasures_by_session ON erasures (session_hash)",
)
