"""What `listens` answers: lists of listen events, one of them, and the records that tell of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import msgspec

from projections.listens.pages import COLUMNS, SOURCE, ListenFilter, find
from projections.readers import Readers
from projections.view import CHUNK
from replay.errors import NotFound

__all__ = ["ListenFilter", "ListenPage", "ListenRow", "Listens"]


class ListenRow(msgspec.Struct, frozen=True, gc=False):
    """A listen event. `position` is that of the record that opened it, and its id.

    `asset` is None for an end without a start that named only its listen, `project` where the session names none.
    `start` is in microseconds UTC. `duration` is what was observed, in nanoseconds, by the end at `ended`; both are
    None while nothing ended it.
    """

    position: int
    session: str
    asset: str | None
    project: str | None
    start: int
    duration: int | None
    ended: int | None


class ListenPage(msgspec.Struct, frozen=True):
    """Listens, ascending; `next` is the `after` of the next page; `position` is where the view stands."""

    listens: tuple[ListenRow, ...]
    next: int | None
    position: int


class Listens:
    """The questions. Each raises `Rebuilding` while there is no view to read."""

    def __init__(self, readers: Readers, position: Callable[[], Awaitable[int]]) -> None:
        self._readers = readers
        self._position = position

    async def list(self, wanted: ListenFilter, after: int = 0, limit: int = CHUNK) -> ListenPage:
        """Up to `limit` of the listens that a filter lets through, those with a position above `after`."""
        stands = await self._position()
        rows, following = await find(self._readers, wanted, after, limit)
        return ListenPage(tuple(ListenRow(*row) for row in rows), following, stands)

    async def sessions_of(self, log: str, asset: str) -> tuple[str, ...]:
        """The sessions that play an asset, each once."""
        sql = """SELECT s.session FROM (
                SELECT DISTINCT session FROM listens INDEXED BY listens_by_asset WHERE log = ? AND asset = ?) AS l
            CROSS JOIN listen_sessions AS s ON s.first = l.session"""
        return tuple(session for (session,) in await self._readers.fetch_many(1, sql, (log, asset)))

    async def listen(self, log: str, position: int) -> ListenRow:
        """The listen event that the record at a position opened. Raises `NotFound`."""
        sql = f"SELECT {COLUMNS} FROM {SOURCE.format(index='')} WHERE l.position = ? AND l.log = ?"
        rows = await self._readers.fetch(sql, (position, log))
        if not rows:
            raise NotFound(f"there is no listen event {position} in log {log!r}")
        return ListenRow(*rows[0])

    async def records(self, log: str, position: int) -> tuple[int, ...]:
        """The positions of the records that tell of a listen event: what opened it, and its ends.

        Raises `NotFound`.
        """
        await self.listen(log, position)
        sql = "SELECT position FROM listen_ends WHERE closes = ? ORDER BY position"
        ends = await self._readers.fetch_many(1, sql, (position,))
        return (position, *(end for (end,) in ends))
