"""The tables of the view `listens`.

Rule 1: a listen event is known by the position of the record that opened it: a `listen-started`, or a
        `listen-ended` without a start that brings a duration.
Rule 2: the tables hold what the events themselves say. What a recording's description would add is not theirs.
Rule 3: a session's key is the position of its first record still there of those that this view keeps.
Rule 4: an index that finds the other half of a listen is made with the tables, because the fold needs it; those
        that only questions need are made last.
"""

from __future__ import annotations

from projections.listens import blocks

NAME = "listens"
VERSION = 2

TABLES = (
    # `start` in microseconds UTC. `listen` is what ends may name it by, null for one that its end alone tells of.
    # `ended` is the position of the end that counts, `duration` what it gives, in nanoseconds. `project` is the
    # session's.
    """CREATE TABLE listens (
        position INTEGER PRIMARY KEY,
        session INTEGER NOT NULL,
        log TEXT NOT NULL,
        asset TEXT,
        project TEXT,
        start INTEGER NOT NULL,
        listen TEXT,
        ended INTEGER,
        duration INTEGER)""",
    # `time` in microseconds UTC, `duration` in nanoseconds. `closes` is the position of the start that it closes.
    """CREATE TABLE listen_ends (
        position INTEGER PRIMARY KEY,
        session INTEGER NOT NULL,
        listen TEXT,
        asset TEXT,
        time INTEGER NOT NULL,
        duration INTEGER,
        closes INTEGER)""",
    """CREATE TABLE listen_sessions (
        first INTEGER PRIMARY KEY,
        log TEXT NOT NULL,
        session TEXT NOT NULL,
        project TEXT,
        UNIQUE (log, session))""",
    # The records that name a session's project; the one at the lowest position counts.
    """CREATE TABLE listen_projects (
        position INTEGER PRIMARY KEY,
        session INTEGER NOT NULL,
        project TEXT NOT NULL)""",
    blocks.TABLE,
    "CREATE INDEX listens_by_name ON listens (session, listen, start)",
    "CREATE INDEX listens_by_play ON listens (session, asset, start) WHERE listen IS NOT NULL",
    "CREATE INDEX listen_ends_by_name ON listen_ends (session, listen, time)",
    "CREATE INDEX listen_ends_by_play ON listen_ends (session, asset, time) WHERE listen IS NULL",
    "CREATE INDEX listen_ends_by_start ON listen_ends (closes) WHERE closes IS NOT NULL",
    "CREATE INDEX listen_projects_by_session ON listen_projects (session)",
)

INDEXES = (
    "CREATE INDEX listens_by_log ON listens (log)",
    "CREATE INDEX listens_by_session ON listens (session)",
    "CREATE INDEX listens_by_asset ON listens (log, asset)",
    "CREATE INDEX listens_by_project ON listens (log, project)",
    "CREATE INDEX listens_by_start ON listens (log, start)",
    "CREATE INDEX listens_by_duration ON listens (log, duration)",
)
