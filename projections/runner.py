"""The runner: the whole face of the read models, and what keeps them in step with the log.

Rule 1: it follows the log from the views' checkpoint; what the log hands over is only a reason to look. Rows and
        checkpoint are committed together (`folding`).
Rule 2: without a file of these versions the views are built, beside ingest; questions raise `Rebuilding` meanwhile
        and no write waits.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from projections.building import Progress
from projections.feeds.questions import Feeds
from projections.following import Follower, news
from projections.keeper import Keeper
from projections.listens.questions import Listens
from projections.logbook.candidates import TextIndex
from projections.logbook.questions import Logbook
from projections.onlooker import Onlooker
from projections.outlines import Outliner, Outlines
from projections.status import Standing, ViewStatus, read_status
from projections.timelines.assets import Assets
from projections.timelines.questions import Timelines
from projections.trailing import Manner, Trailing
from projections.view import View
from projections.views import OUTLINES, TEXT, VIEWS
from replay.clock import Clock, now
from replay.errors import Unavailable
from replay.findings import DEFAULTS, Thresholds
from replay.log.contract import EventLog

LAGGING = 500
"""A batch of so many records means that more are waiting: they are then read in larger batches."""


TEXT_MANNER = Manner("search", "the text index")


def outlines_manner(thresholds: Thresholds) -> Manner:
    """How the outlines trail. Those by other thresholds are another file: a list never mixes the two."""
    kind = f"sessions-{thresholds.tag}" if thresholds.tag else "sessions"
    return Manner(kind, "the outlines", rests=3.0)


OUTLINED = {"timelines", "listens"}
"""The views that outlines are made from."""


class Projections:
    """The read models of one folder and one log. `open` makes one.

    `timelines`, `assets`, `feeds`, `listens` and `logbook` answer questions; each raises `Rebuilding` while there
    is nothing to read. `trailing` (the logbook's text index) and `outlining` follow at a distance; `outlines` says
    what they have of which session.
    """

    def __init__(
        self,
        keeper: Keeper | Onlooker,
        log: EventLog,
        views: Sequence[View],
        clock: Clock,
        trailing: Trailing,
        outlining: Trailing,
        thresholds: Thresholds,
    ) -> None:
        self._keeper = keeper
        self._log = log
        self._views = views
        self._follower = Follower("the views", self._follow)
        self.trailing = trailing
        self.outlining = outlining
        self.feeds = Feeds(keeper.readers, keeper.stands)
        self.listens = Listens(keeper.readers, keeper.stands)
        self.logbook = Logbook(keeper.readers, TextIndex(trailing.readers), log, keeper.stands)
        self.assets = Assets(keeper.readers, log, keeper.stands)
        self.timelines = Timelines(keeper.readers, log, self.feeds, keeper.stands, clock)
        self.outlines = Outlines(outlining.readers, keeper.readers)
        if isinstance(outlining.keeper, Keeper) and {view.name for view in views} >= OUTLINED:
            outliner = Outliner(outlining.keeper, self.timelines, self.listens, keeper.wait_for, thresholds)
            outlining.afterwards = outliner.catch_up

    @classmethod
    async def open(
        cls,
        folder: Path,
        log: EventLog,
        *,
        read_only: bool = False,
        clock: Clock = now,
        views: Sequence[View] = VIEWS,
        thresholds: Thresholds = DEFAULTS,
    ) -> Projections:
        """Open the views of a log in a folder.

        With `read_only` the views that another process keeps are read; without any, questions raise `Unavailable`.
        Only one process at a time may open a folder otherwise. `clock` tells which sessions are live;
        the findings of outlines exceed `thresholds`.
        """
        keeper = Onlooker(folder, views) if read_only else Keeper(folder, log, views)
        trailing = Trailing(folder, log, TEXT, TEXT_MANNER, read_only=read_only)
        outlining = Trailing(folder, log, OUTLINES, outlines_manner(thresholds), read_only=read_only)
        files = (keeper, trailing, outlining)
        try:
            for file in files:
                await file.open()
        except BaseException:
            for file in reversed(files):
                await file.close()
            raise
        return cls(keeper, log, views, clock, trailing, outlining, thresholds)

    @property
    def position(self) -> int:
        """Where the views stand: everything up to here is folded, or parked. Read-only: as of the last question."""
        return self._keeper.position

    def start(self) -> None:
        """Follow the log in the background, until `close`."""
        self._writable()
        self._follower.start()

    async def catch_up(self) -> int:
        """Fold all that is in the log now, building the views if there are none; return their position."""
        return await self._writable().catch_up()

    async def wait_for(self, position: int, timeout: float) -> bool:  # noqa: ASYNC109 - its answer is whether
        """Wait until the views have passed a position, at most `timeout` seconds; tell whether they have.

        False at once while the views are being built. A parked record counts as passed.
        """
        return await self._keeper.wait_for(position, timeout)

    async def rebuild(self, progress: Progress) -> None:
        """Build the views from nothing and swap them in. `progress` is told often: positions done, and in all.

        It is told three times over: after the views, those that follow at a distance are built too.
        """
        await self._writable().rebuild(progress)
        await self.trailing.rebuild(progress)
        await self.outlining.rebuild(progress)

    async def status(self) -> list[ViewStatus]:
        """How each view stands."""
        head = (await self._log.head()).position
        standing = Standing(head, self._keeper.building, self._follower.error)
        return await read_status(self._keeper.readers, self._views, standing)

    async def trailing_status(self) -> list[ViewStatus]:
        """How each view stands that follows at a distance. Outlines stand where every session has its own."""
        text, outlines = await self.trailing.status(), await self.outlining.status()
        outlined = await self.outlines.outlined()
        return [*text, *(status.moved_to(outlined) for status in outlines)]

    async def close(self) -> None:
        """Stop following, finish the transaction that is open, and close the file."""
        await self._follower.close()
        await self.outlining.close()
        await self.trailing.close()
        await self._keeper.close()

    def _writable(self) -> Keeper:
        if isinstance(self._keeper, Onlooker):
            raise Unavailable("these read models are open for reading only")
        return self._keeper

    async def _follow(self) -> None:
        """Catch up, then fold what comes, until so much comes that larger batches pay."""
        keeper = self._writable()
        await keeper.catch_up()
        self._follower.well()
        self.trailing.start()
        self.outlining.start()
        async with news(self._log, keeper.position) as batches:
            async for records in batches:
                await keeper.fold(records)
                if len(records) >= LAGGING:
                    return
        raise Unavailable("the log is closed")
