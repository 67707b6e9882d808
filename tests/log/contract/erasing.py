"""Erasure: content goes, the place stays, and a record tells of it."""

from __future__ import annotations

import asyncio

from tests.log.contract.engine import Engine
from tests.log.making import HandClock, event, events, following, ids


class Erasing:
    async def test_an_erasure_destroys_content_and_keeps_the_place(self, engine: Engine) -> None:
        clock = HandClock(5)
        log = await engine.open(clock=clock)
        await log.append(events("a", "b", "c"))
        clock.time = 6
        await log.erase([2], "asked for")
        erased = (await log.get([2]))[0]
        assert erased.erased
        assert (erased.body, erased.recordedtime) == (None, 5)
        assert erased.encode() == (
            b'{"position":2,"recordedtime":"1970-01-01T00:00:00.000005Z","erased":true}'
        )
        assert (await ids(log))[:3] == ["a", None, "c"]

    async def test_the_erasure_is_itself_a_record(self, engine: Engine) -> None:
        log = await engine.open()
        await log.append(events("a", "b", session="walk", device="phone", user="ada"))
        [receipt] = await log.erase([1], "asked for")
        [record] = await log.read(2, 10)
        told = record.event()
        assert (receipt.position, receipt.id, receipt.status) == (record.position, told.id, "stored")
        assert (told.type, told.source, told.log, told.session) == (
            "event-erased",
            "playhead",
            "default",
            "walk",
        )
        assert (told.device, told.user, told.time) == (None, None, None)
        assert told.data == {"positions": [[1, 1]], "reason": "asked for"}

    async def test_each_session_of_each_log_gets_one_record(self, engine: Engine) -> None:
        log = await engine.open()
        await log.append(
            [
                event("1", session="a"),
                event("2", session="a"),
                event("3", session="b"),
                event("4", session="a"),
                event("5"),
                event("6", session="a", log="other"),
            ]
        )
        receipts = await log.erase([6, 5, 4, 3, 2, 1, 1], "all")
        told = [record.event() for record in await log.get([receipt.position for receipt in receipts])]
        assert {(one.log, one.session): one.data["positions"] for one in told} == {
            ("default", "a"): [[1, 2], [4, 4]],
            ("default", "b"): [[3, 3]],
            ("default", None): [[5, 5]],
            ("other", "a"): [[6, 6]],
        }

    async def test_what_is_gone_unknown_or_an_erasure_is_passed_over(self, engine: Engine) -> None:
        log = await engine.open()
        await log.append(events("a", "b"))
        [receipt] = await log.erase([1], "once")
        assert await log.erase([1, receipt.position, 99, 0, -1, 2**60], "twice") == []
        assert await log.erase([], "nothing") == []
        assert (await log.head()).position == receipt.position

    async def test_an_erased_event_stays_erased_when_sent_again(self, engine: Engine) -> None:
        log = await engine.open()
        await log.append(events("a", "b"))
        await log.erase([1], "asked for")
        receipts = await log.append([event("a"), event("c")])
        assert [(receipt.position, receipt.status) for receipt in receipts] == [(1, "erased"), (4, "stored")]
        [other] = await log.append([event("a", session="another content")])
        assert other.status == "erased"

    async def test_find_does_not_see_what_was_erased(self, engine: Engine) -> None:
        log = await engine.open()
        await log.append([event("a"), event("a", source="web")])
        await log.erase([1], "asked for")
        assert [record.position for record in await log.find("default", "a")] == [2]

    async def test_the_chain_is_not_moved_by_an_erasure(self, engine: Engine) -> None:
        log = await engine.open()
        await log.append(events("a", "b"))
        before = await log.head()
        await log.erase([1], "asked for")
        verification = await log.verify()
        assert (verification.records, verification.erased) == (3, 1)
        assert (await log.verify(1, before.position)).last == before.position

    async def test_a_follower_is_told_of_an_erasure(self, engine: Engine) -> None:
        log = await engine.open()
        await log.append(events("a"))
        task = asyncio.create_task(following(log, 1, 1))
        await asyncio.sleep(0)
        await log.erase([1], "asked for")
        assert [record.event().type for record in await task] == ["event-erased"]

    async def test_an_erasure_waits_for_the_appends_before_it(self, engine: Engine) -> None:
        log = await engine.open()
        _, receipts = await asyncio.gather(log.append(events("a")), log.erase([1], "at once"))
        assert len(receipts) == 1
        assert (await log.get([1]))[0].erased
