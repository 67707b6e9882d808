"""An append: receipts, positions, recorded times, limits."""

from __future__ import annotations

import asyncio
import itertools

import pytest

from replay.errors import Conflict, TooLarge
from replay.log.contract import MAX_APPEND
from tests.log.contract.engine import Engine
from tests.log.making import HandClock, event, events, everything, ids, numbered


class Appending:
    async def test_a_new_log_is_empty(self, engine: Engine) -> None:
        log = await engine.open()
        head = await log.head()
        assert (head.position, head.hash) == (0, "00" * 32)
        assert await log.read(0, 10) == []

    async def test_receipts_come_in_the_order_of_the_events(self, engine: Engine) -> None:
        log = await engine.open()
        receipts = await log.append(events("b", "a", "c"))
        assert [receipt.id for receipt in receipts] == ["b", "a", "c"]
        assert {receipt.source for receipt in receipts} == {"player"}
        assert {receipt.status for receipt in receipts} == {"stored"}

    async def test_positions_strictly_increase_from_one(self, engine: Engine) -> None:
        log = await engine.open()
        receipts = [*await log.append(events("a", "b")), *await log.append(events("c"))]
        positions = [receipt.position for receipt in receipts]
        assert positions[0] == 1
        assert all(earlier < later for earlier, later in itertools.pairwise(positions))
        assert (await log.head()).position == positions[-1]

    async def test_a_body_comes_back_byte_for_byte(self, engine: Engine) -> None:
        log = await engine.open()
        told = [
            event("é ü 🎧 %2F ?", session="a/b", data={"note": "☂" * 20_000, "n": 1.0}),
            event("small", time=0, sequence=3, senttime=5, attributes={"traceparent": "00-1"}),
        ]
        await log.append(told)
        assert [record.body for record in await everything(log)] == [one.body for one in told]

    async def test_a_record_carries_the_clock_s_time(self, engine: Engine) -> None:
        clock = HandClock(1_234_567_890_123_456)
        log = await engine.open(clock=clock)
        await log.append(events("a"))
        clock.time -= 1_000_000
        await log.append(events("b"))
        assert [record.recordedtime for record in await everything(log)] == [
            1_234_567_890_123_456,
            1_234_567_889_123_456,
        ]

    async def test_an_append_of_nothing_changes_nothing(self, engine: Engine) -> None:
        log = await engine.open()
        assert await log.append([]) == []
        assert (await log.head()).position == 0

    async def test_the_largest_append_is_taken_and_one_more_refused(self, engine: Engine) -> None:
        log = await engine.open()
        assert log.largest_append == MAX_APPEND
        with pytest.raises(TooLarge):
            await log.append(numbered(1, log.largest_append + 1))
        assert (await log.head()).position == 0
        receipts = await log.append(numbered(1, log.largest_append))
        assert receipts[-1].position == (await log.head()).position

    async def test_every_append_moves_the_chain(self, engine: Engine) -> None:
        log = await engine.open()
        hashes = {(await log.head()).hash}
        for one in events("a", "b", "c"):
            await log.append([one])
            hashes.add((await log.head()).hash)
        assert len(hashes) == 4

    async def test_equal_bodies_leave_different_commitments(self, engine: Engine) -> None:
        clock = HandClock()
        one, other = await engine.open(clock=clock), await engine.open(clock=clock)
        await one.append(events("a"))
        await other.append(events("a"))
        assert (await one.head()).hash != (await other.head()).hash  # the nonce is random


class Concurrency:
    async def test_concurrent_appends_are_all_there_once(self, engine: Engine) -> None:
        log = await engine.open()
        told = numbered(1, 200)
        receipts = await asyncio.gather(*(log.append([one]) for one in told * 2))
        positions = {receipt.id: receipt.position for [receipt] in receipts}
        assert sum(receipt.status == "stored" for [receipt] in receipts) == 200
        assert all(receipt.position == positions[receipt.id] for [receipt] in receipts)
        assert sorted(filter(None, await ids(log))) == sorted(one.id for one in told)

    async def test_a_conflict_spares_the_appends_beside_it(self, engine: Engine) -> None:
        log = await engine.open()
        outcomes = await asyncio.gather(
            log.append(events("a", "b")),
            log.append([event("c"), event("a", session="other"), event("d")]),
            log.append(events("c", "e")),
            return_exceptions=True,
        )
        assert [isinstance(outcome, Conflict) for outcome in outcomes] == [False, True, False]
        assert await ids(log) == ["a", "b", "c", "e"]
        await log.verify()

    async def test_of_two_contents_for_one_key_one_wins(self, engine: Engine) -> None:
        log = await engine.open()
        outcomes = await asyncio.gather(
            *(log.append([event("a", sequence=number)]) for number in range(5)), return_exceptions=True
        )
        assert sum(isinstance(outcome, Conflict) for outcome in outcomes) == 4
        assert len(await everything(log)) == 1

    async def test_a_cancelled_caller_tears_nothing(self, engine: Engine) -> None:
        log = await engine.open()
        tasks = [asyncio.create_task(log.append(numbered(first, first + 9))) for first in range(0, 200, 10)]
        await asyncio.sleep(0)
        for task in tasks[::2]:
            task.cancel()
        outcomes = await asyncio.gather(*tasks, return_exceptions=True)
        there = set(await ids(log))
        for outcome, first in zip(outcomes, range(0, 200, 10), strict=True):
            stored = [str(number) in there for number in range(first, first + 10)]
            assert all(stored) or (isinstance(outcome, asyncio.CancelledError) and not any(stored))
        await log.append(events("after"))
        await log.verify()
