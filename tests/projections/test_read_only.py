"""Reading the views that another process keeps."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

import pytest

from projections import Projections
from replay.errors import Unavailable
from replay.log.memory import MemoryLog
from tests.projections.house import House, event, files


async def test_without_views_a_question_says_what_to_do(tmp_path: Path) -> None:
    projections = await Projections.open(tmp_path, MemoryLog(), read_only=True)
    with pytest.raises(Unavailable, match="start the server, or run `playhead rebuild`"):
        await projections.timelines.list()
    assert not await projections.wait_for(0, 0)
    assert {status.position for status in await projections.status()} == {0}
    assert files(tmp_path) == []
    await projections.close()


async def test_what_the_keeper_folds_is_read(house: House, tmp_path: Path) -> None:
    [one] = await house.tell(event(session="s1"))
    reader = await Projections.open(tmp_path, house.log, read_only=True, clock=house.clock)
    assert reader.position == one
    assert await reader.timelines.list() == await house.timelines.list()
    [two] = await house.tell(event(session="s2"))
    assert (await reader.timelines.list()).position == two
    assert reader.position == two
    assert await reader.status() == await house.projections.status()
    await reader.close()
    with pytest.raises(Unavailable, match="closed"):
        await reader.timelines.list()


async def test_waiting_looks_until_the_keeper_has_come_so_far(house: House, tmp_path: Path) -> None:
    reader = await Projections.open(tmp_path, house.log, read_only=True)
    assert not await reader.wait_for(1, 0.01)
    waiting = asyncio.create_task(reader.wait_for(1, 30))
    await asyncio.sleep(0)
    await house.tell(event())
    assert await waiting
    await reader.close()


async def test_nothing_is_written(house: House, tmp_path: Path) -> None:
    reader = await Projections.open(tmp_path, house.log, read_only=True)
    with pytest.raises(Unavailable, match="reading only"):
        reader.start()
    for work in (reader.catch_up(), reader.rebuild(lambda done, total: None)):
        with pytest.raises(Unavailable, match="reading only"):
            await work
    await reader.close()


async def test_views_of_a_server_that_has_stopped_are_read(tmp_path: Path) -> None:
    log = MemoryLog()
    await log.append([event()])
    keeper = await Projections.open(tmp_path, log)
    await keeper.catch_up()
    await keeper.close()
    reader = await Projections.open(tmp_path, log, read_only=True)
    assert (await reader.timelines.session("default", "s1")).events == 1
    await reader.close()


async def test_no_connection_that_answers_questions_can_write(house: House, tmp_path: Path) -> None:
    """One that could would checkpoint when it closes last, beside the keeper's own checkpoints."""
    await house.tell(event())
    beside = await Projections.open(tmp_path, house.log, read_only=True)
    for timelines in (house.timelines, beside.timelines):
        async with timelines._readers.one() as db:
            with pytest.raises(sqlite3.OperationalError, match="readonly"):
                await db.execute_fetchall("DELETE FROM sessions")
    await beside.close()
