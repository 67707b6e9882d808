"""Durable appends: the log beside a table with a unique index of random ids, in one run.

    python -m benchmarks.append [--rows 1000000] [--folder DIR]

Both commit with `synchronous=FULL` and keep the same bodies of about 500 bytes. The plain table knows a
repetition by a unique index on (source, id) and does nothing else; the log also hashes, chains and
compares, and is called through the event loop. Absolute figures move between machines: read the ratios.
"""

from __future__ import annotations

import argparse
import asyncio
import sqlite3
import tempfile
import time
import uuid
from collections.abc import Callable, Sequence
from pathlib import Path

import uuid_utils

from replay.envelope import Event, build_event
from replay.log import SqliteLog

BATCHES = (1, 10, 100, 1000)
MEASURED = {1: 3_000, 10: 20_000, 100: 50_000, 1000: 100_000}
MakeId = Callable[[], str]
IDS: dict[str, MakeId] = {"uuid4": lambda: str(uuid.uuid4()), "uuid7": lambda: str(uuid_utils.uuid7())}


def make(count: int, make_id: MakeId) -> list[Event]:
    """Events of about 500 bytes."""
    data = {"asset": "a-recording", "note": "x" * 250}
    return [
        build_event(
            id=make_id(),
            source="urn:example:player:7",
            type="listen-started",
            time=1_800_000_000_000_000,
            session="a-session",
            device="a-device",
            data=data,
        )
        for _ in range(count)
    ]


def split(events: Sequence[Event], size: int) -> list[Sequence[Event]]:
    """Events in batches."""
    return [events[at : at + size] for at in range(0, len(events), size)]


class Plain:
    """A table with a unique index, without a log around it."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None)
        for statement in (
            "PRAGMA journal_mode = WAL",
            "PRAGMA synchronous = FULL",
            "PRAGMA wal_autocheckpoint = 4000",
            "PRAGMA cache_size = -65536",
            "CREATE TABLE events (position INTEGER PRIMARY KEY, source, id, body, UNIQUE (source, id))",
        ):
            self._connection.execute(statement)

    def append(self, events: Sequence[Event]) -> None:
        """Store a batch in one transaction."""
        rows = [(event.source, event.id, event.body) for event in events]
        self._connection.execute("BEGIN IMMEDIATE")
        self._connection.executemany("INSERT OR IGNORE INTO events (source, id, body) VALUES (?, ?, ?)", rows)
        self._connection.execute("COMMIT")

    def measure(self, events: Sequence[Event], batch: int) -> float:
        """Events a second."""
        start = time.perf_counter()
        for part in split(events, batch):
            self.append(part)
        return len(events) / (time.perf_counter() - start)

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()


async def measure(log: SqliteLog, events: Sequence[Event], batch: int, callers: int = 1) -> float:
    """Events a second, with so many callers that each wait for their own appends."""
    parts = split(events, batch)

    async def call(first: int) -> None:
        for part in parts[first::callers]:
            await log.append(part)

    start = time.perf_counter()
    await asyncio.gather(*(call(first) for first in range(callers)))
    return len(events) / (time.perf_counter() - start)


async def fill(log: SqliteLog, plain: Plain, rows: int, make_id: MakeId) -> None:
    """Bring both to so many rows."""
    for _ in range(rows // 50_000):
        events = make(50_000, make_id)
        await measure(log, events, 5_000)
        plain.measure(events, 5_000)


async def compare(folder: Path, rows: int) -> None:
    """Print a line for each kind of id, number of rows and batch size."""
    print(f"{'rows':>9} {'ids':>5} {'batch':>5} {'log':>9} {'32 callers':>10} {'plain':>9} {'log/plain':>9}")
    for name, make_id in IDS.items():
        log = await SqliteLog.open(folder / f"{name}.db")
        plain = Plain(folder / f"{name}-plain.db")
        for there in (0, rows) if rows else (0,):
            await fill(log, plain, there, make_id)
            for batch in BATCHES:
                count = MEASURED[batch]
                alone = await measure(log, make(count, make_id), batch)
                together = await measure(log, make(count, make_id), batch, callers=32)
                beside = plain.measure(make(count, make_id), batch)
                print(
                    f"{there:>9,} {name:>5} {batch:>5} {alone:>9,.0f} {together:>10,.0f} {beside:>9,.0f}"
                    f" {alone / beside:>9.2f}"
                )
        plain.close()
        await log.close()


def main() -> None:
    """Run the comparison."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000, help="rows that are there in the second half")
    parser.add_argument("--folder", type=Path, help="where to write (default: a temporary folder)")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=arguments.folder) as folder:
        asyncio.run(compare(Path(folder), arguments.rows))


if __name__ == "__main__":
    main()
