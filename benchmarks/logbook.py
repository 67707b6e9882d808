"""A log of a million lines beside one of a hundred: `python -m benchmarks.logbook [--lines 1000000]`.

Each question is asked of both through the whole view: found, and read from the log, a hundred lines a page. Beside
them stands what a plain table of texts costs: pages by OFFSET, a search by LIKE, and one FTS5 index over all texts.
One line in ten has the tag "late", one in three "cache"; "needle" stands in ten lines. Absolute figures move
between machines: read the ratios.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from pathlib import Path

from projections import Expression, LineFilter, LinePage, Logbook, Projections
from replay.envelope import Event, build_event
from replay.log import SqliteLog

START = 1_780_000_000_000
FEW = 100
SECONDS_A_QUESTION = 0.5
FEWEST, MOST = 5, 200

Ask = Callable[[], Awaitable[LinePage]]


def texts(count: int) -> Iterator[str]:
    """Lines of about 60 characters."""
    chance = random.Random(1)
    letters = "abcdefghijklmnopqrstuvwxyz"
    words = ["".join(chance.choices(letters, k=chance.randrange(3, 10))) for _ in range(3000)]
    for number in range(count):
        needle = " needle" if number % max(count // 10, 1) == 7 else ""
        yield f"{' '.join(chance.choices(words, k=8))} {number}{needle}"


def story(count: int) -> Iterator[Event]:
    """The lines, a second apart."""
    for number, text in enumerate(texts(count)):
        tags = [word for word, every in (("late", 10), ("cache", 3)) if number % every == 0]
        yield build_event(
            id=f"{number:024x}",
            source="/1/logs",
            type="log-line",
            log="shop",
            time=(START + number * 1000) * 1000,
            user=f"user-{number % 500}",
            data={"text": text, "tags": tags, "source": f"web-{number % 5}", "class": "info"},
        )


async def fill(log: SqliteLog, count: int) -> None:
    """Append the story."""
    batch: list[Event] = []
    for event in story(count):
        batch.append(event)
        if len(batch) == 1000:
            await log.append(batch)
            batch = []
    await log.append(batch)


async def cost(ask: Ask) -> tuple[float, LinePage]:
    """The median milliseconds of a question, and its answer."""
    answer = await ask()
    times: list[float] = []
    end = time.perf_counter() + SECONDS_A_QUESTION
    while len(times) < FEWEST or (time.perf_counter() < end and len(times) < MOST):
        began = time.perf_counter()
        answer = await ask()
        times.append((time.perf_counter() - began) * 1000)
    return statistics.median(times), answer


def questions(count: int) -> list[tuple[str, LineFilter, int]]:
    """What is asked of a log of so many lines: a name, a filter, how many lines to leave out."""
    every = LineFilter(log="shop")
    middle = START + count * 500
    noon = LineFilter(log="shop", since=middle, until=middle + 3_600_000)

    def searched(text: str, tags: tuple[str, ...] = ()) -> LineFilter:
        return LineFilter(log="shop", text=Expression(text), tags=tags)

    return [
        ("the first page", every, 0),
        ("a page in the middle", every, count // 2),
        ("the newest page", LineFilter(log="shop", ascending=False), 0),
        ("after the middle (sinceid)", LineFilter(log="shop", after=count // 2), 0),
        ("one tag: the first page", LineFilter(log="shop", tags=("late",)), 0),
        ("one tag: a page in its middle", LineFilter(log="shop", tags=("late",)), count // 20),
        ("one user: a page in its middle", LineFilter(log="shop", user="user-7"), count // 1000),
        ("two tags: the first page", LineFilter(log="shop", tags=("late", "cache")), 0),
        ("two tags: a page in their middle", LineFilter(log="shop", tags=("late", "cache")), count // 60),
        ("an hour in the middle", noon, 0),
        ("text: in ten lines", searched("needle"), 0),
        ("text: in none", searched("no such thing"), 0),
        ("text: a number, rare", searched(f" {count - 3}"), 0),
        ("text: in a hundredth, the first page", searched("00 ?$|55$"), 0),
        ("text: an expression, in ten lines", searched(r"\d+ ne+dle$"), 0),
        ("text: two of either, in ten lines", searched("(needle|no such thing)$"), 0),
        ("text: any case, in ten lines", searched("(?i)NEEDLE"), 0),
        ("text: in ten lines, and a tag", searched("needle", ("cache",)), 0),
        ("text: demands nothing, and is nowhere", searched("[#$%&]{2}"), 0),
    ]


async def compare(large: Logbook, small: Logbook, count: int) -> None:
    """Print a line for each question."""
    print(
        f"\n{'a question, milliseconds (median)':<44} {f'{count:,}':>10} {f'{FEW:,}':>8} {'texts read':>11}"
    )
    for (name, wanted, skip), (_, same, few) in zip(questions(count), questions(FEW), strict=True):
        took, page = await cost(partial(large.lines, wanted, skip))
        less, _ = await cost(partial(small.lines, same, few))
        cut = "" if page.complete else " (cut off)"
        print(f"{name:<44} {took:10.2f} {less:8.2f} {page.texts:11,}{cut}", flush=True)


def plain(folder: Path, count: int) -> None:
    """Print what a plain table and one index over all texts cost."""
    database = sqlite3.connect(folder / "plain.db", isolation_level=None)
    for statement in (
        "PRAGMA journal_mode = WAL",
        "PRAGMA cache_size = -65536",
        "CREATE TABLE lines (position INTEGER PRIMARY KEY, text TEXT)",
        "CREATE VIRTUAL TABLE found USING fts5(text, content='', tokenize='trigram')",
    ):
        database.execute(statement)
    rows = list(enumerate(texts(count), 1))
    began = time.perf_counter()
    database.execute("BEGIN")
    database.executemany("INSERT INTO lines VALUES (?, ?)", rows)
    database.execute("COMMIT")
    middle = time.perf_counter()
    database.execute("BEGIN")
    database.executemany("INSERT INTO found (rowid, text) VALUES (?, ?)", rows)
    database.execute("COMMIT")
    index = count / (time.perf_counter() - middle)
    print(f"\n{'plain tables':<44} {count / (middle - began):10,.0f} rows/s, indexed {index:,.0f} rows/s")
    for name, sql in (
        ("a page in the middle, by OFFSET", f"SELECT * FROM lines LIMIT 100 OFFSET {count // 2}"),
        ("a search by LIKE", "SELECT * FROM lines WHERE text LIKE '%needle%' LIMIT 100"),
        ("a search in one index", "SELECT rowid FROM found WHERE found MATCH '\"needle\"' LIMIT 100"),
    ):
        times = []
        for _ in range(FEWEST):
            began = time.perf_counter()
            database.execute(sql).fetchall()
            times.append((time.perf_counter() - began) * 1000)
        print(f"{name:<44} {statistics.median(times):10.2f}")
    database.close()


async def opened(folder: Path, count: int) -> tuple[SqliteLog, Projections]:
    """A log of so many lines with its views, filled and indexed; says how long that took."""
    folder.mkdir()  # noqa: ASYNC240 - nothing else runs
    log = await SqliteLog.open(folder / "log.db")
    await fill(log, count)
    projections = await Projections.open(folder, log)
    for name, work in (
        ("all views", projections.catch_up),
        ("the text index", projections.trailing.catch_up),
    ):
        began = time.perf_counter()
        await work()
        took = time.perf_counter() - began
        print(f"{f'{count:,} lines into {name}':<44} {count / took:10,.0f} lines/s", flush=True)
    return log, projections


async def erase_one(log: SqliteLog, projections: Projections, count: int) -> None:
    """Erase a line in the middle, and print how long views and index take to forget it."""
    await log.erase([count // 2], "measured")
    for name, work in (
        ("all views", projections.catch_up),
        ("the text index", projections.trailing.catch_up),
    ):
        began = time.perf_counter()
        await work()
        print(f"{f'{name}: one line erased, milliseconds':<44} {(time.perf_counter() - began) * 1000:10.2f}")


async def measure(folder: Path, count: int) -> None:
    """Everything."""
    small_log, small = await opened(folder / "small", FEW)
    large_log, large = await opened(folder / "large", count)
    await compare(large.logbook, small.logbook, count)
    print()
    await erase_one(large_log, large, count)
    plain(folder, count)
    for projections in (small, large):
        await projections.close()
    for log in (small_log, large_log):
        await log.close()


def main() -> None:
    """Parse the flags and run."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--lines", type=int, default=1_000_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(measure(Path(folder), options.lines))


if __name__ == "__main__":
    main()
