"""The view `listens`: for each play of a recording, when it began and how long it was observed to last.

Rule 1: a listen is a play in a session: records without a session are passed over.
Rule 2: which end closes which start is the fold's rule (`replay.timeline.closing`), asked anew for what a batch
        touches, in the batch's own transaction. So a correction, or a late start, shows at once.
Rule 3: a session's project is that of the session-started at the lowest position that names one.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from projections.entries import Entry, all_ranges
from projections.listens import schema
from projections.listens.blocks import widen
from projections.listens.erasure import take_out
from projections.listens.matching import assign, displaced
from projections.view import Database, Row, as_json, cut_at_erasures, fields, run
from replay.clock import to_nanoseconds
from replay.events import ListenEnded, ListenStarted, SessionStarted
from replay.log.contract import EventLog

MAX_PROJECT = 256
"""The longest id of a project that counts, in bytes: it is repeated in every row of its session."""


class ListensView:
    """Folds records into `listens`."""

    name = schema.NAME
    version = schema.VERSION
    tables = schema.TABLES
    indexes = schema.INDEXES

    async def apply(self, db: Database, entries: Sequence[Entry], log: EventLog) -> None:  # noqa: ARG002 - a view may need it
        """Fold entries, in order of position."""
        for erasing, part in cut_at_erasures(entries):
            if erasing:
                await take_out(db, all_ranges(part))
            else:
                await _put_in(db, _read(part))


class _Told:
    """What a batch says, as rows that begin with log and session."""

    def __init__(self) -> None:
        self.sessions: dict[tuple[str, str], int] = {}
        self.starts: list[Row] = []
        self.ends: list[Row] = []
        self.projects: list[Row] = []

    def add(self, rows: list[Row], entry: Entry, *values: object) -> None:
        """Note what an entry says, and its session."""
        key = (entry.log, str(entry.session))
        self.sessions.setdefault(key, entry.position)
        rows.append((*key, entry.position, *values))


_started = msgspec.json.Decoder(ListenStarted)
_ended = msgspec.json.Decoder(ListenEnded)
_session_started = msgspec.json.Decoder(SessionStarted)


def _read(entries: Sequence[Entry]) -> _Told:
    told = _Told()
    for entry in entries:
        if entry.session is None:
            continue
        if entry.type == "listen-started":
            start = entry.read(_started)
            told.add(told.starts, entry, start.asset, entry.time, start.listen or entry.id)
        elif entry.type == "listen-ended":
            end = entry.read(_ended)
            duration = None if end.duration is None else to_nanoseconds(end.duration)
            told.add(told.ends, entry, end.listen, end.asset, entry.time, duration)
        elif entry.type == "session-started":
            project = entry.read(_session_started).project
            if project not in (None, "") and len(str(project).encode()) <= MAX_PROJECT:
                told.add(told.projects, entry, str(project))
    return told


_SESSION = """json_each(?) AS e CROSS JOIN listen_sessions AS k
    ON k.log = json_extract(e.value, '$[0]') AND k.session = json_extract(e.value, '$[1]')"""

_ADD_SESSIONS = f"""
    INSERT INTO listen_sessions SELECT {fields(3)}, NULL FROM json_each(?) WHERE true
    ON CONFLICT (log, session) DO NOTHING"""

_ADD_PROJECTS = f"""
    INSERT INTO listen_projects
    SELECT json_extract(e.value, '$[2]'), k.first, json_extract(e.value, '$[3]') FROM {_SESSION}"""

_SETTLE_PROJECTS = f"""
    UPDATE listen_sessions SET project =
        (SELECT project FROM listen_projects WHERE session = first ORDER BY position LIMIT 1)
    WHERE project IS NULL AND first IN (SELECT k.first FROM {_SESSION}) RETURNING first"""

_SHARE_PROJECTS = """
    UPDATE listens SET project = k.project
    FROM json_each(?) AS e CROSS JOIN listen_sessions AS k ON k.first = e.value WHERE listens.session = k.first"""

_ADD_STARTS = f"""
    INSERT INTO listens
    SELECT json_extract(e.value, '$[2]'), k.first, k.log, json_extract(e.value, '$[3]'), k.project,
        {fields(2, "e.value", 4)}, NULL, NULL FROM {_SESSION}"""

_ADD_ENDS = f"""
    INSERT INTO listen_ends
    SELECT json_extract(e.value, '$[2]'), k.first, {fields(4, "e.value", 3)}, NULL FROM {_SESSION}"""


async def _put_in(db: Database, told: _Told) -> None:
    """Add what a batch says, then match whatever it touches."""
    if not told.sessions:
        return
    sessions = as_json([(first, *key) for key, first in told.sessions.items()])
    await run(db, _ADD_SESSIONS, (sessions,))
    if told.projects:
        await _add_projects(db, as_json(told.projects))
    moved: set[int] = set()
    if told.starts:
        positions = [row[2] for row in told.starts]
        await run(db, _ADD_STARTS, (as_json(told.starts),))
        await widen(db, positions)
        moved = await displaced(db, positions)
    if told.ends:
        await run(db, _ADD_ENDS, (as_json(told.ends),))
    await assign(db, moved.union(row[2] for row in told.ends))


async def _add_projects(db: Database, projects: str) -> None:
    """Note which records name projects; a session that had none passes its new one on to its listens."""
    await run(db, _ADD_PROJECTS, (projects,))
    settled = [first for (first,) in await run(db, _SETTLE_PROJECTS, (projects,))]
    if settled:
        await run(db, _SHARE_PROJECTS, (as_json(settled),))
