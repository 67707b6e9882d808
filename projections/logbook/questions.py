"""What `logbook` answers: which logs there are, and pages of their lines."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable

import msgspec

from projections.logbook.candidates import TextIndex
from projections.logbook.line import labels_of_owner
from projections.logbook.lines import LineFilter, LinePage
from projections.logbook.pages import page_query
from projections.logbook.schema import NAME
from projections.logbook.search import Bounds, Search
from projections.readers import Readers
from projections.view import CHUNK, as_json
from replay.log.contract import EventLog


class LogRow(msgspec.Struct, frozen=True):
    """What a list shows of a log. Times are milliseconds UTC, of the events themselves; `last` is a position."""

    log: str
    lines: int
    earliest: int
    latest: int
    last: int


class LogPage(msgspec.Struct, frozen=True):
    """Logs by name; `next` is the `after` of the next page; `position` is where the view stands."""

    logs: tuple[LogRow, ...]
    next: str | None
    position: int


class Logbook:
    """The questions. Each raises `Rebuilding` while there is no view to read. `bounds` are those of a search."""

    def __init__(
        self, readers: Readers, index: TextIndex, log: EventLog, position: Callable[[], Awaitable[int]]
    ) -> None:
        self.index = index
        self.bounds = Bounds()
        self._readers = readers
        self._log = log
        self._position = position

    async def logs(
        self, among: frozenset[str] | None = None, after: str | None = None, limit: int = 100
    ) -> LogPage:
        """Up to `limit` (at least 1) logs with a line, those of a name above `after`, of these or of all."""
        stands = await self._position()
        names = _NEXT if among is None else _AMONG
        values = {"after": after or "", "limit": limit + 1, "among": as_json(sorted(among or ()))}
        rows = await self._readers.fetch_many(5, f"WITH RECURSIVE {names} {_SUMMARY}", values)
        logs = tuple(LogRow(*row) for row in rows[:limit])
        return LogPage(logs, logs[-1].log if len(rows) > limit else None, stands)

    async def lines(self, wanted: LineFilter, skip: int = 0, limit: int = 100) -> LinePage:
        """Up to `limit` (at least 1) lines, `skip` of them left out, in order of position."""
        stands = await self._position()
        labels = wanted.labels
        if wanted.text is None and len(labels) == 1:
            positions, following = await self._count(wanted, labels[0], skip, limit)
            return LinePage(records=await self._log.get(positions), position=stands, next=following)
        search = Search(self._readers, self.index, self._log, wanted, self.bounds)
        return await search.page(skip, limit, stands)

    async def may_be_of(self, log: str, user: str) -> AsyncIterator[list[int]]:
        """The positions of a log's records that may be a user's own, some at a time: all that are, and a few more.

        A record that could not be folded may be anyone's.
        """
        wanted = [("labelled WHERE log = ? AND label = ?", (log, name)) for name in labels_of_owner(user)]
        for rows, values in (*wanted, ("parked WHERE view = ?", (NAME,))):
            after = 0
            sql = f"SELECT position FROM {rows} AND position > ? ORDER BY position LIMIT {CHUNK}"
            while found := await self._readers.fetch_many(1, sql, (*values, after)):
                [after] = found[-1]
                yield [position for (position,) in found]

    async def _count(
        self, wanted: LineFilter, label: str, skip: int, limit: int
    ) -> tuple[list[int], int | None]:
        """The positions of a page of the lines of one label, and the one to go on from."""
        query = page_query(label, ascending=wanted.ascending, skipping=skip > 0)
        values = {**wanted.parameters(), "label": label, "skip": skip, "limit": limit + 1}
        positions = [position for (position,) in await self._readers.fetch_many(1, query, values)]
        following = positions[limit - 1] if len(positions) > limit else None
        return positions[:limit], following


_NEXT = """
    names(log, number) AS (
        SELECT (SELECT min(log) FROM lines WHERE log > :after), 1
        UNION ALL
        SELECT (SELECT min(log) FROM lines WHERE lines.log > names.log), number + 1 FROM names
        WHERE log IS NOT NULL AND number < :limit)"""
"""The logs there are: one step of the index for each."""

_AMONG = """
    names(log) AS (
        SELECT value FROM json_each(:among)
        WHERE value > :after AND EXISTS (SELECT 1 FROM lines WHERE log = value) ORDER BY value LIMIT :limit)"""

_SUMMARY = """
    SELECT b.log, sum(lines), min(earliest), max(latest),
        (SELECT max(position) FROM lines AS l WHERE l.log = b.log)
    FROM names CROSS JOIN blocks AS b ON b.log = names.log AND b.label = ''
    GROUP BY b.log ORDER BY b.log"""
