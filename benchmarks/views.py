"""The views beside plain tables, in one run: `python -m benchmarks.views [--events 1000000] [--scattered]`.

The plain tables are one row an event each, with one index each, written by `executemany` from rows that are ready:
no log is read, nothing is decoded or summed up. Live folding goes through the whole runner, in transactions of
1,000 and of 10,000 records; a rebuild fills a fresh file. Each of 1,000 devices plays one session after the other,
10,000 in all; `--scattered` gives each event a session at random, the worst there is for an index. One device in
the fleet has a tenth of all events. Absolute figures move between machines: read the ratios.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sqlite3
import statistics
import tempfile
import time
import uuid
from collections.abc import Awaitable, Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

from projections import Moment, Projections, SessionFilter
from projections.feeds.fold import FeedsView
from projections.timelines.fold import TimelinesView
from projections.view import View
from projections.views import VIEWS
from projections.views_file import file_name, remove
from replay.envelope import Event, build_event
from replay.log import EventLog, Record, SqliteLog

START = 1_780_000_000_000_000
DEVICES, SESSIONS, BUSY = 1_000, 10_000, "device-busy"
TYPES = (
    "listen-started",
    "listen-ended",
    "playback-paused",
    "playback-resumed",
    "location-changed",
    "rule-speed",
)
QUESTIONS = 300


class Sipping:
    """A log that gives at most `size` records at a time: what a view folds in one transaction."""

    def __init__(self, log: SqliteLog, size: int) -> None:
        self._log = log
        self._size = size

    def __getattr__(self, name: str) -> object:
        return getattr(self._log, name)

    async def read(self, after: int, limit: int) -> list[Record]:
        """Up to `size` records."""
        return await self._log.read(after, min(limit, self._size))


def story(count: int, scattered: bool) -> Iterator[Event]:
    """Events of about 500 bytes with uuid4 ids, a tenth of a second apart, some a few seconds late."""
    chance = random.Random(1)
    names = [str(uuid.UUID(int=chance.getrandbits(128), version=4)) for _ in range(SESSIONS)]
    for number in range(count):
        device = chance.randrange(DEVICES)
        era = chance.randrange(10) if scattered else number * (SESSIONS // DEVICES) // count
        type_ = chance.choice(TYPES)
        yield build_event(
            id=str(uuid.UUID(int=chance.getrandbits(128), version=4)),
            source="urn:example:player",
            type=type_,
            time=START + number * 100_000 - chance.randrange(5) * 1_000_000,
            session=names[era * DEVICES + device],
            device=BUSY if number % 10 == 0 else f"device-{device}",
            user=f"user-{device}",
            sequence=number,
            data={"asset": f"asset-{number % 500}", "to": 1.0, "lat": 0.0, "lon": 0.0, "note": "x" * 180},
        )


async def fill(log: SqliteLog, count: int, scattered: bool) -> None:
    """Append the story."""
    batch: list[Event] = []
    for event in story(count, scattered):
        batch.append(event)
        if len(batch) == 1000:
            await log.append(batch)
            batch = []
    await log.append(batch)


def plain(folder: Path, count: int, size: int) -> float:
    """Events a second into two plain tables, `size` a transaction."""
    database = sqlite3.connect(folder / "plain.db", isolation_level=None)
    for pragma in (
        "journal_mode = WAL",
        "synchronous = NORMAL",
        "cache_size = -65536",
        "wal_autocheckpoint = 16000",
    ):
        database.execute(f"PRAGMA {pragma}")
    for table, key in (("timeline", "session"), ("feed", "device")):
        database.execute(f"CREATE TABLE {table} (position INTEGER PRIMARY KEY, {key} INTEGER, time INTEGER)")
        database.execute(f"CREATE INDEX {table}_order ON {table} ({key}, time)")
    chance = random.Random(2)
    rows = [(at, chance.randrange(DEVICES) + at * 10 // count * DEVICES, START + at) for at in range(count)]
    began = time.perf_counter()
    for at in range(0, count, size):
        database.execute("BEGIN IMMEDIATE")
        for table in ("timeline", "feed"):
            database.executemany(f"INSERT INTO {table} VALUES (?, ?, ?)", rows[at : at + size])
        database.execute("COMMIT")
    took = time.perf_counter() - began
    database.close()
    (folder / "plain.db").unlink()
    return count / took


async def live(folder: Path, log: SqliteLog, size: int, views: Sequence[View]) -> float:
    """Events a second from the log into the views, `size` a transaction, indexes and all."""
    projections = await Projections.open(folder, _Empty(log), views=views)  # type: ignore[arg-type]
    await projections.catch_up()
    await projections.close()
    projections = await Projections.open(folder, Sipping(log, size), views=views)  # type: ignore[arg-type]
    began = time.perf_counter()
    count = await projections.catch_up()
    took = time.perf_counter() - began
    await projections.close()
    remove(folder / file_name(views))
    return count / took


class _Empty(Sipping):
    """The log as it was before the first event."""

    def __init__(self, log: SqliteLog) -> None:
        super().__init__(log, 0)

    async def read(self, after: int, limit: int) -> list[Record]:  # noqa: ARG002 - there is nothing
        """No records."""
        return []


async def rebuild(folder: Path, log: EventLog, views: Sequence[View]) -> float:
    """Events a second from the log into a fresh file; the file stays."""
    projections = await Projections.open(folder, log, views=views)
    began = time.perf_counter()
    await projections.rebuild(_unwatched)
    took = time.perf_counter() - began
    count = projections.position
    await projections.close()
    return count / took


def _unwatched(done: int, total: int) -> None:
    """Progress that nobody watches."""


async def ask(name: str, question: Callable[[], Awaitable[object]]) -> None:
    """Ask a question again and again, and print how long it takes."""
    await question()
    times = []
    for _ in range(QUESTIONS):
        began = time.perf_counter()
        await question()
        times.append((time.perf_counter() - began) * 1000)
    times.sort()
    print(f"{name:<58} {statistics.median(times):8.2f} {times[int(QUESTIONS * 0.99)]:8.2f}")


async def questions(projections: Projections, count: int) -> None:
    """The reads, at the head and at depth."""
    timelines, feeds = projections.timelines, projections.feeds
    first = (await timelines.list(None, None, 100)).sessions
    middle = first[len(first) // 2]
    evidence = await timelines.gather("default", middle.session)
    deep = Moment((START + count * 50_000) // 1000)
    oldest = first[-1].first - 5_000
    print(f"\n{'a question, milliseconds':<58} {'median':>8} {'p99':>8}")
    await ask("sessions: the newest 100", lambda: timelines.list(None, None, 100))
    await ask("sessions: 100 at depth", lambda: timelines.list(None, oldest, 100))
    await ask("sessions: 100 of a device", lambda: timelines.list(SessionFilter(device=BUSY), None, 100))
    await ask("sessions: a text that none of them has", lambda: timelines.list(SessionFilter(text="zzz")))
    await ask("session: one", lambda: timelines.session("default", middle.session))
    gathered = f"gather: {len(evidence.records)} records"
    await ask(gathered, lambda: timelines.gather("default", middle.session))
    for what, type_ in (("", None), (", one type", "rule-speed"), (", a wildcard", "playback-*")):
        for where, until in (("the newest 20", None), ("20 at depth", deep)):
            page = partial(feeds.page, "default", BUSY, type=type_, until=until)
            await ask(f"feed of {count // 10:,} events: {where}{what}", page)


async def measure(folder: Path, count: int, scattered: bool) -> None:
    """Everything, on one log."""
    log = await SqliteLog.open(folder / "log.db")
    await fill(log, count, scattered)
    sets: list[tuple[str, Sequence[View]]] = [("timelines and feeds", (TimelinesView(), FeedsView()))]
    if len(VIEWS) > len(sets[0][1]):
        sets.append((f"all {len(VIEWS)} views", VIEWS))
    print(f"{count:,} events, {'scattered' if scattered else 'a fleet'}{'':<24} {'events/s':>12}")
    for size in (1_000, 10_000):
        print(f"{f'plain tables, {size:,} a transaction':<46} {plain(folder, count, size):12,.0f}")
    for name, views in sets:
        for size in (1_000, 10_000):
            print(
                f"{f'{name}, live, {size:,} a transaction':<46} {await live(folder, log, size, views):12,.0f}"
            )
        print(f"{f'{name}, rebuilt':<46} {await rebuild(folder, log, views):12,.0f}")
    projections = await Projections.open(folder, log)
    await projections.catch_up()
    await questions(projections, count)
    await projections.close()
    await log.close()


def main() -> None:
    """Parse the flags and run."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--events", type=int, default=200_000)
    parser.add_argument("--scattered", action="store_true", help="give each event a session at random")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(measure(Path(folder), options.events, options.scattered))


if __name__ == "__main__":
    main()
