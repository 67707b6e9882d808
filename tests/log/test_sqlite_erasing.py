"""Erased bytes leave the files: the database and its WAL, at once or as soon as no reader needs them."""

from __future__ import annotations

import asyncio
import random
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from replay.log import SqliteLog
from replay.log.sqlite import Limits
from tests.log.faults import Faults
from tests.log.making import event, events, numbered

QUICK = Limits(scrub_seconds=0.01)


def mark(number: int) -> str:
    """A text that is in one event and nowhere else."""
    return f"secret-{number:05}-"


def secret(number: int, length: int) -> list[object]:
    return [event(str(number), data={"note": mark(number) * (1 + length // 13)})]


def raw(path: Path) -> bytes:
    """All bytes of a log's files."""
    return b"".join(file.read_bytes() for file in sorted(path.parent.glob(path.name + "*")))


@contextmanager
def reader_of(path: Path) -> Iterator[None]:
    """A program that reads the log in one long transaction."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM records").fetchone()
        yield


async def until_erased(log: SqliteLog) -> None:
    async with asyncio.timeout(30):
        while log.erasing:  # noqa: ASYNC110  the engine tries in its own time
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("length", [0, 500, 5_000, 60_000])
async def test_erased_bytes_are_in_no_file(tmp_path: Path, length: int) -> None:
    path = tmp_path / "log.db"
    log = await SqliteLog.open(path)
    await log.append([event(str(n), data={"note": mark(n) * (1 + length // 13)}) for n in range(1, 30)])
    assert mark(7).encode() in raw(path)
    await log.erase(range(5, 11), "asked for")
    assert not log.erasing
    there = raw(path)
    assert [n for n in range(1, 30) if mark(n).encode() in there] == [*range(1, 5), *range(11, 30)]
    await log.close()


async def test_scattered_erasures_leave_no_copy_behind(tmp_path: Path) -> None:
    """Pages that become empty are merged with others: nothing of what they held may stay in between."""
    path, dice = tmp_path / "log.db", random.Random(7)
    log = await SqliteLog.open(path)
    count = 600
    for first in range(1, count + 1, 60):
        await log.append(
            [
                event(str(n), data={"note": mark(n) * dice.choice([1, 3, 30, 90, 500])})
                for n in range(first, first + 60)
            ]
        )
    positions = dice.sample(range(1, count + 1), count - 50)
    for at in range(0, len(positions), 50):
        await log.erase(positions[at : at + 50], "asked for")
    there = raw(path)
    assert {n for n in range(1, count + 1) if mark(n).encode() in there} == set(range(1, count + 1)) - set(
        positions
    )
    assert (await log.verify()).erased == len(positions)
    await log.close()


async def test_the_key_and_the_commitment_stay(tmp_path: Path) -> None:
    path = tmp_path / "log.db"
    log = await SqliteLog.open(path)
    await log.append(events("a"))
    with closing(sqlite3.connect(path)) as connection:
        kept = "SELECT position, recordedtime, key, commitment, chain FROM records WHERE position = 1"
        before = connection.execute(kept).fetchone()
    await log.erase([1], "asked for")
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute(kept).fetchone() == before
        gone = connection.execute("SELECT nonce, body FROM records WHERE position = 1").fetchone()
        assert gone == (None, None)
    await log.close()


async def test_a_reader_in_the_way_delays_the_end_of_an_erasure(tmp_path: Path) -> None:
    path = tmp_path / "log.db"
    log = await SqliteLog.open(path, limits=QUICK)
    await log.append([event("1", data={"note": mark(1)})])
    with reader_of(path):
        await log.erase([1], "asked for")
        assert log.erasing
        assert (await log.get([1]))[0].erased
        assert mark(1).encode() in raw(path)
        await log.append(events("meanwhile"))
    await until_erased(log)
    assert mark(1).encode() not in raw(path)
    await log.close()


async def test_an_unfinished_erasure_is_finished_when_the_log_is_opened(tmp_path: Path) -> None:
    path = tmp_path / "log.db"
    log = await SqliteLog.open(path)
    await log.append([event("1", data={"note": mark(1)})])
    with reader_of(path):
        await log.erase([1], "asked for")
        await log.close()
        assert mark(1).encode() in raw(path)
    log = await SqliteLog.open(path)
    assert not log.erasing
    assert mark(1).encode() not in raw(path)
    await log.close()


async def test_an_erasure_is_finished_after_a_crash(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    faults = Faults(monkeypatch)
    path = tmp_path / "log.db"
    log = await SqliteLog.open(path)
    await log.append([event("1", data={"note": mark(1)})])
    faults.fail("wal_checkpoint(TRUNCATE)", times=100)
    await log.erase([1], "asked for")
    crashed = tmp_path / "crashed"
    shutil.copytree(tmp_path, crashed)  # what a crash at this moment would leave
    await log.close()
    assert mark(1).encode() in raw(crashed / "log.db")
    faults.fail("wal_checkpoint(TRUNCATE)", times=0)
    again = await SqliteLog.open(crashed / "log.db")
    assert mark(1).encode() not in raw(crashed / "log.db")
    assert (await again.verify()).erased == 1
    await again.close()


async def test_an_unfinished_erasure_is_remembered_past_a_reader_and_a_crash(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    faults = Faults(monkeypatch)
    log = await SqliteLog.open(tmp_path / "log.db")
    await log.append([event("1", data={"note": mark(1)})])
    faults.fail("wal_checkpoint(TRUNCATE)", times=100)
    await log.erase([1], "asked for")
    crashed = tmp_path / "crashed"
    shutil.copytree(tmp_path, crashed)
    await log.close()
    faults.fail("wal_checkpoint(TRUNCATE)", times=0)
    with reader_of(crashed / "log.db"):
        again = await SqliteLog.open(crashed / "log.db", limits=QUICK)
        assert again.erasing
    await until_erased(again)
    assert mark(1).encode() not in raw(crashed / "log.db")
    await again.close()


async def test_very_many_positions_are_erased_in_whole_steps(tmp_path: Path) -> None:
    log = await SqliteLog.open(tmp_path / "log.db", limits=Limits(erased_at_once=10))
    await log.append(numbered(1, 35, session="long"))
    receipts = await log.erase(range(1, 36), "asked for")
    told = [record.event().data["positions"] for record in await log.get([r.position for r in receipts])]
    assert told == [[[1, 10]], [[11, 20]], [[21, 30]], [[31, 35]]]
    assert (await log.verify()).erased == 35
    await log.close()
