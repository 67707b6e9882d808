"""The views that follow at a distance: no write waits for them, and they get over what goes wrong."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from projections import Projections, ViewStatus
from projections.entries import Entry
from projections.logbook.trigrams import TextView
from projections.trailing import Manner, Trailing
from projections.view import Database
from replay.errors import Unavailable
from replay.log.contract import EventLog, Record
from replay.log.memory import MemoryLog
from tests.projections.house import House, eventually, files
from tests.projections.logbook.index import NAME, contents
from tests.projections.logbook.lines import line

LONG = 30.0
MANNER = Manner("search", "the text index")


@pytest.fixture(autouse=True)
def in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("projections.trailing.REST", 0.001)
    monkeypatch.setattr("projections.following.FIRST_DELAY", 0.001)


async def until(trailing: Trailing, condition: Callable[[ViewStatus], bool]) -> None:
    """Return once the status of the index is as a test wants it."""
    while not condition((await trailing.status())[0]):  # noqa: ASYNC110 - a status tells nobody
        await asyncio.sleep(0.001)


async def index_reaches(house: House, wanted: int) -> None:
    await until(house.projections.trailing, lambda status: status.position >= wanted)


async def test_the_file_is_named_for_its_views_and_there_once_they_follow(
    house: House, tmp_path: Path
) -> None:
    assert NAME == "search-text1.db"
    assert NAME not in files(tmp_path)
    house.projections.start()
    await house.tell(line("abc"))
    await index_reaches(house, 1)
    assert NAME in files(tmp_path)


async def test_what_is_appended_is_indexed_in_the_background(house: House, tmp_path: Path) -> None:
    house.projections.start()
    for number in range(3):
        [receipt] = await house.log.append([line("abc")])
        await index_reaches(house, receipt.position)
        assert len(contents(tmp_path)[0]) == 2 * (number + 1)


async def test_no_write_waits_for_the_index(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    gate = asyncio.Event()
    apply = TextView.apply

    async def waiting(self: TextView, db: Database, entries: Sequence[Entry], log: EventLog) -> None:
        await gate.wait()
        await apply(self, db, entries, log)

    monkeypatch.setattr(TextView, "apply", waiting)
    house.projections.start()
    [receipt] = await house.log.append([line("abc")])
    assert await house.projections.wait_for(receipt.position, LONG)
    [status] = await house.projections.trailing.status()
    assert (status.name, status.position, status.lag) == ("text", 0, 1)
    gate.set()
    await index_reaches(house, 1)
    [status] = await house.projections.trailing.status()
    assert (status.position, status.lag, status.building, status.error) == (1, 0, None, None)


async def test_reopening_goes_on_where_it_stopped(tmp_path: Path) -> None:
    log = MemoryLog()
    await log.append([line("abc")])
    for expected in (1, 2):
        projections = await Projections.open(tmp_path, log)
        assert await projections.trailing.catch_up() == expected
        await projections.close()
        await log.append([line("abc")])
    assert len(contents(tmp_path)[0]) == 4


async def test_a_rebuild_builds_the_index_too(house: House, tmp_path: Path) -> None:
    await house.tell(line("abc"), line("abd"))
    told: list[tuple[int, int]] = []
    await house.projections.rebuild(lambda done, total: told.append((done, total)))
    assert told == 3 * [(0, 2), (2, 2)]
    assert len(contents(tmp_path)[0]) == 4
    assert await house.projections.logbook.index.position() == 2


async def test_trouble_is_told_and_tried_again(
    house: House, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    apply = TextView.apply
    troubles = [sqlite3.OperationalError("disk I/O error"), Unavailable("the log is busy")]

    async def failing(self: TextView, db: Database, entries: Sequence[Entry], log: EventLog) -> None:
        if troubles:
            raise troubles[-1]
        await apply(self, db, entries, log)

    monkeypatch.setattr(TextView, "apply", failing)
    house.projections.start()
    with caplog.at_level(logging.WARNING):
        await house.log.append([line("abc")])
        await until(house.projections.trailing, lambda status: "busy" in str(status.error))
        troubles.pop()
        await until(house.projections.trailing, lambda status: "disk I/O" in str(status.error))
        troubles.pop()
    await index_reaches(house, 1)
    assert (await house.projections.trailing.status())[0].error is None
    assert "cannot follow, next try in" in caplog.text


class Damaged(TextView):
    """Finds its file damaged, once."""

    damaged = True

    async def apply(self, db: Database, entries: Sequence[Entry], log: EventLog) -> None:
        await super().apply(db, entries, log)
        if self.damaged:
            self.damaged = False
            raise sqlite3.DatabaseError("database disk image is malformed")


async def test_a_file_found_damaged_is_begun_again(tmp_path: Path) -> None:
    log = MemoryLog()
    await log.append([line("abc")])
    trailing = Trailing(tmp_path, log, (Damaged(),), MANNER, read_only=False)
    await trailing.open()
    trailing.start()
    await until(trailing, lambda status: status.position == 1)
    await trailing.close()
    assert len(contents(tmp_path)[0]) == 2


async def test_it_is_read_while_it_fills(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a change of version the first batches help already."""
    monkeypatch.setattr("projections.trailing.BATCH", 10)
    log = MemoryLog()
    await log.append([line("abc") for _ in range(30)])
    (tmp_path / "search-text0.db").write_bytes(b"an older version")
    projections = await Projections.open(tmp_path, log)
    gate, read = asyncio.Semaphore(2), log.read

    async def reading(after: int, limit: int) -> list[Record]:
        await gate.acquire()
        return await read(after, limit)

    monkeypatch.setattr(log, "read", reading)
    catching_up = asyncio.create_task(projections.trailing.catch_up())
    await eventually(lambda: projections.trailing.keeper.position == 20)
    assert await projections.logbook.index.position() == 20
    assert "search-text0.db" not in files(tmp_path)
    for _ in range(9):
        gate.release()
    assert await catching_up == 30
    await projections.close()


async def test_a_reader_alone_follows_what_another_process_indexes(house: House, tmp_path: Path) -> None:
    await house.tell(line("abc"))
    reader = await Projections.open(tmp_path, house.log, read_only=True)
    assert await reader.logbook.index.position() == 0
    for call in (reader.trailing.catch_up(), reader.trailing.rebuild(lambda done, total: None)):
        with pytest.raises(Unavailable, match="reading only"):
            await call
    await reader.close()
    await house.projections.trailing.catch_up()
    reader = await Projections.open(tmp_path, house.log, read_only=True)
    assert await reader.logbook.index.position() == 1
    await house.tell(line("abc"))
    await house.projections.trailing.catch_up()
    assert await reader.logbook.index.position() == 2
    await reader.close()


async def test_closing_ends_it_while_it_waits_or_works(tmp_path: Path) -> None:
    log = MemoryLog()
    for count in (0, 5_000):
        if count:
            await log.append([line("some text to index") for _ in range(count)])
        projections = await Projections.open(tmp_path, log)
        projections.trailing.start()
        await asyncio.sleep(0.01)
        await projections.close()
