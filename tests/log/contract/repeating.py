"""Idempotence: what counts as the same event, and as another one."""

from __future__ import annotations

import itertools

import pytest

from replay.errors import Conflict
from tests.log.contract.engine import Engine
from tests.log.making import event, events, ids


class Repeating:
    async def test_a_repeated_event_keeps_its_position(self, engine: Engine) -> None:
        log = await engine.open()
        first = await log.append(events("a", "b"))
        again = await log.append(events("b", "a", "c"))
        assert [(receipt.position, receipt.status) for receipt in again] == [
            (first[1].position, "already-stored"),
            (first[0].position, "already-stored"),
            (first[1].position + 1, "stored"),
        ]
        assert await ids(log) == ["a", "b", "c"]

    async def test_a_repetition_within_one_append_is_stored_once(self, engine: Engine) -> None:
        log = await engine.open()
        receipts = await log.append(events("a", "b", "a"))
        assert [receipt.status for receipt in receipts] == ["stored", "stored", "already-stored"]
        assert receipts[2].position == receipts[0].position
        assert await ids(log) == ["a", "b"]

    @pytest.mark.parametrize(
        ("first", "again"),
        [
            ({"senttime": 1}, {"senttime": 2}),
            ({"senttime": 1}, {}),
            ({"data": {"a": 1, "b": 2}}, {"data": {"b": 2, "a": 1}}),
            ({"attributes": {"x": "1", "y": "2"}}, {"attributes": {"y": "2", "x": "1"}}),
        ],
    )
    async def test_the_same_content_sent_differently_is_the_same(
        self, engine: Engine, first: dict[str, object], again: dict[str, object]
    ) -> None:
        log = await engine.open()
        await log.append([event("a", **first)])
        [receipt] = await log.append([event("a", **again)])
        assert receipt.status == "already-stored"

    @pytest.mark.parametrize(
        ("first", "again"),
        [
            ({"data": {"a": 1}}, {"data": {"a": 1.0}}),
            ({"time": 1}, {"time": 2}),
            ({"time": 1}, {}),
            ({"session": "s"}, {"session": "t"}),
            ({"sequence": 1}, {"sequence": 2}),
            ({"monotonic": 1.0}, {"monotonic": 2.0}),
            ({"attributes": {"x": "1"}}, {}),
            ({"type": "heartbeat"}, {"type": "other"}),
        ],
    )
    async def test_other_content_under_the_same_key_is_refused(
        self, engine: Engine, first: dict[str, object], again: dict[str, object]
    ) -> None:
        log = await engine.open()
        await log.append([event("a", **first)])
        with pytest.raises(Conflict):
            await log.append([event("a", **again)])

    async def test_a_conflict_names_its_event_and_stores_nothing(self, engine: Engine) -> None:
        log = await engine.open()
        await log.append(events("a"))
        with pytest.raises(Conflict) as refusal:
            await log.append([event("new"), event("a", session="other"), event("newer")])
        assert refusal.value.index == 1
        assert await ids(log) == ["a"]
        assert [receipt.status for receipt in await log.append(events("new"))] == ["stored"]

    async def test_a_conflict_within_one_append_stores_nothing(self, engine: Engine) -> None:
        log = await engine.open()
        with pytest.raises(Conflict) as refusal:
            await log.append([event("a"), event("b"), event("a", session="other")])
        assert refusal.value.index == 2
        assert await ids(log) == []

    async def test_logs_and_sources_have_ids_of_their_own(self, engine: Engine) -> None:
        log = await engine.open()
        told = [
            event("a", log=key, source=source, data={"told": key + source})
            for key, source in itertools.product(("x", "xy"), ("yz", "z"))
        ]
        receipts = await log.append(told)
        assert [receipt.status for receipt in receipts] == ["stored"] * 4

    async def test_many_sources_may_use_one_id(self, engine: Engine) -> None:
        log = await engine.open()
        told = [event("1", source=f"device-{number}", data={"n": number}) for number in range(300)]
        await log.append(told)
        assert {receipt.status for receipt in await log.append(told)} == {"already-stored"}
        assert len(await log.find("default", "1")) == 300
