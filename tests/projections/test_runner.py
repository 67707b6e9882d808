"""Following the log, waiting, and surviving what goes wrong."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from projections import Projections
from projections.readers import Readers
from replay.errors import Unavailable
from replay.log.contract import Record
from replay.log.memory import MemoryLog
from tests.projections.house import House, event, eventually

LONG = 30.0
"""Seconds that no test should have to wait."""


async def test_what_is_appended_can_be_read_once_the_wait_is_over(house: House) -> None:
    house.projections.start()
    for number in range(5):
        [receipt] = await house.log.append([event(session=f"s{number}")])
        assert await house.projections.wait_for(receipt.position, LONG)
        assert house.projections.position >= receipt.position
        assert (await house.timelines.session("default", f"s{number}")).first == receipt.position


async def test_a_wait_for_what_does_not_come_ends(house: House) -> None:
    house.projections.start()
    assert not await house.projections.wait_for(1, 0.01)


async def test_everyone_who_waits_is_woken_at_their_own_position(house: House) -> None:
    waits = [asyncio.create_task(house.projections.wait_for(position, LONG)) for position in (3, 1, 2)]
    late = asyncio.create_task(house.projections.wait_for(4, 0.2))
    await house.tell(event())
    assert await waits[1]
    assert not waits[0].done()
    await house.tell(event(), event())
    assert await asyncio.gather(*waits) == [True, True, True]
    assert not await late


async def test_a_large_backlog_is_followed_in_large_batches(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.projections.start()
    reads: list[int] = []
    read = house.log.read

    async def noting(after: int, limit: int) -> list[Record]:
        records = await read(after, limit)
        reads.append(len(records))
        return records

    monkeypatch.setattr(house.log, "read", noting)
    await house.log.append([event() for _ in range(4000)])
    assert await house.projections.wait_for(4000, LONG)
    assert max(reads) > 1000


async def test_records_already_folded_are_passed_over(house: House) -> None:
    await house.tell(event(), event())
    await house.log.append([event()])
    await house.projections._keeper.fold(await house.log.read(0, 100))  # type: ignore[union-attr]
    assert await house.timelines.positions("default", "s1") == (1, 2, 3)


class Faltering(MemoryLog):
    """A log that fails a few times when it is followed."""

    failures = 3

    async def follow(self, after: int) -> AsyncIterator[list[Record]]:
        if self.failures > 0:
            self.failures -= 1
            raise OSError(5, f"hiccup {self.failures}")
        async for records in super().follow(after):
            yield records


async def test_a_failing_log_is_reported_and_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("projections.following.FIRST_DELAY", 0.001)
    log = Faltering()
    projections = await Projections.open(tmp_path, log)
    with caplog.at_level(logging.WARNING, "projections.runner"):
        projections.start()
        await eventually(lambda: log.failures == 0)
        await log.append([event()])
        assert await projections.wait_for(1, LONG)
    assert [f"hiccup {number}" in caplog.text for number in (2, 1, 0)] == [True, True, True]
    await projections.close()


async def test_a_failing_log_shows_in_the_status(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("projections.following.FIRST_DELAY", LONG)
    log = MemoryLog()
    projections = await Projections.open(tmp_path, log)
    projections.start()
    await log.append([event()])
    await eventually(lambda: projections.position == 1)
    assert {status.error for status in await projections.status()} == {None}
    await log.close()
    await eventually(lambda: projections._follower.error is not None)
    assert projections._follower.error == "Unavailable: the log is closed"
    await projections.close()


async def test_the_status_tells_versions_positions_and_lag(house: House) -> None:
    await house.tell(event(), event())
    await house.log.append([event()])
    [timelines, feeds, *_] = await house.projections.status()
    assert (timelines.name, timelines.version, timelines.position, timelines.lag) == ("timelines", 2, 2, 1)
    assert (feeds.name, feeds.version, feeds.position, feeds.lag) == ("feeds", 1, 2, 1)
    assert (timelines.parked, timelines.faults, timelines.building, timelines.error) == (0, (), None, None)


async def test_a_transaction_is_finished_when_the_caller_is_cancelled(house: House) -> None:
    for round_ in range(20):
        await house.log.append([event() for _ in range(50)])
        folding = asyncio.create_task(house.projections.catch_up())
        for _ in range(round_):
            await asyncio.sleep(0)
        folding.cancel()
        await asyncio.wait({folding})
    assert await house.projections.catch_up() == 1000
    assert await house.timelines.positions("default", "s1") == tuple(range(1, 1001))


async def test_closing_ends_the_following_and_the_waits(house: House) -> None:
    house.projections.start()
    waiting = asyncio.create_task(house.projections.wait_for(99, LONG))
    await asyncio.sleep(0)
    await house.projections.close()
    assert not await waiting
    with pytest.raises(Unavailable, match="closed"):
        await house.timelines.list()
    with pytest.raises(Unavailable, match="closed"):
        await house.projections.catch_up()


async def test_questions_are_answered_side_by_side(house: House) -> None:
    await house.tell(*(event(session=f"s{number}") for number in range(40)))
    rows = await asyncio.gather(*(house.timelines.session("default", f"s{number}") for number in range(40)))
    assert [row.session for row in rows] == [f"s{number}" for number in range(40)]


async def test_a_question_that_is_cancelled_gives_its_connection_back(house: House) -> None:
    await house.tell(event())
    for _ in range(50):
        question = asyncio.create_task(house.timelines.session("default", "s1"))
        await asyncio.sleep(0)
        question.cancel()
    assert (await house.timelines.session("default", "s1")).events == 1


async def test_questions_under_way_when_the_views_close_are_answered(house: House) -> None:
    await house.tell(event())
    questions = [asyncio.create_task(house.timelines.session("default", "s1")) for _ in range(20)]
    await asyncio.sleep(0)
    await house.projections.close()
    assert [row.events for row in await asyncio.gather(*questions)] == [1] * 20


async def test_a_question_that_every_connection_was_closed_before_is_refused(house: House) -> None:
    readers = Readers(lambda: Unavailable("too late"))
    await readers.attach(house.projections._keeper.path)
    idle = readers._idle
    await readers.detach()
    readers._idle = idle
    for _ in range(2):
        with pytest.raises(Unavailable, match="too late"):
            await readers.fetch("SELECT 1")


async def test_trouble_with_the_disk_is_no_fault_of_the_question(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await house.tell(event())
    monkeypatch.setattr("projections.timelines.questions.COLUMNS", "no_such_column")
    with pytest.raises(Unavailable, match="cannot be read: no such column"):
        await house.timelines.session("default", "s1")
