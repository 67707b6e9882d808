"""Views are disposable: deleted, of another version, of another log or damaged, they are built again."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Sequence
from pathlib import Path

import pytest

from projections import Building, Projections
from projections.entries import Entry
from projections.feeds.fold import FeedsView
from projections.timelines.fold import TimelinesView
from projections.view import Database, View
from projections.views import VIEWS
from projections.views_file import BUILDING, file_name
from replay.errors import Rebuilding, Unavailable
from replay.log.contract import EventLog, Record
from replay.log.memory import MemoryLog
from tests.projections.house import House, dump, event, eventually, files, fresh_dump, open_house

NAME = file_name(VIEWS)
FOR_EVER = 3600
"""Seconds: longer than a test may take."""


async def log_of(count: int) -> MemoryLog:
    log = MemoryLog()
    await log.append([event(session=f"s{number % 7}", at=number) for number in range(count)])
    return log


async def test_the_file_is_named_for_the_views_and_their_versions(house: House, tmp_path: Path) -> None:
    assert NAME.startswith("views-timelines2-feeds1-")
    assert NAME.count("-") == len(VIEWS)
    assert (tmp_path / NAME).exists()


async def test_reopening_goes_on_where_it_stopped(tmp_path: Path) -> None:
    log = await log_of(10)
    projections = await Projections.open(tmp_path, log)
    await projections.catch_up()
    await projections.close()
    inode = (tmp_path / NAME).stat().st_ino
    await log.append([event()])
    projections = await Projections.open(tmp_path, log)
    assert projections.position == 10
    assert await projections.catch_up() == 11
    await projections.close()
    assert (tmp_path / NAME).stat().st_ino == inode
    assert dump(tmp_path) == await fresh_dump(log, tmp_path / "fresh")


async def test_without_a_file_questions_raise_until_it_is_built(tmp_path: Path) -> None:
    log = await log_of(10)
    projections = await Projections.open(tmp_path, log)
    for question in (
        projections.timelines.list(),
        projections.timelines.session("default", "s1"),
        projections.timelines.gather("default", "s1"),
        projections.timelines.newest_erasure("default"),
        projections.feeds.devices(),
        projections.feeds.page("default", "d1"),
    ):
        with pytest.raises(Rebuilding, match="0 of 10 positions"):
            await question
    projections.start()
    assert not await projections.wait_for(10, FOR_EVER)
    await eventually(lambda: projections.position == 10)
    assert (await projections.timelines.session("default", "s1")).events == 2
    await projections.close()


class Slow(MemoryLog):
    """A log of which each read waits to be let through."""

    def __init__(self) -> None:
        super().__init__()
        self.gate: asyncio.Semaphore | None = None

    async def read(self, after: int, limit: int) -> list[Record]:
        if self.gate is not None:
            await self.gate.acquire()
        return await super().read(after, min(limit, 10))


async def test_a_build_tells_its_progress_and_no_write_waits(tmp_path: Path) -> None:
    log = Slow()
    await log.append([event(at=number) for number in range(30)])
    projections = await Projections.open(tmp_path, log)
    log.gate = asyncio.Semaphore(2)
    projections.start()
    await eventually(lambda: projections._keeper.building == Building(20, 30))
    assert (await projections.status())[1].building == Building(20, 30)
    assert not await projections.wait_for(1, FOR_EVER)
    with pytest.raises(Rebuilding, match="20 of 30 positions") as caught:
        await projections.timelines.list()
    assert (caught.value.done, caught.value.total) == (20, 30)
    await log.append([event()])
    await projections.close()


async def test_no_write_waits_for_a_rebuild_beside_a_whole_file(tmp_path: Path) -> None:
    log = Slow()
    await log.append([event(at=number) for number in range(30)])
    projections = await Projections.open(tmp_path, log)
    await projections.catch_up()
    log.gate = asyncio.Semaphore(1)
    rebuilding = asyncio.create_task(projections.rebuild(lambda done, total: None))
    await eventually(lambda: projections._keeper.building == Building(10, 30))
    assert not await projections.wait_for(31, FOR_EVER)
    for _ in range(13):
        log.gate.release()
    await rebuilding
    await projections.close()


async def test_a_rebuild_tells_its_progress_and_those_who_wait(house: House) -> None:
    await house.tell(*(event(at=number) for number in range(30)))
    told: list[tuple[int, int]] = []
    waiting = asyncio.create_task(house.projections.wait_for(31, FOR_EVER))
    await asyncio.sleep(0)
    await house.projections.rebuild(lambda done, total: told.append((done, total)))
    assert not await waiting
    assert told[0] == (0, 30)
    assert told[-1] == (30, 30)
    assert (await house.projections.status())[0].building is None


async def test_a_rebuild_answers_from_the_old_file_until_the_swap(house: House, tmp_path: Path) -> None:
    await house.tell(event())
    inode = (tmp_path / NAME).stat().st_ino
    answers: list[asyncio.Task[int]] = []

    async def count() -> int:
        return len((await house.timelines.list()).sessions)

    await house.projections.rebuild(lambda done, total: answers.append(asyncio.create_task(count())))
    assert answers
    assert await asyncio.gather(*answers) == [1] * len(answers)
    assert (tmp_path / NAME).stat().st_ino != inode
    assert await count() == 1


async def test_following_goes_on_after_a_rebuild(house: House) -> None:
    house.projections.start()
    await house.projections.rebuild(lambda done, total: None)
    [receipt] = await house.log.append([event()])
    assert await house.projections.wait_for(receipt.position, 30)


class NextTimelines(TimelinesView):
    """The same view in a later version."""

    version = TimelinesView.version + 1


async def test_another_version_is_built_beside_the_old_one_which_then_goes(tmp_path: Path) -> None:
    log = await log_of(10)
    async with open_house(tmp_path):
        pass
    views = (NextTimelines(), FeedsView())
    projections = await Projections.open(tmp_path, log, views=views)
    assert (tmp_path / NAME).exists()
    await projections.catch_up()
    assert [name for name in files(tmp_path) if name.endswith(".db")] == ["views-timelines3-feeds1.db"]
    assert (await projections.timelines.session("default", "s1")).events == 2
    await projections.close()


@pytest.mark.parametrize(
    "content", [b"", b"this is no database" * 100, b"SQLite format 3\0" + b"\xff" * 4080]
)
async def test_a_file_that_holds_no_views_is_built_again(tmp_path: Path, content: bytes) -> None:
    (tmp_path / NAME).write_bytes(content)
    log = await log_of(10)
    projections = await Projections.open(tmp_path, log)
    assert await projections.catch_up() == 10
    await projections.close()
    assert dump(tmp_path) == await fresh_dump(log, tmp_path / "fresh")


async def test_views_of_another_history_are_built_again(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house:
        await house.tell(event(session="of another log"))
    log = await log_of(10)
    projections = await Projections.open(tmp_path, log)
    with pytest.raises(Rebuilding):
        await projections.timelines.list()
    await projections.catch_up()
    await projections.close()
    assert dump(tmp_path) == await fresh_dump(log, tmp_path / "fresh")


async def test_views_ahead_of_their_log_are_built_again(tmp_path: Path) -> None:
    log = await log_of(10)
    projections = await Projections.open(tmp_path, log)
    await projections.catch_up()
    await projections.close()
    database = sqlite3.connect(tmp_path / NAME)
    database.execute("UPDATE checkpoint SET position = 11")
    database.commit()
    database.close()
    projections = await Projections.open(tmp_path, log)
    assert await projections.catch_up() == 10
    await projections.close()
    assert dump(tmp_path) == await fresh_dump(log, tmp_path / "fresh")


async def test_what_a_cut_off_build_left_is_removed(tmp_path: Path) -> None:
    left = tmp_path / (NAME + BUILDING)
    left.write_bytes(b"half a file")
    (tmp_path / (NAME + BUILDING + "-journal")).write_bytes(b"")
    async with open_house(tmp_path):
        assert files(tmp_path) == [NAME, NAME + "-shm", NAME + "-wal"]


async def test_an_old_wal_is_never_read_into_a_new_file(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house:
        await house.tell(event())
        wal = (tmp_path / (NAME + "-wal")).read_bytes()
    assert wal
    (tmp_path / NAME).unlink()
    (tmp_path / (NAME + "-wal")).write_bytes(wal)
    log = await log_of(10)
    projections = await Projections.open(tmp_path, log)
    await projections.catch_up()
    await projections.close()
    assert dump(tmp_path) == await fresh_dump(log, tmp_path / "fresh")


class Damaging(FeedsView):
    """Finds the file damaged, once."""

    damaged = True

    async def apply(self, db: Database, entries: Sequence[Entry], log: EventLog) -> None:
        await super().apply(db, entries, log)
        if self.damaged and any(entry.type == "last straw" for entry in entries):
            self.damaged = False
            raise sqlite3.DatabaseError("database disk image is malformed")


async def test_a_file_found_damaged_while_folding_is_built_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("projections.following.FIRST_DELAY", 0.001)
    views: tuple[View, ...] = (Damaging(),)
    async with open_house(tmp_path, views) as house:
        await house.tell(event())
        old = tmp_path / "old"
        old.hardlink_to(tmp_path / file_name(views))
        house.projections.start()
        await house.log.append([event("last straw")])
        await eventually(lambda: house.projections.position == 2)
        assert not old.samefile(tmp_path / file_name(views))
        assert await house.feeds.positions("default", "d1") == (1, 2)


async def test_a_build_that_fails_leaves_nothing_and_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = await log_of(10)

    async def failing(after: int, limit: int) -> list[Record]:
        raise Unavailable("the log is busy")

    projections = await Projections.open(tmp_path, log)
    with monkeypatch.context() as patch:
        patch.setattr(log, "read", failing)
        with pytest.raises(Unavailable, match="busy"):
            await projections.catch_up()
    assert files(tmp_path) == []
    assert await projections.catch_up() == 10
    await projections.close()


async def test_closing_cuts_a_build_off(tmp_path: Path) -> None:
    log = Slow()
    await log.append([event(at=number) for number in range(30)])
    projections = await Projections.open(tmp_path, log)
    log.gate = asyncio.Semaphore(2)
    projections.start()
    await eventually(lambda: projections._keeper.building == Building(20, 30))
    await projections.close()
    assert files(tmp_path) == []
