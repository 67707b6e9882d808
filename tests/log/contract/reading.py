"""Reading back, by place, by id and by time; following."""

from __future__ import annotations

import asyncio

import pytest

from tests.log.contract.engine import Engine
from tests.log.making import HandClock, event, events, everything, following, numbered


class Reading:
    async def test_pages_lose_and_repeat_nothing(self, engine: Engine) -> None:
        log = await engine.open()
        await log.append(numbered(1, 25))
        after, seen = 0, []
        while page := await log.read(after, 7):
            assert len(page) <= 7
            seen += [record.event().id for record in page]
            after = page[-1].position
        assert seen == [str(number) for number in range(1, 26)]

    @pytest.mark.parametrize(
        ("after", "limit", "count"),
        [(-5, 10, 3), (3, 10, 0), (2**53, 10, 0), (0, 0, 0), (0, -1, 0), (-(2**70), 2**70, 3), (2**70, 1, 0)],
    )
    async def test_reading_off_the_edges_is_no_error(
        self, engine: Engine, after: int, limit: int, count: int
    ) -> None:
        log = await engine.open()
        await log.append(events("a", "b", "c"))
        assert len(await log.read(after, limit)) == count

    async def test_get_keeps_the_order_asked_and_leaves_out_the_unknown(self, engine: Engine) -> None:
        log = await engine.open()
        a, b, c = (receipt.position for receipt in await log.append(events("a", "b", "c")))
        records = await log.get([c, 99, a, -1, 0, 2**53, a, b])
        assert [record.event().id for record in records] == ["c", "a", "a", "b"]

    async def test_find_gives_one_record_a_source_in_order(self, engine: Engine) -> None:
        log = await engine.open()
        await log.append([event("a"), event("b"), event("a", source="web"), event("a", log="museum")])
        found = await log.find("default", "a")
        assert [record.event().source for record in found] == ["player", "web"]
        assert [record.event().log for record in await log.find("museum", "a")] == ["museum"]
        assert await log.find("default", "nobody") == []
        assert await log.find("nowhere", "a") == []

    async def test_position_at_is_the_prefix_before_the_first_later_record(self, engine: Engine) -> None:
        clock = HandClock()
        log = await engine.open(clock=clock)
        recorded = [30, 10, 40, 20, 40, 50]  # the clock goes back twice
        for number, time in enumerate(recorded):
            clock.time = time
            await log.append(events(str(number)))
        for time in range(5, 60, 5):
            later = [at for at, kept in enumerate(recorded, start=1) if kept > time]
            assert await log.position_at(time) == (later[0] - 1 if later else len(recorded))

    async def test_position_at_of_an_empty_log_is_zero(self, engine: Engine) -> None:
        assert await (await engine.open()).position_at(2**60) == 0

    async def test_a_record_is_encoded_with_position_and_times(self, engine: Engine) -> None:
        log = await engine.open(clock=HandClock(0))
        await log.append([event("a"), event("b", time=1)])
        one, other = await everything(log)
        assert one.encode().startswith(
            b'{"position":1,"recordedtime":"1970-01-01T00:00:00.000000Z","time":"1970-01-01T00:00:00.000000Z","id":"a"'
        )
        assert b'"time":"1970-01-01T00:00:00.000001Z"' in other.encode()
        assert other.encode().count(b'"time"') == 1


class Following:
    async def test_a_follower_catches_up_and_goes_on(self, engine: Engine) -> None:
        log = await engine.open()
        await log.append(numbered(1, 3))
        task = asyncio.create_task(following(log, 1, 5))
        await asyncio.sleep(0.01)
        assert not task.done()
        await log.append(numbered(4, 4))
        await log.append(numbered(5, 6))
        assert [record.event().id for record in await task][:5] == ["2", "3", "4", "5", "6"]

    async def test_catching_up_comes_in_batches(self, engine: Engine) -> None:
        log = await engine.open()
        await log.append(numbered(1, 2_500))
        sizes = []
        async for batch in log.follow(0):
            sizes.append(len(batch))
            if sum(sizes) == 2_500:
                break
        assert max(sizes) <= 1_000

    async def test_every_follower_gets_everything(self, engine: Engine) -> None:
        log = await engine.open()
        tasks = [asyncio.create_task(following(log, 0, 50)) for _ in range(5)]
        for one in numbered(1, 50):
            await log.append([one])
        for task in tasks:
            assert [record.position for record in await task] == list(range(1, 51))

    async def test_a_follower_beyond_the_head_waits_for_what_comes_after(self, engine: Engine) -> None:
        log = await engine.open()
        task = asyncio.create_task(following(log, 2, 1))
        await log.append(numbered(1, 2))
        await log.append(numbered(3, 3))
        assert [record.event().id for record in await task] == ["3"]

    async def test_following_ends_when_the_log_closes(self, engine: Engine) -> None:
        log = await engine.open()
        await log.append(events("a"))
        follower = log.follow(0)
        assert len(await anext(follower)) == 1
        ending = asyncio.create_task(anext(follower, None))
        await asyncio.sleep(0)
        assert not ending.done()
        await log.close()
        assert await ending is None
