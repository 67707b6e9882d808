"""A log in memory with its views beside it, and a short way to tell it what happened."""

from __future__ import annotations

import asyncio
import itertools
import shutil
import sqlite3
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from projections import Projections
from projections.keeper import Keeper
from projections.view import View
from projections.views import VIEWS
from projections.views_file import file_name
from replay.envelope import Event, build_event
from replay.log.contract import EventLog
from replay.log.memory import MemoryLog

ZERO = 1_780_000_000_000_000
"""The moment that tests count seconds from, in microseconds."""

_ids = itertools.count()


def event(type: str = "heartbeat", *, at: float | None = 0, **values: Any) -> Event:
    """An event of session `s1` on device `d1`, `at` seconds after `ZERO` (None: without a time)."""
    time = None if at is None else ZERO + round(at * 1_000_000)
    return build_event(
        **{
            "id": f"e{next(_ids)}",
            "source": "test",
            "type": type,
            "time": time,
            "session": "s1",
            "device": "d1",
            **values,
        }
    )


def events_of_two_sessions(*, min_size: int = 0, max_size: int = 6) -> st.SearchStrategy[list[Event]]:
    """Some events that bear on each other: of two sessions and none, two devices, two assets, few numbers."""
    types = ["listen-started", "listen-ended", "heartbeat", "asset-described", "session-ended"]
    return st.lists(
        st.builds(
            event,
            st.sampled_from(types),
            at=st.integers(0, 20),
            session=st.sampled_from(["s1", "s2", None]),
            device=st.sampled_from(["d1", "d2"]),
            sequence=st.none() | st.integers(0, 6),
            data=st.fixed_dictionaries({"asset": st.sampled_from("ab"), "duration": st.integers(0, 9)}),
        ),
        min_size=min_size,
        max_size=max_size,
    )


class Clock:
    """A clock that stands until it is moved. Microseconds."""

    def __init__(self) -> None:
        self.time = ZERO

    def __call__(self) -> int:
        return self.time

    def move(self, seconds: float) -> None:
        self.time += round(seconds * 1_000_000)


class House:
    """A log and its views."""

    def __init__(self, log: MemoryLog, clock: Clock, projections: Projections) -> None:
        self.log = log
        self.clock = clock
        self.projections = projections
        self.timelines = projections.timelines
        self.feeds = projections.feeds

    async def tell(self, *events: Event) -> list[int]:
        """Append events, fold them, and return their positions."""
        receipts = await self.log.append(events)
        await self.projections.catch_up()
        return [receipt.position for receipt in receipts]

    async def erase(self, *positions: int) -> list[int]:
        """Erase records, fold that, and return the positions of the erasures."""
        receipts = await self.log.erase(positions, "asked for")
        await self.projections.catch_up()
        return [receipt.position for receipt in receipts]


@asynccontextmanager
async def open_house(folder: Path, views: Sequence[View] = VIEWS) -> AsyncIterator[House]:
    """A house whose views are built and open."""
    clock = Clock()
    log = MemoryLog(clock=clock)
    projections = await Projections.open(folder, log, clock=clock, views=views)
    try:
        await projections.catch_up()
        yield House(log, clock, projections)
    finally:
        await projections.close()


def dump(folder: Path, views: Sequence[View] = VIEWS) -> dict[str, list[Any]]:
    """Every table of a views file, row for row, and the statements that made it."""
    database = sqlite3.connect(f"file:{folder / file_name(views)}?mode=ro", uri=True)
    try:
        made = database.execute("SELECT name, sql FROM sqlite_master ORDER BY type DESC, name").fetchall()
        tables = [name for name, sql in made if sql and sql.startswith("CREATE TABLE")]
        rows = {name: sorted(database.execute(f"SELECT * FROM {name}"), key=repr) for name in tables}
        return {"made": made, **rows}
    finally:
        database.close()


def keeper_of(projections: Projections) -> Keeper:
    """Who keeps the views: a test that holds its lock has them stand still."""
    keeper = projections._keeper
    assert isinstance(keeper, Keeper)
    return keeper


async def eventually(condition: Callable[[], bool]) -> None:
    """Return once a condition holds; the test's own time limit ends a wait in vain."""
    while not condition():  # noqa: ASYNC110 - what is waited for tells nobody
        await asyncio.sleep(0.001)


def files(folder: Path) -> list[str]:
    """The names of what lies in a folder."""
    return sorted(path.name for path in folder.iterdir())


def raw(folder: Path) -> bytes:
    """All bytes of all views files of a folder, and of what SQLite keeps beside them."""
    return b"".join(path.read_bytes() for path in sorted(folder.glob("views-*")))


def copy_views(folder: Path, to: Path) -> None:
    """What a crash at this moment would leave of a folder's views files."""
    to.mkdir()
    for path in folder.glob("views-*"):
        shutil.copy(path, to / path.name)


async def fresh_dump(log: EventLog, folder: Path, views: Sequence[View] = VIEWS) -> dict[str, list[Any]]:
    """The dump of views that are built from a log in an empty folder."""
    folder.mkdir()  # noqa: ASYNC240 - nothing else runs
    projections = await Projections.open(folder, log, views=views)
    try:
        await projections.rebuild(lambda done, total: None)
    finally:
        await projections.close()
    return dump(folder, views)
