"""Who waits for what comes of one session: the log is followed once for all of them.

Rule 1: a record is decoded once, however many wait, and only those are woken that it is for. Nothing is followed
        while nobody waits.
Rule 2: a line holds positions, never content: who is woken reads the log, so that nothing is told that was erased.
Rule 3: a line holds so many positions at most. One that nobody empties is cut: its reader comes back to the place
        it had reached, and has lost nothing.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager, suppress

from replay.errors import PlayheadError
from replay.log.contract import EventLog, Record
from server.services.selection import Selection, Subject, subject_of

MOST = 10_000
"""Positions that a line holds."""


class Line:
    """What came of one session and was not taken yet. It hears of everything above the position `begins`."""

    def __init__(self, selection: Selection, board: Switchboard) -> None:
        self.begins = board.position
        self.cut = False
        self._board = board
        self._selection = selection
        self._positions: list[int] = []
        self._news = asyncio.Event()
        self._ended_at = 0

    def take(self, most: int) -> list[int]:
        """The first positions that were not taken yet."""
        taken, self._positions = self._positions[:most], self._positions[most:]
        if not self._positions and not self.cut:
            self._news.clear()
        return taken

    @property
    def heard(self) -> int:
        """How far the log was looked through for it: no further once it is cut, though others open lines."""
        if self._positions:
            return self._positions[0] - 1
        return self._ended_at if self.cut else self._board.position

    async def wait(self) -> None:
        """Return once there is something to take, or the line is cut."""
        await self._news.wait()

    def tell(self, position: int, subject: Subject) -> None:
        """Take note of a record, if it is one that is waited for."""
        if not self._selection.admits(subject):
            return
        if len(self._positions) < MOST:
            self._positions.append(position)
            self._news.set()
        else:
            self.end()

    def end(self) -> None:
        """There is no more to come."""
        if not self.cut:
            self._ended_at = self._board.position
        self.cut = True
        self._news.set()


class Switchboard:
    """The lines of a log. `open_line` makes one."""

    def __init__(self, log: EventLog) -> None:
        self._log = log
        self._lines: defaultdict[str | None, set[Line]] = defaultdict(set)
        self.position = 0
        """How far the log was looked through for the lines."""
        self._following: asyncio.Task[None] | None = None
        self._opening = asyncio.Lock()

    @property
    def lines(self) -> int:
        """How many are open."""
        return sum(map(len, self._lines.values()))

    @property
    def follows(self) -> bool:
        """Whether the log is being followed."""
        return self._following is not None and not self._following.done()

    @asynccontextmanager
    async def open_line(self, selection: Selection) -> AsyncIterator[Line]:
        """A line for what a selection admits, from the newest position on. Raises what the log's `head` does."""
        async with self._opening:
            if not self.follows:
                self.position = (await self._log.head()).position
                self._following = asyncio.create_task(self._follow(self.position))
        line = Line(selection, self)
        lines = self._lines[selection.session]
        lines.add(line)
        try:
            yield line
        finally:
            lines.discard(line)
            if not lines:
                self._lines.pop(selection.session, None)
            if not self._lines:
                await self.close()

    async def close(self) -> None:
        """Stop following, and end the lines that are open."""
        following, self._following = self._following, None
        self._end_lines()
        if following is not None:
            following.cancel()
            await asyncio.wait({following})

    async def _follow(self, after: int) -> None:
        """Tell the lines what comes, until the log is closed or cannot be read."""
        batches = self._log.follow(after)
        try:
            with suppress(PlayheadError):
                async for records in batches:
                    self._tell(records)
        finally:
            if isinstance(batches, AsyncGenerator):
                await batches.aclose()
            # Who was told to stop has no lines any more: those that are open by now are another's.
            if self._following is asyncio.current_task():
                self._end_lines()

    def _tell(self, records: list[Record]) -> None:
        for record in records:
            subject = subject_of(record)
            if subject is not None:
                lines = self._all() if subject.concerns_all else self._lines.get(subject.session, ())
                for line in lines:
                    line.tell(record.position, subject)
        self.position = records[-1].position

    def _end_lines(self) -> None:
        for line in self._all():
            line.end()

    def _all(self) -> list[Line]:
        return [line for lines in self._lines.values() for line in lines]
