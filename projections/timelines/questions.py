"""What `timelines` answers: lists of sessions, one session, its evidence, erasures."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from projections.feeds.questions import Feeds
from projections.readers import Readers
from projections.timelines.fold import session_hash
from projections.timelines.gather import Gathering
from projections.timelines.sessions import (
    COLUMNS,
    WIDTH,
    SessionFilter,
    SessionPage,
    SessionRow,
    list_sessions,
    session_row,
)
from projections.timelines.stamp import Needs, Stamp, read_stamp
from replay.clock import Clock
from replay.errors import Erased, NotFound, Unavailable
from replay.log.contract import EventLog
from replay.timeline.evidence import Evidence

BEFORE_ALL = (-(2**63), 0)
"""A place before every record of a session, in fold order."""


class Timelines:
    """The questions. Each raises `Rebuilding` while there is no view to read."""

    def __init__(
        self,
        readers: Readers,
        log: EventLog,
        feeds: Feeds,
        position: Callable[[], Awaitable[int]],
        clock: Clock,
    ) -> None:
        self._readers = readers
        self._log = log
        self._feeds = feeds
        self._position = position
        self._clock = clock

    async def list(
        self, wanted: SessionFilter | None = None, before: int | None = None, limit: int = 100
    ) -> SessionPage:
        """Up to `limit` (at least 1) sessions, newest first, those with a `first` below `before`."""
        now = self._clock()
        stands = await self._position()
        rows, following = await list_sessions(wanted or SessionFilter(), now).page(
            self._readers, before, limit
        )
        return SessionPage(tuple(session_row(row, now) for row in rows), following, stands)

    async def oldest(self, log: str, after: int = 0, limit: int = 100) -> tuple[SessionRow, ...]:
        """Up to `limit` of a log's sessions with a `first` above `after`, the oldest first."""
        sql = f"""SELECT {COLUMNS} FROM sessions AS s INDEXED BY sessions_by_log
            WHERE s.log = ? AND s.first > ? ORDER BY s.first LIMIT ?"""
        now = self._clock()
        rows = await self._readers.fetch_many(WIDTH, sql, (log, after, limit))
        return tuple(session_row(row, now) for row in rows)

    async def session(self, log: str, session: str) -> SessionRow:
        """One session. Raises `Erased` when every record it had was erased, `NotFound` when it had none."""
        sql = f"SELECT {COLUMNS} FROM sessions AS s WHERE s.log = ? AND s.session = ?"
        rows = await self._readers.fetch(sql, (log, session))
        if rows:
            return session_row(rows[0], self._clock())
        known = "SELECT 1 FROM erasures WHERE session_hash = ? LIMIT 1"
        if await self._readers.fetch(known, (session_hash(log, session),)):
            raise Erased(f"session {session!r} was erased")
        raise NotFound(f"there is no session {session!r} in log {log!r}")

    async def size(self, log: str, session: str) -> int:
        """How many records a session has: 0 for one that is not known."""
        sql = "SELECT events FROM sessions WHERE log = ? AND session = ?"
        return sum(events for (events,) in await self._readers.fetch(sql, (log, session)))

    async def gather(self, log: str, session: str, as_of: int | None = None) -> Evidence:
        """All that was known of a session at position `as_of`, or at the position where the views stand.

        Raises `NotFound` when it had no record by then, `Erased` when all it had is erased, and `Unavailable` when
        the views have not come as far as `as_of`.
        """
        stands = await self._position()
        if as_of is not None and as_of > stands:
            raise Unavailable(f"the read models stand at position {stands}, before {as_of}")
        up_to = stands if as_of is None else as_of
        return await Gathering(self._readers, self._log, self._feeds, (log, session), up_to).evidence()

    async def stamp(self, log: str, session: str, needs: Needs) -> Stamp:
        """What changes whenever the evidence of a session may have changed."""
        return await read_stamp(self._readers, log, session, needs)

    async def positions(self, log: str, session: str) -> tuple[int, ...]:
        """The positions of a session's records, in order; empty for one that is not known."""
        sql = """SELECT position FROM timeline
            WHERE session = (SELECT first FROM sessions WHERE log = ? AND session = ?) ORDER BY position"""
        return tuple(position for (position,) in await self._readers.fetch_many(1, sql, (log, session)))

    async def in_fold_order(
        self, log: str, session: str, after: tuple[int, int] = BEFORE_ALL, limit: int = 100
    ) -> tuple[tuple[int, int], ...]:
        """Up to `limit` of a session's records as (time, position), in fold order, those behind `after`."""
        sql = """SELECT time, position FROM timeline INDEXED BY timeline_in_fold_order
            WHERE session = (SELECT first FROM sessions WHERE log = ? AND session = ?)
            AND time >= ? AND (time, position) > (?, ?) ORDER BY time, position LIMIT ?"""
        time, position = after
        rows = await self._readers.fetch_many(2, sql, (log, session, time, time, position, limit))
        return tuple((time, position) for time, position in rows)

    async def erasures(self, log: str, session: str) -> tuple[int, ...]:
        """The positions of the records that tell of a session's erasures, in order."""
        sql = "SELECT position FROM erasures WHERE session_hash = ? ORDER BY position"
        rows = await self._readers.fetch_many(1, sql, (session_hash(log, session),))
        return tuple(position for (position,) in rows)

    async def newest_erasure(self, log: str) -> int:
        """The position of a log's newest erasure, or 0."""
        sql = "SELECT coalesce(max(position), 0) FROM erasures WHERE log = ?"
        [(position,)] = await self._readers.fetch(sql, (log,))
        return int(position)
